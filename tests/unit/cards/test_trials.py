"""Reasons put to the test, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.trials import ReasonTrials
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _trials(page: MakePage, city: City, **changed: object) -> ReasonTrials:
    seen = page(city, "en")
    explanation = seen.records.explanation
    trials = explanation.trials.model_copy(update=changed) if changed else explanation.trials
    records = replace(seen.records, explanation=explanation.model_copy(update={"trials": trials}))
    return ReasonTrials(records, seen.teller)


def test_it_says_whether_reasons_hold_and_how_that_was_tried(page: MakePage) -> None:
    told = _trials(page, City())
    assert "These reasons hold" in told.verdict()
    said = " ".join(sentence.striptags() for sentence in told.figures())
    assert "all 3,000 rows" in said
    assert "trained again 7 times" in said
    assert "same in 94 of 100 rows (from 88 to 99)" in said
    assert "moves 2.70 (between 2.50 and 2.90) times as far" in said
    assert "12 of 100 as far" in said


@pytest.mark.parametrize(
    ("verdict", "says"),
    [("fail", "do not hold"), ("unknown", "Not measured"), ("insufficient_evidence", "Not m")],
)
def test_what_does_not_hold_is_said(page: MakePage, verdict: str, says: str) -> None:
    assert says in _trials(page, City(), verdict=verdict).verdict()


def test_a_reason_that_others_do_not_give_is_marked(page: MakePage) -> None:
    told = _trials(page, City())
    assert "unstable" not in told.reason("list", "history_raises")
    assert (
        "(unstable: 43 of 100 models trained again give it)" in told.reason("list", "area_raises").striptags()
    )
    assert "unstable" not in told.reason("next", "area_raises")


def test_a_rule_is_not_trained(page: MakePage) -> None:
    told = _trials(page, City(winner="rule"))
    assert "A rule is not trained" in told.verdict()
    assert told.figures() == []
    assert told.proxies() is None


def test_a_record_without_trials_says_that_nothing_was_measured(page: MakePage) -> None:
    seen = page(City(), "en")
    without = replace(seen.records, explanation=seen.records.explanation.model_copy(update={"trials": None}))
    told = ReasonTrials(without, seen.teller)
    assert "Not measured" in told.verdict()
    assert told.figures() == []


def test_proxies_name_the_attribute_and_how_well_it_is_told(page: MakePage) -> None:
    table = _trials(page, City()).proxies()
    assert table is not None
    ((name, told),) = table.rows
    assert "ncome" in str(name)
    assert "31%" in told.striptags()
