"""The typed table: text cells turned into values, with one test column a possible defect.

Columns: ``#row`` (place in the text table), the contract's columns, and ``#blank c``, ``#broken c``,
``#distrusted c``, ``#renamed c``, ``#padded c``, ``#lines c`` where the contract makes them possible.
Rows that repeat an earlier row exactly are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from civic_ai.data.engine import number_of, quoted, rows_of
from civic_ai.data.findings import finding
from civic_ai.data.tables import TextTable
from civic_ai.data.types import ColumnSql, Reading, column_sql
from civic_ai.records.contract import ColumnContract, Contract
from civic_ai.records.snapshot import Finding

ROW = "#row"


@dataclass(frozen=True)
class TypedTable:
    """A typed table in DuckDB; ``duplicates`` exact repeats were left out of it (``repeats`` holds them)."""

    name: str
    repeats: str
    rows: int
    duplicates: int
    tests: frozenset[str]


def type_table(backend: Any, text: TextTable, contract: Contract, reading: Reading) -> TypedTable:
    """Make ``typed_<source>`` from ``text_<source>``, without exact repeats of rows."""
    columns = {name: column_sql(name, column, reading) for name, column in contract.columns.items()}
    name, repeats = text.name.replace("text_", "typed_"), text.name.replace("text_", "repeats_")
    _find_repeats(backend, text, contract, repeats)
    tests = {
        test: sql
        for column, made in columns.items()
        for test, sql in _tests(column, made, contract.columns[column]).items()
    }
    parsed = ", ".join(
        f"{made.is_blank} AS {quoted(f'#blank {column}')}, {made.parsed} AS {quoted(f'#parsed {column}')}, "
        f"{made.is_renamed} AS {quoted(f'#renamed {column}')}"
        for column, made in columns.items()
    )
    values = [f"{made.value} AS {quoted(column)}" for column, made in columns.items()]
    values += [f"{sql} AS {quoted(test)}" for test, sql in tests.items()]
    backend.con.execute(
        f"""CREATE TABLE {quoted(name)} AS SELECT {quoted(ROW)}, {", ".join(values)} FROM (
            SELECT rowid AS {quoted(ROW)}, {parsed} FROM {quoted(text.name)}
            WHERE rowid NOT IN (SELECT {quoted(ROW)} FROM {quoted(repeats)}))"""
    )
    duplicates = number_of(backend, f"SELECT count(*) FROM {quoted(repeats)}")
    return TypedTable(name, repeats, text.rows - duplicates, duplicates, frozenset(tests))


def _tests(name: str, made: ColumnSql, column: ColumnContract) -> dict[str, str]:
    """The tests that this column can fail, as SQL."""
    tests = {}
    if column.blank == "refused":
        tests[f"#blank {name}"] = quoted(f"#blank {name}")
    if column.type != "text":
        tests[f"#broken {name}"] = made.is_broken
    if column.distrust:
        tests[f"#distrusted {name}"] = made.is_distrusted
    if column.renamed:
        tests[f"#renamed {name}"] = quoted(f"#renamed {name}")
    if column.type == "text" and not column.drop:
        value = quoted(f"#parsed {name}")
        tests[f"#padded {name}"] = f"coalesce({value} <> trim({value}, {_BLANKS}), false)"
        tests[f"#lines {name}"] = f"coalesce(contains({value}, chr(10)) OR contains({value}, chr(13)), false)"
    return tests


_BLANKS = "' ' || chr(9) || chr(160) || chr(10) || chr(13)"


def _find_repeats(backend: Any, text: TextTable, contract: Contract, repeats: str) -> None:
    """Rows that repeat an earlier row exactly. Only rows with equal hashes are compared cell by cell."""
    columns = ", ".join(map(quoted, contract.columns))
    backend.con.execute(
        f"""CREATE TABLE {quoted(repeats)} AS
        WITH hashed AS (SELECT rowid AS {quoted(ROW)}, hash({columns}) AS h FROM {quoted(text.name)}),
        alike AS (SELECT h FROM hashed GROUP BY h HAVING count(*) > 1),
        near AS (SELECT {quoted(ROW)} FROM hashed WHERE h IN (SELECT h FROM alike))
        SELECT {quoted(ROW)} FROM (
            SELECT rowid AS {quoted(ROW)},
                row_number() OVER (PARTITION BY {columns} ORDER BY rowid) AS place
            FROM {quoted(text.name)} WHERE rowid IN (SELECT {quoted(ROW)} FROM near))
        WHERE place > 1"""
    )


_WORTH_SAYING = {
    "#distrusted ": "distrusted_default",
    "#renamed ": "renamed_categories",
    "#padded ": "padded_text",
    "#lines ": "line_in_text",
}


def typing_findings(backend: Any, typed: TypedTable, contract: Contract, source: str) -> list[Finding]:
    """What was changed or looks odd in the cells, by column: counted in one query."""
    asked = [
        (code, column, f"{mark}{column}")
        for mark, code in _WORTH_SAYING.items()
        for column in contract.columns
        if f"{mark}{column}" in typed.tests
    ]
    if not asked:
        return []
    counts = ", ".join(f"count(*) FILTER ({quoted(test)})" for _, _, test in asked)
    row = rows_of(backend, f"SELECT {counts} FROM {quoted(typed.name)}")[0]
    return [
        finding(code, source, column=column, counted=(count, typed.rows))
        for (code, column, _), count in zip(asked, row, strict=True)
        if count
    ]


def thousands_findings(backend: Any, text: TextTable, contract: Contract, source: str) -> list[Finding]:
    """Number columns where each decimal has exactly three digits: the mark may mean thousands."""
    if contract.file.thousands is not None or contract.file.kind == "parquet":
        return []
    mark = "\\" + contract.file.decimal
    found = []
    for name, column in contract.columns.items():
        if column.type != "number" or column.drop:
            continue
        cell = quoted(name)
        marked, three = f"{cell} LIKE '%{contract.file.decimal}%'", f"[+-]?[1-9][0-9]{{0,2}}{mark}[0-9]{{3}}"
        some, all_three = rows_of(
            backend,
            f"""SELECT count(DISTINCT {cell}) FILTER ({marked}),
                coalesce(bool_and(regexp_full_match({cell}, '{three}')) FILTER ({marked}), false)
            FROM {quoted(text.name)}""",
        )[0]
        if all_three and some >= _ENOUGH_DECIMALS:
            found.append(finding("maybe_thousands", source, column=name))
    return found


_ENOUGH_DECIMALS = 20
