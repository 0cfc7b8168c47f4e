"""What was found in Hermosillo's pothole reports of 2021 to 2023, stated with tolerances.

Measured by `civic-ai run pilots/hermosillo-baches`.
"""

from __future__ import annotations

import pytest

from civic_ai.results import PilotRun
from tests.golden.real_cities import ROOT, needs, run_pilot, told_by_readme, verdicts

pytestmark = needs("hermosillo")
PILOT = ROOT / "pilots" / "hermosillo-baches"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    return run_pilot(PILOT, tmp_path_factory.mktemp("hermosillo"))


def test_every_report_is_kept_and_some_have_no_area(made: PilotRun) -> None:
    reports = made.snapshot.source("reports")
    assert (reports.rows, reports.quarantined, reports.duplicates) == (12_748, 0, 0)
    outside = next(found for found in made.panel.findings if found.code == "events_outside_units")
    assert outside.values["count"] == 667


def test_what_looks_like_a_label_is_no_feature(made: PilotRun) -> None:
    """`atendido` is true in 12,724 of 12,748 rows, and nothing says when."""
    attended = made.workspace.blobs.table(made.snapshot.source("reports").blob)["atendido"].to_pylist()
    assert sum(attended) == 12_724
    assert not [feature.name for feature in made.panel.features if "atendido" in feature.name]


def test_no_model_is_shown_to_beat_the_count_of_the_last_year(made: PilotRun) -> None:
    evaluation = made.evaluation
    lift = evaluation.lift_over_best_baseline
    assert evaluation.best_baseline == "year_count"
    assert lift.value == pytest.approx(1.03, abs=0.03)
    assert lift.lower < 1 < lift.upper
    assert evaluation.lockbox_lift.value == pytest.approx(1.0, abs=0.03)


def test_the_most_marginalised_quarter_is_hardly_reached(made: PilotRun) -> None:
    ratios = {found.group: found.ratio for found in made.audit.disparities if found.metric == "recall"}
    assert ratios["q1"].value == pytest.approx(0.22, abs=0.08)
    assert ratios["q1"].upper < 0.8
    assert made.audit.worst_verdict == "fail"


def test_intervals_of_area_totals_hold_in_the_lockbox(made: PilotRun) -> None:
    [overall] = [
        found
        for found in made.evaluation.coverage
        if (found.candidate, found.split, found.group) == (made.champion, "lockbox", None)
    ]
    assert 0.90 <= overall.covered.value <= 0.98
    assert overall.verdict == "pass"


def test_the_gates_say_not_ready(made: PilotRun) -> None:
    said = verdicts(made)
    assert said["beats-simple-rule"] == said["reaches-every-group"] == "fail"
    assert said["reporting-bias-examined"] == said["places-not-observers"] == "unknown"
    assert said["leak-search-clean"] == said["contract-held"] == "pass"
    assert told_by_readme(PILOT, made) == said
    assert not made.is_ready


def test_linked_reports_are_too_few_to_tell_who_reports_less(made: PilotRun) -> None:
    reporting = made.audit.reporting
    assert (reporting.method, reporting.verdict) == ("linkage", "insufficient_evidence")
    most = next(found for found in reporting.groups if found.group == "q1")
    assert most.ratio.value == pytest.approx(0.78, abs=0.03)
    assert most.ratio.lower < 1 / 1.25 < most.ratio.upper
    assert most.needed == pytest.approx(1705, rel=0.15)


def test_a_list_by_past_outcomes_would_reach_the_marginalised_at_no_loss_that_is_seen(made: PilotRun) -> None:
    assert made.audit.frontier is not None
    way = next(way for way in made.audit.frontier.ways if way.way == "equal_reach_by_past")
    assert way.ratio.value == pytest.approx(0.83, abs=0.08)
    assert way.found_per_visit_change.lower < 0 < way.found_per_visit_change.upper
