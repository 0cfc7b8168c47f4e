"""Rows that were set aside: each with its line, the rules that it broke and, where allowed, its text."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa

from civic_ai.core.errors import DataError, Mistake, Place
from civic_ai.core.messages import Message, say
from civic_ai.data.checks import broken_name
from civic_ai.data.engine import number_of, quoted, rows_of
from civic_ai.data.stream import RawFile
from civic_ai.data.tables import TextTable
from civic_ai.data.typed import ROW, TypedTable
from civic_ai.data.verified import BROKEN_LINES
from civic_ai.records.contract import Contract
from civic_ai.records.snapshot import RuleCount

REPEAT = "exact_duplicate"
RULES: dict[str, Message] = {
    **BROKEN_LINES,
    "blank": say("The cell is empty: say in the contract what 'blank' means here."),
    "type": say("The cell is no value of the declared type: look at 'type', 'format' and the marks."),
    "min": say("The value lies below 'min' of the contract."),
    "max": say("The value lies above 'max' of the contract."),
    "allowed": say("The word is not among 'allowed': is it new, or spelled differently?"),
    "unique": say("The rows share a value that must be unique, but differ elsewhere."),
    "repeated_header": say("The header stands here again: two files were put together."),
}
"""Every rule that a row can break, with what to do."""


def count_quarantined(backend: Any, text: TextTable, typed: TypedTable) -> int:
    """Rows and lines that broke the contract. Exact repeats are not among them."""
    broken = quoted(broken_name(typed))
    return len(text.broken) + number_of(backend, f"SELECT count(DISTINCT {quoted(ROW)}) FROM {broken}")


def count_rules(text: TextTable, broken: tuple[RuleCount, ...]) -> tuple[RuleCount, ...]:
    """How many rows each rule set aside: broken lines first, then the contract's rules."""
    lines = Counter(line.rule for _, line in text.broken)
    return (*(RuleCount(rule=rule, column=None, rows=lines[rule]) for rule in sorted(lines)), *broken)


def refuse_too_many(
    backend: Any, text: TextTable, typed: TypedTable, counts: tuple[RuleCount, ...]
) -> DataError:
    """The error for a source with more broken rows than its contract allows: each rule with a line."""
    mistakes = []
    for count in sorted(counts, key=lambda count: -count.rows)[:20]:
        says = say("{count} rows break the rule '{rule}'", count=count.rows, rule=count.rule)
        raw, line = _first_place(backend, text, typed, count)
        about = raw.path.name if count.column is None else count.column
        mistakes.append(Mistake(about, says, Place(raw.shown, line), RULES[count.rule]))
    return DataError(mistakes)


def _first_place(backend: Any, text: TextTable, typed: TypedTable, count: RuleCount) -> tuple[RawFile, int]:
    lines = [(raw, line.line) for raw, line in text.broken if line.rule == count.rule]
    label = count.rule if count.column is None else f"{count.rule}:{count.column}"
    broken = quoted(broken_name(typed))
    rows = rows_of(backend, f"SELECT min({quoted(ROW)}) FROM {broken} WHERE rule = '{label}'")
    return lines[0] if lines else text.origin_of(int(rows[0][0]))


def quarantine_table(backend: Any, text: TextTable, typed: TypedTable, contract: Contract) -> pa.Table | None:
    """Columns ``file``, ``line`` (int64), ``rules`` (joined by blanks) and ``raw`` (the cells, or null).

    Sorted by file and line.

    ``raw`` leaves out columns that the contract drops or keeps only as a code; of a broken line, whose
    cells are unknown, it is null where the contract has such a column. None when nothing was set aside.
    """
    shown = [
        name
        for name, column in contract.columns.items()
        if not column.drop and column.personal != "identifier"
    ]
    cells = ", ".join(f"coalesce({quoted('t')}.{quoted(name)}, '')" for name in shown) or "''"
    rows = rows_of(
        backend,
        f"""WITH aside AS (
            SELECT {quoted(ROW)}, string_agg(rule, ' ' ORDER BY rule) AS rules
            FROM {quoted(broken_name(typed))} GROUP BY {quoted(ROW)}
            UNION ALL SELECT {quoted(ROW)}, '{REPEAT}' FROM {quoted(typed.repeats)})
        SELECT aside.{quoted(ROW)}, rules, concat_ws(chr(9), {cells})
        FROM aside JOIN {quoted(text.name)} t ON t.rowid = aside.{quoted(ROW)}""",
    )
    origins = [text.origin_of(int(row)) for row, _, _ in rows]
    found: list[tuple[str, int, str, str | None]] = [
        (raw.path.name, line, str(rules), str(cells))
        for (raw, line), (_, rules, cells) in zip(origins, rows, strict=True)
    ]
    found += _broken_lines(text, may_show=len(shown) == len(contract.columns))
    if not found:
        return None
    files, lines, rules, raws = zip(*sorted(found, key=lambda row: row[:2]), strict=True)
    return pa.table({"file": files, "line": lines, "rules": rules, "raw": raws}, schema=_ASIDE)


def _broken_lines(text: TextTable, *, may_show: bool) -> list[tuple[str, int, str, str | None]]:
    """File, line, rule and the line itself of what could not be cut into cells."""
    return [
        (
            raw.path.name,
            line.line,
            line.rule,
            line.raw.decode("utf-8", "backslashreplace") if may_show else None,
        )
        for raw, line in text.broken
    ]


_ASIDE = pa.schema({"file": pa.string(), "line": pa.int64(), "rules": pa.string(), "raw": pa.string()})
