from __future__ import annotations

from pathlib import Path
from typing import Any

from civic_ai.core.errors import DataError
from civic_ai.data.checks import break_rules
from civic_ai.data.engine import open_scratch
from civic_ai.data.quarantine import (
    RULES,
    count_quarantined,
    count_rules,
    quarantine_table,
    refuse_too_many,
)
from civic_ai.data.tables import read_text_table
from civic_ai.data.typed import type_table
from civic_ai.data.types import Reading
from civic_ai.records.contract import Contract
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import contract, written

CONTENT = b"""id,kind,phone
1,a,555
2,c,556
broken line
1,a,555
4,,
5,a,557
5,b,558
"""


def promise(**phone: Any) -> Contract:
    columns = {
        "id": {"type": "text", "unique": True},
        "kind": {"type": "text", "allowed": ["a", "b"]},
        "phone": {"type": "text", "blank": "missing", **phone},
    }
    return contract(columns, quarantine_share=1)


def aside(said: Contract, folder: Path) -> tuple[int, list[dict[str, Any]], dict[str, int], DataError]:
    raw = written(folder, CONTENT)
    with open_scratch(Blobs(folder / "blobs")) as (backend, _):
        text = read_text_table(backend, [raw], said, "t")
        typed = type_table(backend, text, said, Reading(said.file, "UTC", "UTC"))
        counts = count_rules(text, break_rules(backend, typed, said))
        table = quarantine_table(backend, text, typed, said)
        assert table is not None
        by_rule = {f"{count.rule}:{count.column}": count.rows for count in counts}
        error = refuse_too_many(backend, text, typed, counts)
        return count_quarantined(backend, text, typed), table.to_pylist(), by_rule, error


def test_each_row_stands_with_its_line_its_rules_and_its_text(tmp_path: Path) -> None:
    count, rows, by_rule, _ = aside(promise(), tmp_path)
    assert rows == [
        {"file": "table.csv", "line": 3, "rules": "allowed:kind", "raw": "2\tc\t556"},
        {"file": "table.csv", "line": 4, "rules": "wrong_width", "raw": "broken line"},
        {"file": "table.csv", "line": 5, "rules": "exact_duplicate", "raw": "1\ta\t555"},
        {"file": "table.csv", "line": 6, "rules": "blank:kind", "raw": "4\t\t"},
        {"file": "table.csv", "line": 7, "rules": "unique:id", "raw": "5\ta\t557"},
        {"file": "table.csv", "line": 8, "rules": "unique:id", "raw": "5\tb\t558"},
    ]
    assert count == 5
    assert by_rule == {"wrong_width:None": 1, "blank:kind": 1, "allowed:kind": 1, "unique:id": 2}


def test_no_personal_cell_is_kept_aside(tmp_path: Path) -> None:
    for phone in ({"drop": True}, {"personal": "identifier"}):
        rows = aside(promise(**phone), tmp_path)[1]
        assert [row["raw"] for row in rows] == ["2\tc", None, "1\ta", "4\t", "5\ta", "5\tb"]
        assert not any("55" in str(row["raw"]) for row in rows)


def test_the_error_names_each_rule_with_its_first_line_and_what_to_do(tmp_path: Path) -> None:
    error = aside(promise(), tmp_path)[3]
    places = {str(mistake.says): mistake.place.line for mistake in error.mistakes if mistake.place}
    assert places == {
        "2 rows break the rule 'unique'": 7,
        "1 rows break the rule 'wrong_width'": 4,
        "1 rows break the rule 'blank'": 6,
        "1 rows break the rule 'allowed'": 3,
    }
    assert all(mistake.remedy in RULES.values() for mistake in error.mistakes)


def test_a_sound_table_has_no_quarantine(tmp_path: Path) -> None:
    said = contract({"a": "text"})
    with open_scratch(Blobs(tmp_path / "blobs")) as (backend, _):
        text = read_text_table(backend, [written(tmp_path, b"a\nx\n")], said, "t")
        typed = type_table(backend, text, said, Reading(said.file, "UTC", "UTC"))
        break_rules(backend, typed, said)
        assert quarantine_table(backend, text, typed, said) is None
