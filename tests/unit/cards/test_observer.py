"""The section on who looks, and on what counts: its words for each verdict, its tables, its dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from civic_ai.cards.observer import FINDINGS, WHY_UNKNOWN, ObserverWords
from civic_ai.records.figure import Figure, missing
from civic_ai.records.label_changes import LabelChange
from civic_ai.records.observer import ObserverGain, ObserverTest
from civic_ai.records.record import flatten
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _figure(value: float, half: float = 0.02) -> Figure:
    return Figure(value=value, lower=value - half, upper=value + half, n=246)


TEST = ObserverTest(
    verdict="fail", column="inspector", candidate="lightgbm", observers=6, cases=1000, events=246, lists=9,
    knows_observer=True, area_of_model=_figure(0.73), area_of_observer=_figure(0.72),
    area_without_observer=_figure(0.57), area_within_observers=_figure(0.56), share=_figure(0.95), limit=0.9,
    judged_on="lockbox",
    gains=(
        ObserverGain(split="all", measure="days_earlier", model=_figure(11, 1), observer=_figure(10, 1),
                     within=_figure(2.3, 1)),
        ObserverGain(split="lockbox", measure="days_earlier", model=_figure(12, 2), within=_figure(1.6, 2)),
    ),
)  # fmt: skip
CHANGE = LabelChange(
    on=date(2014, 12, 1), earliest=date(2014, 11, 3), latest=date(2014, 12, 31), level=0.9,
    before=Figure(value=0.046, n=17_868), after=Figure(value=0.433, n=7_357), jump=_figure(0.42),
    p_value=0.006,
)  # fmt: skip


def words(page: MakePage, language: str = "en", **changes: object) -> ObserverWords:
    """The section's words where the audit says ``changes``."""
    seen = page(City(question="cases"), language)
    given = {"observer": TEST, "not_measured": (), **changes}
    audit = seen.records.audit.model_copy(update=given)
    records = replace(seen.records, audit=audit)
    teller = replace(seen.teller, facts={**seen.teller.facts, **dict(flatten(audit, "audit"))})
    return ObserverWords(records, teller)


def test_a_failure_says_that_it_predicts_who_looks_and_how_much(page: MakePage) -> None:
    told = words(page).finding().striptags()
    assert told.startswith("It mainly predicts who looks, not the place")
    assert "95%" in told
    assert "between 93% and 97%" in told


def test_a_rule_that_is_the_observers_rate_is_said_to_know_nothing_else(page: MakePage) -> None:
    told = words(page)
    evaluation = told.records.evaluation.model_copy(update={"champion": "observer_rate"})
    told = ObserverWords(replace(told.records, evaluation=evaluation), told.teller)
    assert told.finding() == "What is proposed knows only who looks, and nothing of the place."


@pytest.mark.parametrize("verdict", FINDINGS)
def test_every_verdict_has_a_finding_and_what_it_means(page: MakePage, verdict: str) -> None:
    told = words(page, observer=TEST.model_copy(update={"verdict": verdict}))
    assert told.finding()
    assert told.meaning()
    assert len(told.tables()) == 2


@pytest.mark.parametrize("why", WHY_UNKNOWN)
def test_what_is_unknown_says_why_and_shows_no_table(page: MakePage, why: str) -> None:
    told = words(page, observer=ObserverTest(verdict="unknown", why_unknown=why))
    assert told.finding() == WHY_UNKNOWN[why]
    assert told.tables() == []
    assert not told.meaning()


def test_an_audit_without_the_test_declared_nothing(page: MakePage) -> None:
    assert words(page, observer=None).finding() == WHY_UNKNOWN["not_declared"]


def test_tables_hold_every_order_and_every_period(page: MakePage) -> None:
    areas, gains = words(page).tables()
    assert [str(row[0]) for row in areas.rows] == [
        "The model",
        "The observer's own rate alone",
        "The same model, trained without the observer",
        "The model, among cases of the same observer",
    ]
    assert areas.rows[2][1].striptags().startswith("57%")
    assert [str(row[0]) for row in gains.rows] == ["Tests", "Last period, kept aside"]
    assert gains.rows[1][2].striptags() == "Not measured"
    assert gains.rows[1][3].striptags().startswith("1.6")


def test_a_model_that_is_not_told_the_observer_has_no_row_without(page: MakePage) -> None:
    areas, _ = words(page, observer=TEST.model_copy(update={"knows_observer": False})).tables()
    assert len(areas.rows) == 3


def test_hidden_figures_are_said_to_be_hidden(page: MakePage) -> None:
    told = words(page, observer=TEST.model_copy(update={"share": missing("suppressed")}))
    assert "Too few to show" in told.finding()


def test_changes_are_dated_and_told_before_and_after(page: MakePage) -> None:
    told = words(page, label_changes=(CHANGE, CHANGE.model_copy(update={"stratum": "street_tree"})))
    assert told.changes_finding().startswith("The outcome jumped")
    one, other = (change.striptags() for change in told.changes())
    assert "December 1, 2014" in one
    assert "November 3, 2014" in one
    assert "5% before, 43% after" in one
    assert other.startswith("street tree: ")


def test_none_found_and_not_searched_are_two_answers(page: MakePage) -> None:
    none, unsearched = words(page), words(page, not_measured=("label_changes",))
    assert none.changes() == []
    assert none.changes_finding().startswith("No sudden change")
    assert "too little time" in unsearched.changes_finding()
