"""Weeks that were handed over twice: the same rows under new numbers, in place or on other dates.

Two rows are the same when all but their numbers agree, with dates counted from the Monday of their own
week. By chance that is rare for a time to the second, and common for a bare date and a type: so a
week is reported only if nearly all of its rows are copies while the usual week has few.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from civic_ai.data.engine import quoted, rows_of
from civic_ai.data.findings import finding
from civic_ai.records.contract import ColumnContract, Contract
from civic_ai.records.snapshot import Finding

COPIED_SHARE = 0.8
"""A copied week: at least this share of its rows stands in one other week too (or twice in itself) ..."""
USUAL_SHARE = 0.2
"""... while the median week has at most this share."""
FEWEST_ROWS = 20
_TIMED = ("date", "timestamp")


def copy_findings(backend: Any, table: str, source: str, contract: Contract, known_at: str) -> list[Finding]:
    """Weeks of ``known_at`` whose rows repeat those of another week, or each other."""
    key = _content_key(backend, table, contract, known_at)
    if key is None:
        return []
    week = f"date_trunc('week', {quoted(known_at)})"
    backend.con.execute(
        f"""CREATE OR REPLACE TEMP TABLE content AS
        SELECT CAST({week} AS DATE) AS week, {key} AS key, count(*) AS n FROM {quoted(table)}
        WHERE {quoted(known_at)} IS NOT NULL GROUP BY week, key"""
    )
    return [*_repeated_in_place(backend, source), *_repeated_elsewhere(backend, source)]


def _content_key(backend: Any, table: str, contract: Contract, known_at: str) -> str | None:
    """SQL for the content of a row without its numbers, dates counted from its own Monday.

    None where the rows hold nothing but their date and numbers.
    """
    monday = f"date_trunc('week', {quoted(known_at)})"
    kept = [(name, column) for name, column in contract.columns.items() if not column.drop]
    parts = [
        f"CAST({quoted(name)} AS TIMESTAMP) - {monday}" if column.type in _TIMED else quoted(name)
        for name, column in kept
        if column.type in (*_TIMED, "number", "flag") or not _is_number_of_row(backend, table, name, column)
    ]
    return f"hash({', '.join(parts)})" if len(parts) >= 3 else None


def _is_number_of_row(backend: Any, table: str, name: str, column: ColumnContract) -> bool:
    """Whether a column counts rows rather than describing them: declared, or different nearly everywhere."""
    if column.unique or column.personal == "identifier":
        return True
    distinct, rows = rows_of(
        backend, f"SELECT approx_count_distinct({quoted(name)}), count(*) FROM {quoted(table)}"
    )[0]
    return bool(distinct > 0.5 * rows)


def _repeated_in_place(backend: Any, source: str) -> list[Finding]:
    """Weeks in which nearly every row stands at least twice."""
    weeks = rows_of(
        backend,
        "SELECT week, sum(n), coalesce(sum(n) FILTER (n > 1), 0) FROM content GROUP BY week ORDER BY week",
    )
    if not _is_unusual([copied / rows for _, rows, copied in weeks]):
        return []
    return [
        finding("repeated_content", source, counted=(int(copied), int(rows)), values={"week": str(week)})
        for week, rows, copied in weeks
        if rows >= FEWEST_ROWS and copied >= COPIED_SHARE * rows
    ]


def _repeated_elsewhere(backend: Any, source: str) -> list[Finding]:
    """Weeks whose rows nearly all stand in one earlier week too."""
    pairs = rows_of(
        backend,
        """WITH rare AS (SELECT key FROM content GROUP BY key HAVING count(*) BETWEEN 2 AND 8),
        held AS (SELECT c.* FROM content c SEMI JOIN rare USING (key)),
        sizes AS (SELECT week, sum(n) AS rows FROM content GROUP BY week),
        pairs AS (
            SELECT later.week, earlier.week AS copied, sum(least(later.n, earlier.n)) AS same
            FROM held later JOIN held earlier ON later.key = earlier.key AND later.week > earlier.week
            GROUP BY ALL)
        SELECT sizes.week, rows, arg_max(copied, (same, copied)), coalesce(max(same), 0)
        FROM sizes LEFT JOIN pairs USING (week) GROUP BY ALL ORDER BY week""",
    )
    if not _is_unusual([same / rows for _, rows, _, same in pairs]):
        return []
    return [
        finding(
            "duplicated_week",
            source,
            counted=(int(same), int(rows)),
            values={"week": str(week), "copied": str(copied)},
        )
        for week, rows, copied, same in pairs
        if isinstance(copied, date) and rows >= FEWEST_ROWS and same >= COPIED_SHARE * rows
    ]


def _is_unusual(shares: list[float]) -> bool:
    """Whether copies are rare in the usual week, so that a copied week stands out."""
    ordered = sorted(float(share) for share in shares)
    return bool(ordered) and ordered[len(ordered) // 2] <= USUAL_SHARE
