"""A question that Houston's data cannot bear: the meaning of "late" changed. The gates must say so.

Measured by `civic-ai run pilots/houston-late-closures`.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from civic_ai.results import PilotRun
from tests.golden.real_cities import ROOT, needs, run_pilot, told_by_readme, verdicts

pytestmark = needs("houston")
PILOT = ROOT / "pilots" / "houston-late-closures"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    return run_pilot(PILOT, tmp_path_factory.mktemp("late"))


def test_late_did_not_mean_the_same_in_two_years(made: PilotRun) -> None:
    changed = next(found for found in made.panel.findings if found.code == "label_rate_changes")
    assert changed.severity == "problem"
    assert changed.values["lowest"] == pytest.approx(4.2, abs=0.5)
    assert changed.values["highest"] == pytest.approx(35.4, abs=1.0)


def test_requests_closed_on_their_first_day_are_on_no_list(made: PilotRun) -> None:
    early = next(found for found in made.panel.findings if found.code == "over_before_list")
    assert early.values["percent"] == pytest.approx(15.1, abs=0.5)


def test_no_model_beats_taking_the_oldest_first(made: PilotRun) -> None:
    evaluation = made.evaluation
    assert made.champion == evaluation.best_baseline == "arrival_order"
    assert evaluation.champion_is_baseline
    assert evaluation.lift_over_best_baseline.value == pytest.approx(0.93, abs=0.03)
    assert evaluation.lift_over_best_baseline.upper < 1


def test_scores_mean_nothing_from_one_quarter_to_the_next(made: PilotRun) -> None:
    """What came over what was predicted differs more than tenfold between quarters."""
    ratios = [found.value for found in made.evaluation.errors.by_period.values()]
    assert max(ratios) > 10 * min(ratios)


def test_the_days_are_found_on_which_late_changed_its_meaning(made: PilotRun) -> None:
    """The promise for a pothole was 10 days until 2014, 30 in 2015, and about 3 after that."""
    grew, fell = made.audit.label_changes
    for found, near in ((grew, date(2014, 12, 1)), (fell, date(2015, 8, 1))):
        assert abs(found.on - near) <= timedelta(days=31)
        assert found.earliest <= near <= found.latest
        assert found.p_value < 0.04
    assert grew.jump.value == pytest.approx(0.42, abs=0.05)
    assert fell.jump.value == pytest.approx(-0.26, abs=0.05)
    assert grew.before.value == pytest.approx(0.046, abs=0.01)
    assert grew.after.value == fell.before.value == pytest.approx(0.43, abs=0.02)
    assert fell.after.value == pytest.approx(0.23, abs=0.02)


def test_no_model_tells_lists_apart_so_nothing_can_be_the_channels(made: PilotRun) -> None:
    observer = made.audit.observer
    assert observer is not None
    assert (observer.column, observer.verdict) == ("channel", "insufficient_evidence")
    assert observer.area_of_model.lower < 0.5 < observer.area_of_model.upper
    assert observer.share.value is None


def test_the_gates_say_that_no_model_can_be_trusted(made: PilotRun) -> None:
    said = verdicts(made)
    assert said["beats-simple-rule"] == said["places-missing-evenly"] == "fail"
    assert "pass" not in {said["calibrated"], said["stable-over-time"], said["lockbox-agrees"]}
    assert told_by_readme(PILOT, made) == said
    assert not made.is_ready
