from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.facts import facts_of
from civic_ai.cards.gains import Gain
from civic_ai.cards.summary import summary_table
from civic_ai.cards.tables.answers import AnswerTables
from civic_ai.cards.tell import Teller
from civic_ai.records.snapshot import Finding
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _gain(page: MakePage, city: City, language: str = "en") -> Gain:
    seen = page(city, language)
    return Gain(seen.records, seen.teller)


def _without(gain: Gain, part: str) -> Gain:
    facts = {name: None if part in name else value for name, value in gain.teller.facts.items()}
    return replace(gain, teller=Teller(facts, "en", gain.teller.locale))


def test_cases_are_found_earlier_beside_the_rule_that_knows_the_observer(page: MakePage) -> None:
    gain = _gain(page, City(question="cases"))
    assert (
        "Of 100 cases first on the model's list, about 41 turn out so: a pothole" in gain.tests().striptags()
    )
    said = gain.lockbox().striptags()
    assert "7.8 (between 7.4 and 8.2) days earlier than today; 68 (between 65 and 71) of 100" in said
    assert "A rule that knows only the observer: 7.5 (between 7.1 and 7.9) days." in said
    assert "of each observer alone, the model's order gains 0.3 (between -0.2 and 0.8)" in said


def test_cases_that_are_due_on_no_day_are_not_found_earlier(page: MakePage) -> None:
    assert "earlier" not in _without(_gain(page, City(question="cases")), ".time_to_find.").lockbox()


def test_the_observers_rule_is_not_set_beside_itself(page: MakePage) -> None:
    said = _gain(page, City(question="cases", winner="rule")).lockbox().striptags()
    assert "7.5 (between 7.1 and 7.9) days earlier" in said
    assert "A rule that knows only the observer" not in said


def test_a_forecast_says_how_far_off_it_is_and_what_that_costs(page: MakePage) -> None:
    said = _gain(page, City(question="demand")).tests().striptags()
    assert said.startswith(
        "For every 100 requests that came, the model had forecast 98 (between 95 and 101)."
    )
    assert "1.24 (between 1.16 and 1.32) times as good as the best simple rule, last year" in said
    assert "12.0 (between 11.5 and 12.5) hours of work are short in each period" in said
    assert said.endswith("by the simple rule 15.0 and 7.5.")


def test_a_forecast_without_declared_hours_says_nothing_of_hours(page: MakePage) -> None:
    assert "hours" not in _without(_gain(page, City(question="demand")), ".staffing.").tests().striptags()


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("pass", "The model is 1.24"),
        (
            "fail",
            "The best simple rule, last year's count, moved by the season, is better: the model is 1.24",
        ),
        ("insufficient_evidence", "The difference is too small to tell."),
        ("unknown", "was not measured."),
    ],
)
def test_better_is_above_one_whatever_the_objective(page: MakePage, verdict: str, expected: str) -> None:
    gain = _gain(page, City(question="demand"))
    evaluation = gain.records.evaluation.model_copy(update={"lift_verdict": verdict})
    said = replace(gain, records=replace(gain.records, evaluation=evaluation)).tests().striptags()
    assert expected in said


def test_an_estimate_says_by_when_half_and_nine_of_ten_are_done(page: MakePage) -> None:
    said = _gain(page, City(question="durations")).tests().striptags()
    expected = "Of the cases that are open when a time is told, half are done within 28 days."
    assert f"{expected} 90 of 100 are done within 90 days." in said


@pytest.mark.parametrize(("severity", "is_said"), [("warning", True), ("note", False)])
def test_an_estimate_says_how_many_cases_were_over_before_it(
    page: MakePage, severity: str, is_said: bool
) -> None:
    """Half within two days is not the wait of residents where two of three cases never met a list."""
    gain = _gain(page, City(question="durations"))
    finding = Finding(
        code="over_before_list", source="requests", severity=severity, count=8767, share=0.667,
        values={"count": 8767, "percent": 66.7},
    )  # fmt: skip
    records = replace(gain.records, panel=gain.records.panel.model_copy(update={"findings": (finding,)}))
    gain = replace(gain, records=records, teller=replace(gain.teller, facts=facts_of(records)))
    said = gain.tests().striptags()
    assert ("67% of all cases were over before a time could be told" in said) == is_said


def test_the_last_period_says_how_often_intervals_held(page: MakePage) -> None:
    said = _gain(page, City(question="demand")).lockbox().striptags()
    assert "kept aside, it was 1.20 (between 1.10 and 1.30) times as good as the simple rule." in said
    assert "182 days, 91 (between 90 and 92) lay in their interval; 90 were promised." in said
    bare = _gain(page, City(question="durations", known=False)).lockbox().striptags()
    assert bare == "Not measured: how often the intervals held in the last 182 days."


@pytest.mark.parametrize("question", ["ranking", "cases", "demand", "durations"])
def test_where_a_rule_is_proposed_that_comes_first(page: MakePage, question: str) -> None:
    from civic_ai.cards.findings import Findings

    for winner, first in (("rule", True), ("model", False)):
        seen = page(City(question=question, winner=winner))
        said = Findings(seen.records, seen.teller).in_short().striptags()
        assert said.startswith("By the rule set beforehand, the simple rule is proposed:") == first
        assert ("the model is proposed" in said) == (not first)


@pytest.mark.parametrize(
    ("declared", "in_hours"),
    [({}, False), ({"hours_per_unit": 1.0}, False), ({"hours_per_unit": 1.5}, True),
     ({"hours_by_type": {"pothole": 2.0}}, True)],
)  # fmt: skip
def test_of_hours_is_told_only_where_they_are_declared(
    page: MakePage, declared: dict[str, object], in_hours: bool
) -> None:
    seen = page(City(question="demand"))
    capacity = seen.records.spec.capacity.model_copy(
        update={"hours_per_unit": None, "hours_by_type": {}} | declared
    )
    records = replace(seen.records, spec=seen.records.spec.model_copy(update={"capacity": capacity}))
    table, staffing = summary_table(records, seen.teller), AnswerTables(records, seen.teller).staffing()
    assert staffing is not None
    said = Gain(records, seen.teller).tests().striptags()
    assert (
        "12.0 (between 11.5 and 12.5) requests more than planned for come in each period" in said
    ) != in_hours
    for text in (said, *table.columns, *staffing.columns, str(staffing.caption)):
        assert in_hours or "hour" not in text.lower()
    assert any("Hours" in column for column in table.columns) == in_hours


def test_two_measures_that_disagree_are_told_apart(page: MakePage) -> None:
    """Chicago: visits differ too little to tell, days earlier beat the rule; a card said only the first."""
    gain = _gain(page, City(question="cases"))
    assert "objective" not in gain.tests()
    bound = f"evaluation.per_100_visits.{gain.records.model}.more_than_best_baseline.lower"
    unsure = replace(gain, teller=Teller(gain.teller.facts | {bound: -1.0}, "en", gain.teller.locale))
    said = unsure.tests().striptags()
    assert "The difference is too small to tell. On the objective that the city declared" in said
    assert "it is 1.24 (between 1.16 and 1.32) times as good" in said
