from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.contract import load_contracts
from civic_ai.data.contract_rules import broken_promises, parse_bound
from civic_ai.pilot.load import load_pilot
from civic_ai.records.contract import Contract
from tests.unit.data.cases_pilot import CELLS, COUNTS, DURATIONS, case_folder
from tests.unit.data.cities import contract

PARTS = frozenset(Contract.model_fields)


def broken(columns: dict[str, Any], **parts: Any) -> list[tuple[tuple[str | int, ...], str]]:
    return [(place, str(says)) for place, says, _ in broken_promises(contract(columns, **parts), PARTS)]


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "integer", "min": "x"}, "min", "is not a value of a column of type integer"),
    ({"type": "number", "max": "inf"}, "max", "is not a value"),
    ({"type": "number", "max": "nan"}, "max", "is not a value"),
    ({"type": "text", "min": "a"}, "min", "is not a value of a column of type text"),
    ({"type": "date", "min": "2020-02-30"}, "min", "is not a value"),
    ({"type": "integer", "min": "5", "max": "4"}, "min", "is greater than max"),
    ({"type": "integer", "allowed": ["1"]}, "allowed", "is for text columns"),
    ({"type": "text", "allowed": ["a", "a"]}, "allowed", "a is given twice"),
    (
        {"type": "text", "allowed": ["new"], "renamed": {"old": "nwe"}},
        "old",
        "becomes nwe, which is not allowed",
    ),
    ({"type": "text", "allowed": ["a", "b"], "renamed": {"a": "b"}}, "a", "is an allowed word too"),
    ({"type": "text", "renamed": {"a": "b", "b": "c"}}, "a", "becomes b, which is renamed again"),
    ({"type": "number", "distrust": ["0"]}, "distrust", "takes values as missing, but blank is refused"),
    ({"type": "number", "blank": "missing", "distrust": ["x"]}, "distrust", "is not a value"),
    ({"type": "text", "blank": "zero"}, "blank", "'zero' is for numbers"),
    ({"type": "number", "format": "%Y-%m-%d"}, "format", "is for dates"),
    ({"type": "date", "format": "%Y-%m"}, "format", "does not say where"),
    ({"type": "text", "personal": "none"}, "personal", "'none' needs a reason"),
    ({"type": "text", "why": "so"}, "why", "belongs to 'personal: none'"),
    ({"type": "date", "personal": "identifier"}, "personal", "an identifier is text or integer"),
]


@pytest.mark.parametrize(("column", "where", "words"), CASES)
def test_a_column_that_contradicts_itself(column: dict[str, Any], where: str, words: str) -> None:
    found = broken({"c": column})
    assert [place[-1] for place, _ in found] == [where]
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("columns", "parts", "words"),
    [
        ({"a": "text"}, {"time_zone": "Mars/Olympus"}, "is not a time zone"),
        ({"a": "text"}, {"unique": [["a", "a"]]}, "needs different columns"),
        ({"a": "text"}, {"unique": [["b"]]}, "there is no column called b"),
        ({"a": "text"}, {"freshness": {"column": "a", "within_days": 1}}, "is not a date or timestamp"),
        ({"a": "text"}, {"freshness": {"column": "b", "within_days": 1}}, "there is no column called b"),
        ({"a": "text"}, {"file": {"decimal": ",", "thousands": ","}}, "is the same mark"),
        ({"a": "text"}, {"file": {"kind": "parquet", "decimal": ","}}, "says itself"),
        ({"a": "text"}, {"file": {"kind": "parquet", "skip_lines": 1}}, "says itself"),
        ({"a": "text", "A": "text"}, {}, "has the same name as a"),
        (
            {"a": {"type": "text", "header": "x"}, "b": {"type": "text", "header": "x"}},
            {},
            "has the same header as a",
        ),
        ({"CASE NUMBER": "text"}, {}, "is not a name that can be used here"),
        ({"#row": "text"}, {}, "is not a name that can be used here"),
    ],
)
def test_parts_that_contradict_each_other(columns: dict[str, Any], parts: dict[str, Any], words: str) -> None:
    found = broken(columns, **parts)
    assert len(found) == 1
    assert words in found[0][1]


def test_parts_that_are_broken_themselves_are_not_judged() -> None:
    bad = contract({"a": {"type": "text", "blank": "zero"}}, time_zone="Mars/Olympus")
    assert broken_promises(bad, frozenset({"about"})) == []
    assert [place for place, _, _ in broken_promises(bad, frozenset({"time_zone"}))] == [("time_zone",)]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "-3", -3),
        ("number", "1.5", 1.5),
        ("date", "2020-02-29", date(2020, 2, 29)),
        ("timestamp", "2020-02-29", datetime(2020, 2, 29)),
        ("timestamp", "2018-12-31T23:59:59", datetime(2018, 12, 31, 23, 59, 59)),
    ],
)
def test_bounds_are_values_of_the_type(kind: Any, text: str, value: object) -> None:
    assert parse_bound(kind, text) == value


@pytest.mark.parametrize(
    ("question", "change", "about", "says"),
    [
        (
            (),
            {"due_at: {type: timestamp": "due_at: {type: text"},
            "due_at",
            "unit.due_on needs date, not text",
        ),
        (
            (),
            {"closed_at: {type: timestamp": "closed_at: {type: text"},
            "closed_at",
            "label.known_at needs date",
        ),
        (
            (DURATIONS,),
            {"closed_at: {type: timestamp": "closed_at: {type: number"},
            "closed_at",
            "label.ended_at needs",
        ),
        (
            (COUNTS, CELLS),
            {"lon: {type: number": "lon: {type: text"},
            "lon",
            "unit.hexagons needs number, not text",
        ),
    ],
)
def test_moments_and_coordinates_that_a_question_needs_are_of_their_type(
    tmp_path: Path, question: tuple[Mapping[str, str], ...], change: dict[str, str], about: str, says: str
) -> None:
    folder = case_folder(tmp_path / "p", *question, change)
    with pytest.raises(ConfigError) as caught:
        load_contracts(load_pilot(folder, {}))
    [mistake] = caught.value.mistakes
    assert (mistake.about, says in mistake.text()) == (f"columns.{about}.type", True), mistake.text()
    assert mistake.place is not None
    assert mistake.place.file.endswith("requests.yaml")
