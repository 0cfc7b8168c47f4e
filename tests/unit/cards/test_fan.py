from __future__ import annotations

from civic_ai.cards.facts import read_records
from civic_ai.cards.fan import Fan, FanPoint, read_fan
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_answers import RULE, WEEKS
from tests.unit.cards.made_city import City


def test_the_busiest_series_is_shown_as_it_stands_in_the_lockbox(made: MakeMade) -> None:
    one = made(City(question="demand"))
    records = read_records(one.evidence, one.blobs)
    fan = read_fan(records, one.blobs)
    table = one.blobs.table(records.evaluation.lockbox_blob).to_pandas()
    own = table[table["candidate"] == records.evaluation.champion]
    sums = own.groupby("unit")["label"].sum()
    assert f"{fan.area}/{fan.type}" == sums.idxmax()
    series = own[own["unit"] == sums.idxmax()].sort_values("as_of")
    assert [point.came for point in fan.points] == series["label"].astype(int).tolist()
    assert [point.as_of for point in fan.points] == [week.isoformat() for week in WEEKS]
    rule = table[(table["candidate"] == RULE["demand"]) & (table["unit"] == sums.idxmax())]
    assert [point.rule for point in fan.points] == rule.sort_values("as_of")["score"].tolist()


def test_a_rule_that_is_proposed_is_not_drawn_twice(made: MakeMade) -> None:
    one = made(City(question="demand", winner="rule"))
    fan = read_fan(read_records(one.evidence, one.blobs), one.blobs)
    assert fan.points
    assert {point.rule for point in fan.points} == {None}


def test_intervals_that_held_are_counted() -> None:
    def point(came: int, lower: float | None) -> FanPoint:
        return FanPoint("2018-06-04", came, 5.0, lower, None if lower is None else 7.0, None)

    facts = Fan("A", "t", (point(3, 3.0), point(8, 3.0), point(7, 3.0), point(5, None))).facts()
    assert (facts["fan.held"], facts["fan.told"]) == (2, 3)
    assert facts["fan.points.1.came"] == 8


def test_other_questions_forecast_nothing(made: MakeMade) -> None:
    one = made(City(question="cases"))
    assert read_fan(read_records(one.evidence, one.blobs), one.blobs) == Fan()
