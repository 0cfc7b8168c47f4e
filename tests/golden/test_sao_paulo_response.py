"""How long São Paulo took to answer requests on animals, with those that still wait.

Measured by `civic-ai run pilots/sao-paulo-response-times`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from civic_ai.results import PilotRun
from tests.golden.real_cities import ROOT, needs, run_pilot, told_by_readme, verdicts

pytestmark = needs("sao_paulo")
PILOT = ROOT / "pilots" / "sao-paulo-response-times"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    return run_pilot(PILOT, tmp_path_factory.mktemp("response"))


def test_every_last_word_ends_the_wait(made: PilotRun) -> None:
    """Refused and cancelled requests are in the panel: on the day of the list no one knows how they end."""
    assert made.panel.rows == pytest.approx(57_427, abs=50)
    left_out = {found.code: found.values for found in made.panel.findings}
    assert left_out["repeated_cases"]["count"] == pytest.approx(30, abs=2)
    assert left_out["over_before_list"]["percent"] == pytest.approx(4.2, abs=0.3)


def test_almost_nothing_is_open_at_the_extract(made: PilotRun) -> None:
    assert any(found.code == "open_cases_missing" for found in made.panel.findings)
    assert not made.panel.censored_rows or made.panel.censored_rows / made.panel.rows < 0.3


def test_the_restricted_mean_is_that_of_the_curve(made: PilotRun) -> None:
    """By hand: nothing is censored before the horizon in the tests, so the mean of min(days, 90) is exact."""
    told = {found.group: found for found in made.evaluation.restricted_means}
    scored = made.predictions
    scored = scored[(scored["candidate"] == made.champion) & scored["label"].notna()]
    assert told[None].tau_days == 90
    assert told[None].observed.value == pytest.approx(np.minimum(scored["label"], 90).mean(), abs=0.2)
    assert told[None].observed.value == pytest.approx(39.2, abs=1.0)


def test_services_differ_and_the_curve_of_a_service_is_not_the_best_rule(made: PilotRun) -> None:
    told = {found.group: found.observed.value for found in made.evaluation.restricted_means}
    assert told["Morcego - Reclamar sobre local com morcego"] == pytest.approx(11.2, abs=1.5)
    assert told["Vistoria de colmeia/vespeiro instalado"] == pytest.approx(42.9, abs=1.5)
    assert made.evaluation.best_baseline == "curve_of_all"


def test_the_model_beats_the_curve_of_all(made: PilotRun) -> None:
    evaluation = made.evaluation
    assert made.champion == "lightgbm_hazard"
    assert evaluation.lift_over_best_baseline.value == pytest.approx(1.05, abs=0.02)
    assert evaluation.lift_over_best_baseline.lower > 1
    assert evaluation.lockbox_lift.value == pytest.approx(1.19, abs=0.04)


def test_it_expects_people_to_wait_longer_than_they_do(made: PilotRun) -> None:
    """The city became faster than its past: for bats four times, and the gate says so."""
    told = {found.group: found for found in made.evaluation.restricted_means}
    bats = told["Morcego - Reclamar sobre local com morcego"]
    assert bats.predicted > 3 * bats.observed.value
    assert verdicts(made)["calibrated"] == "fail"


def test_chances_of_being_done_rise_with_the_days(made: PilotRun) -> None:
    scored: pd.DataFrame = made.predictions
    days = [f"open_after_{day}" for day in (1, 7, 14, 28, 56, 84, 90)]
    still_open = scored[days].to_numpy()
    assert (np.diff(still_open, axis=1) <= 1e-9).all()
    horizons = {found.days: found for found in made.evaluation.horizons if found.candidate == made.champion}
    assert horizons[28].observed.value == pytest.approx(0.50, abs=0.02)
    assert horizons[28].predicted == pytest.approx(0.48, abs=0.03)


def test_the_day_is_found_on_which_answers_about_bats_became_faster(made: PilotRun) -> None:
    [found] = made.audit.label_changes
    assert found.stratum == "Morcego - Reclamar sobre local com morcego"
    assert found.earliest.isoformat() <= "2016-12-01" <= found.latest.isoformat()
    assert found.before.value == pytest.approx(76, abs=3)
    assert found.after.value == pytest.approx(10.5, abs=1)


def test_poorer_districts_are_too_few_to_tell_and_the_audit_says_what_it_needs(made: PilotRun) -> None:
    poorest = next(
        found
        for found in made.audit.disparities
        if (found.metric, found.attribute, found.group) == ("restricted_mean_days", "income_quarter", "q1")
    )
    assert poorest.verdict == "insufficient_evidence"
    assert poorest.ratio.value == pytest.approx(0.72, abs=0.04)
    assert poorest.needed == pytest.approx(14_209, rel=0.2)


def test_what_the_gates_say(made: PilotRun) -> None:
    said = verdicts(made)
    assert said["beats-simple-rule"] == said["lockbox-agrees"] == "pass"
    assert said["licence-and-owner-named"] == said["reasons-hold"] == "fail"
    assert told_by_readme(PILOT, made) == said
    assert not made.is_ready
