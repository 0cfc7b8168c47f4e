from __future__ import annotations

import pytest

from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.tables.answers import AnswerTables
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

NAMES = ("staffing", "coherent_sums", "time_to_find", "restricted_means", "what_if", "coverage")
ASKED = {
    "ranking": set(),
    "cases": {"time_to_find", "what_if", "coverage"},
    "demand": {"staffing", "coherent_sums", "coverage"},
    "durations": {"restricted_means", "coverage"},
}


def _tables(page: MakePage, city: City, language: str = "en") -> AnswerTables:
    seen = page(city, language)
    return AnswerTables(seen.records, seen.teller)


def _text(table: Table | None) -> list[list[str]]:
    assert table is not None
    return [[getattr(cell, "striptags", cell.__str__)() for cell in row] for row in table.rows]


@pytest.mark.parametrize("question", ASKED)
def test_a_table_stands_where_the_question_asks_for_it(page: MakePage, question: str) -> None:
    tables = _tables(page, City(question=question))
    made = {name: getattr(tables, name)() for name in NAMES}
    assert {name for name, table in made.items() if table is not None} == ASKED[question]
    for table in filter(None, made.values()):
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_hours_are_told_by_type_in_the_pilots_words(page: MakePage) -> None:
    rows = _text(_tables(page, City(question="demand"), "es").staffing())
    assert [row[1] for row in rows[:3]] == ["todos", "pothole", "árboles"]
    assert rows[0][2] == "12,0 (entre 11,5 y 12,5)"


def test_the_rule_is_not_compared_with_itself(page: MakePage) -> None:
    rows = _text(_tables(page, City(question="demand")).staffing())
    assert [row[4] for row in rows[3:]] == ["It is the simple rule itself"] * 3


def test_every_candidate_and_rule_stands_in_the_table_of_days(page: MakePage) -> None:
    table = _tables(page, City(question="cases")).time_to_find()
    rows = _text(table)
    assert len(rows) == 6
    observer = next(row for row in rows if row[0].startswith("how often cases of the same observer"))
    assert observer[1:4] == ["all tests", "7.5 (between 7.1 and 7.9)", "–"]


def test_what_was_predicted_stands_beside_the_days_that_it_took(page: MakePage) -> None:
    rows = _text(_tables(page, City(question="durations")).restricted_means())
    assert rows[0] == ["all", "22.0 (between 20.5 and 23.5)", "21.5", "8%"]


def test_another_capacity_takes_the_hours_that_are_declared(page: MakePage) -> None:
    table = _tables(page, City(question="cases")).what_if()
    assert table is not None
    assert table.columns[:2] == ("Visits in each period", "Hours")
    assert _text(table)[1][:2] == ["24", "36"]


def test_stretches_of_the_horizon_are_told_in_words(page: MakePage) -> None:
    names = {row[0] for row in _text(_tables(page, City(question="demand")).coverage())}
    assert names == {"all", "pothole", "periods ahead: 1", "periods ahead: 2–4"}
