from __future__ import annotations

from typing import get_args

import pytest

from civic_ai.models.baselines import BY_QUESTION, RULES, baselines_of
from civic_ai.models.candidates import CANDIDATES
from civic_ai.models.rows import PanelRows, read_rows
from civic_ai.pilot.spec import BaselineName, Question
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import make_pilot, rule_scorer, simulate


def rows_with(blobs: Blobs, columns: dict[str, float], question: str) -> PanelRows:
    """Rows of a panel of one question that has just these reserved columns."""
    frame = simulate(units=5, dates=40)
    frame = frame.drop(columns=[name for name in frame if name.startswith("baseline_")]).assign(**columns)
    panel = make_pilot(blobs, frame).panel.model_copy(update={"question": question})
    return read_rows(panel, blobs)


def test_every_question_has_baselines_and_together_they_are_those_that_a_spec_may_name() -> None:
    assert set(BY_QUESTION) == set(get_args(Question))
    assert all(BY_QUESTION.values())
    named = {baseline.name for baselines in BY_QUESTION.values() for baseline in baselines}
    assert named == set(get_args(get_args(BaselineName)[0]))


@pytest.mark.parametrize("question", BY_QUESTION)
def test_baselines_stand_in_the_order_of_simplicity_and_are_simpler_than_any_model(question: str) -> None:
    simplicity = [baseline.simplicity for baseline in BY_QUESTION[question]]
    assert simplicity == list(range(len(simplicity)))
    assert max(simplicity) < min(candidate.simplicity for candidate in CANDIDATES.values())
    assert all(baseline.record.is_baseline for baseline in BY_QUESTION[question])


def test_places_have_all_six_rules(blobs: Blobs) -> None:
    rows = read_rows(make_pilot(blobs, simulate(units=5, dates=40)).panel, blobs)
    assert [baseline.name for baseline in baselines_of(rows)] == [
        *("last_value", "seasonal_naive", "recent_count", "quarter_count", "year_count", "seasonal_index"),
    ]


def test_cases_have_the_rates_that_the_panel_has(blobs: Blobs) -> None:
    arrival = rows_with(blobs, {"baseline_arrival": 1.0}, "cases")
    assert [baseline.name for baseline in baselines_of(arrival)] == ["arrival_order"]
    both = rows_with(blobs, {"baseline_arrival": 1.0, "baseline_observer_rate": 0.2}, "cases")
    assert [baseline.name for baseline in baselines_of(both)] == ["arrival_order", "observer_rate"]


def test_durations_have_curves_and_no_rule(blobs: Blobs) -> None:
    alone = rows_with(blobs, {"baseline_arrival": 1.0}, "durations")
    assert [baseline.name for baseline in baselines_of(alone)] == ["curve_of_all"]
    grouped = rows_with(blobs, {"baseline_group": 1.0}, "durations")
    assert [baseline.name for baseline in baselines_of(grouped)] == ["curve_of_all", "curve_of_group"]


def test_rules_are_found_by_their_name() -> None:
    assert all(rule_scorer(name, 28).candidate == name for name in RULES)
    with pytest.raises(KeyError):
        rule_scorer("no_such_rule", 28)
