"""What was found in Houston's requests of 2011 to 2018, stated with tolerances.

The figures were measured by `civic-ai run pilots/houston-potholes`. Skipped, and said so, where the
data folder is absent.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from civic_ai.cards.verification import verify
from civic_ai.results import PilotRun
from civic_ai.runner import Options, run
from tests.journey.tiny import not_mirrored

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CIVIC_AI_DATA", ROOT.parent / "shared" / "data"))

pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "houston").is_dir(), reason=f"no city data at {DATA}: set CIVIC_AI_DATA"),
]


@pytest.fixture(scope="module")
def houston(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    options = Options(
        workspace=tmp_path_factory.mktemp("houston"),
        environment={**os.environ, "CIVIC_AI_DATA": str(DATA)},
        mirror=not_mirrored,
    )
    return run(ROOT / "pilots" / "houston-potholes", options)


def test_rows_duplicates_and_rows_set_aside_are_those_of_the_file(houston: PilotRun) -> None:
    requests = houston.snapshot.source("requests")
    assert requests.rows_read == 69_714
    assert requests.duplicates == 5_200
    assert requests.quarantined == 8
    assert requests.rows == requests.rows_read - requests.duplicates - requests.quarantined


def test_the_model_gains_little_over_the_count_of_the_last_year(houston: PilotRun) -> None:
    evaluation = houston.evaluation
    assert evaluation.best_baseline == "year_count"
    lift = evaluation.lift_over_best_baseline
    assert lift.value == pytest.approx(1.05, abs=0.01)
    assert (lift.lower, lift.upper) == (pytest.approx(1.035, abs=0.01), pytest.approx(1.066, abs=0.01))
    assert evaluation.lockbox_lift.lower < 1 < evaluation.lockbox_lift.upper


def test_places_are_missing_in_the_early_years(houston: PilotRun) -> None:
    """76 % of 2011 had no coordinates; on the years with enough rows the share falls by a quarter."""
    location = houston.panel.location
    assert location.verdict == "fail"
    assert location.by_year["2012"] == pytest.approx(0.41, abs=0.02)
    assert location.by_year["2017"] == pytest.approx(0.16, abs=0.02)


def test_poorer_quarters_are_reached_far_less(houston: PilotRun) -> None:
    ratios = {
        (d.attribute, d.group): d.ratio.value for d in houston.audit.disparities if d.metric == "recall"
    }
    assert ratios["income_quarter", "q1"] == pytest.approx(0.15, abs=0.04)
    assert houston.audit.worst_verdict == "fail"


def test_no_one_can_tell_whether_reports_stand_for_need(houston: PilotRun) -> None:
    assert houston.audit.reporting.verdict == "unknown"


def test_the_gates_say_not_ready(houston: PilotRun) -> None:
    verdicts = {check.gate: check.verdict for check in houston.gates.checks}
    assert not houston.is_ready
    assert verdicts["reaches-every-group"] == verdicts["places-missing-evenly"] == "fail"
    assert verdicts["reporting-bias-examined"] == "unknown"
    assert verdicts["leak-search-clean"] == "pass"


def test_one_changed_byte_in_any_file_is_named(houston: PilotRun) -> None:
    drawn = random.Random(1)
    assert verify(houston.dossier).intact
    for path in sorted(path for path in houston.dossier.rglob("*") if path.is_file()):
        content = path.read_bytes()
        at = drawn.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        found = verify(houston.dossier)
        assert str(path.relative_to(houston.dossier)) in found.altered, path
        path.write_bytes(content)
    assert verify(houston.dossier).intact
