"""From a source of the pilot to one DuckDB table of text cells, whatever the kind of file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from civic_ai.core.errors import DataError, Mistake, Place
from civic_ai.core.messages import say
from civic_ai.data.engine import literal, number_of, quoted, rows_of
from civic_ai.data.findings import finding
from civic_ai.data.stream import RawFile, check_size
from civic_ai.data.structure import BrokenLine
from civic_ai.data.verified import write_verified
from civic_ai.records.contract import ColumnType, Contract
from civic_ai.records.snapshot import Finding


@dataclass(frozen=True)
class TextTable:
    """A table of text cells in DuckDB, one column a column of the contract, in the file's row order.

    ``line_of`` gives the line (Parquet: the row) of the file for a row of the table; ``broken`` lines
    never became rows.
    """

    name: str
    rows: int
    line_of: Callable[[int], int]
    broken: tuple[BrokenLine, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_text_table(backend: Any, raw: RawFile, contract: Contract, source: str) -> TextTable:
    """Read one file as ``text_<source>``. Raises :class:`DataError` when it cannot be read for sure."""
    if contract.file.kind == "parquet":
        return _read_parquet(backend, raw, contract, source)
    return _read_delimited(backend, raw, contract, source)


def _read_delimited(backend: Any, raw: RawFile, contract: Contract, source: str) -> TextTable:
    folder = Path(rows_of(backend, "SELECT current_setting('temp_directory')")[0][0])
    copy = folder / f"{source}.csv"
    verified = write_verified(raw, contract, copy)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in verified.columns)
    delimiter = "\t" if contract.file.kind == "tsv" else contract.file.delimiter
    quote = literal(contract.file.quote)
    backend.con.execute(
        f"""CREATE TABLE {quoted(f"text_{source}")} AS SELECT * FROM read_csv(
            {literal(str(copy))}, auto_detect=false, columns={{{columns}}}, header=false,
            delim={literal(delimiter)}, quote={quote}, escape={quote}, new_line='\\n', comment='',
            encoding='utf-8', nullstr='', null_padding=false, strict_mode=true, ignore_errors=false,
            max_line_size={_longest_line(contract)}, parallel={str(not verified.rows_over_lines).lower()})"""
    )
    copy.unlink()
    _check_count(backend, source, verified.rows)
    found = []
    if verified.mixes_line_ends:
        found.append(finding("mixed_line_ends", source))
    if verified.ends_open:
        found.append(finding("no_last_line_end", source))
    if verified.damaged:
        found.append(finding("damaged_text", source, counted=(verified.damaged, verified.damaged)))
    return TextTable(f"text_{source}", verified.rows, verified.line_of, tuple(verified.broken), tuple(found))


def _longest_line(contract: Contract) -> int:
    """Room for the longest row that the structural pass lets through."""
    return min(contract.limits.field_bytes * len(contract.columns), 16 << 20) + (1 << 16)


def _check_count(backend: Any, source: str, rows: int) -> None:
    """Two readers must agree: what was counted byte by byte, and what DuckDB read."""
    read = number_of(backend, f"SELECT count(*) FROM {quoted(f'text_{source}')}")
    if read != rows:
        raise AssertionError(f"{source}: {rows} rows were verified, but {read} were read")


_PARQUET_TYPES: dict[ColumnType, tuple[str, ...]] = {
    "text": ("VARCHAR",),
    "integer": ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    "number": ("FLOAT", "DOUBLE", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP",),
    "flag": ("BOOLEAN",),
}


def _read_parquet(backend: Any, raw: RawFile, contract: Contract, source: str) -> TextTable:
    check_size(raw, contract.limits)
    path = literal(str(raw.path))
    try:
        types = {str(row[0]): str(row[1]) for row in rows_of(backend, f"DESCRIBE FROM read_parquet({path})")}
        _check_parquet(backend, raw, contract, types)
        cells = ", ".join(
            f"{_cell(column.header or name, types)} AS {quoted(name)}"
            for name, column in contract.columns.items()
        )
        table = quoted(f"text_{source}")
        backend.con.execute(f"CREATE TABLE {table} AS SELECT {cells} FROM read_parquet({path})")
    except duckdb.Error as error:
        says = say("is no Parquet file that can be read: {reason}", reason=str(error).splitlines()[0])
        raise raw.refuse(says, remedy=say("Ask for the file again.")) from error
    rows = number_of(backend, f"SELECT count(*) FROM {table}")
    if rows == 0:
        raise raw.refuse(say("holds no row"), remedy=say("Ask for the file again."))
    return TextTable(f"text_{source}", rows, lambda row: row + 1)


def _cell(header: str, types: dict[str, str]) -> str:
    """A cell as text; NaN, which pandas writes for what is missing, is an empty cell.

    Not by ``isnan``: DuckDB 2.0 takes it for false where the file's statistics know no NaN.
    """
    column = quoted(header)
    if types[header] in ("FLOAT", "DOUBLE"):
        return f"nullif(CAST({column} AS VARCHAR), 'nan')"
    if types[header].startswith("TIMESTAMP_"):
        return f"CAST(CAST({column} AS TIMESTAMP) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"


def _check_parquet(backend: Any, raw: RawFile, contract: Contract, types: dict[str, str]) -> None:
    """Columns, their types, and sizes as the file's own directory gives them."""
    rows, size = rows_of(
        backend,
        f"""SELECT (SELECT sum(num_rows) FROM parquet_file_metadata({literal(str(raw.path))})),
            (SELECT sum(total_uncompressed_size) FROM parquet_metadata({literal(str(raw.path))}))""",
    )[0]
    limits, place = contract.limits, Place(raw.shown)
    for given, limit, name in ((rows, limits.rows, "rows"), (size, limits.bytes, "bytes")):
        if int(given or 0) > limit:
            says = say("holds {given} {name}; the limit is {limit}", given=int(given), name=name, limit=limit)
            raise raw.refuse(says, remedy=say("If that is right, raise 'limits: {name}'.", name=name))
    expected = {column.header or name: column.type for name, column in contract.columns.items()}
    mistakes = []
    for header in sorted(types.keys() - expected.keys()):
        mistakes.append(Mistake(header, say("is a column that the contract does not know"), place))
    for header in sorted(expected.keys() - types.keys()):
        says = say("is promised by the contract, but no column has this name")
        mistakes.append(Mistake(header, says, place))
    for header in sorted(expected.keys() & types.keys()):
        if not types[header].startswith(_PARQUET_TYPES[expected[header]]):
            says = say("is {type} in the file, but {promised} in the contract",
                       type=types[header], promised=expected[header])  # fmt: skip
            mistakes.append(Mistake(header, says, place))
    if mistakes:
        raise DataError(mistakes)
