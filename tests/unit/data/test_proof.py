"""pandera as a second opinion: whatever breaks the contract is seen, in whichever part of the rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import pandera.errors
import pyarrow as pa
import pytest

from civic_ai.data import proof
from civic_ai.records.contract import Contract
from tests.unit.data.cities import contract

PROMISE = contract(
    {
        "case_id": {"type": "text", "unique": True},
        "kind": {"type": "text", "allowed": ["a", "b"]},
        "n": {"type": "integer", "min": "0", "max": "10", "blank": "missing"},
        "day": {"type": "date", "min": "2020-01-01"},
    },
    unique=[["kind", "day"]],
)
TYPES = {name: proof.ARROW_TYPES[column.type] for name, column in PROMISE.columns.items()}
PORTION = 2_048
"""The fewest rows that DuckDB hands over at once."""
SOUND = [
    {
        "case_id": str(at),
        "kind": "ab"[at % 2],
        "n": None if at % 3 == 0 else at % 11,
        "day": date(2020, 1, 1) + timedelta(days=at // 2),
    }
    for at in range(2 * PORTION + 2)
]
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "a word that is not allowed": ({"kind": "c"}, "isin"),
    "below": ({"n": -1}, "greater_than_or_equal_to"),
    "above": ({"n": 11}, "less_than_or_equal_to"),
    "a day below": ({"day": date(2019, 12, 31)}, "greater_than_or_equal_to"),
    "a blank word": ({"kind": None}, "null values"),
    "a blank day": ({"day": None}, "null values"),
    "a blank key": ({"case_id": None}, "null values"),
    "a key again": ({"case_id": "1"}, "not unique"),
    "a pair again": ({"kind": "a", "day": date(2020, 1, 2)}, "not unique"),
}


def prove(rows: list[dict[str, Any]], promise: Contract = PROMISE, **types: pa.DataType) -> None:
    backend, kinds = ibis.duckdb.connect(), {**TYPES, **types}
    made = {name: pa.array([row[name] for row in rows], kinds[name]) for name in rows[0]}
    backend.con.register("rows", pa.table(made))
    proof.prove(backend, "rows", promise)


@pytest.mark.parametrize("at_once", [PORTION, 500_000])
def test_sound_rows_pass_in_whatever_portions(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "ROWS_AT_ONCE", at_once)
    prove(SOUND)


@pytest.mark.parametrize("at", [0, len(SOUND) - 1])
@pytest.mark.parametrize("fault", BROKEN)
def test_whatever_breaks_the_contract_is_seen(fault: str, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the first portion or the last; a repeat also of a row in another portion."""
    monkeypatch.setattr(proof, "ROWS_AT_ONCE", PORTION)
    change, word = BROKEN[fault]
    rows = [*SOUND[:at], {**SOUND[at], **change}, *SOUND[at + 1 :]]
    with pytest.raises(pandera.errors.SchemaErrors, match=word):
        prove(rows)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("n", pa.float64()), ("n", pa.int32()), ("day", pa.timestamp("us")), ("day", pa.string())],
)
def test_another_type_is_seen(name: str, kind: pa.DataType) -> None:
    cells = pa.array([row[name] for row in SOUND[:9]], TYPES[name]).cast(kind).to_pylist()
    rows = [{**row, name: cell} for row, cell in zip(SOUND, cells, strict=False)]
    with pytest.raises(pandera.errors.SchemaErrors, match="expected series"):
        prove(rows, **{name: kind})


@pytest.mark.parametrize(("name", "value"), [("more", "x"), ("n", None)])
def test_a_column_too_many_and_one_too_few_are_seen(name: str, value: str | None) -> None:
    rows = [{**row, name: value} for row in SOUND[:9]]
    if value is None:
        rows = [{column: cell for column, cell in row.items() if column != name} for row in rows]
    with pytest.raises(pandera.errors.SchemaErrors, match="COLUMN_NOT_IN"):
        prove(rows, more=pa.string())


def test_a_key_that_may_be_blank_is_left_to_the_rules() -> None:
    """pandera would say that two blanks repeat."""
    promise = contract({"case_id": {"type": "text", "unique": True, "blank": "missing"}})
    prove([{"case_id": None}, {"case_id": None}], promise)
