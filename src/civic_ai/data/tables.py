"""From the files of a source to one DuckDB table of text cells, whatever their kind."""

from __future__ import annotations

from collections.abc import Sequence
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
from civic_ai.data.verified import Verified, write_verified
from civic_ai.records.contract import ColumnType, Contract
from civic_ai.records.snapshot import Finding


@dataclass(frozen=True)
class Part:
    """One file and what it gave."""

    raw: RawFile
    read: Verified


@dataclass(frozen=True)
class TextTable:
    """A table of text cells in DuckDB, a column for each of the contract, rows in the order of the files."""

    source: str
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """What the table is called in DuckDB."""
        return f"text_{self.source}"

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(part.read.rows for part in self.parts)

    @property
    def broken(self) -> list[tuple[RawFile, BrokenLine]]:
        """The lines that never became rows, each with its file."""
        return [(part.raw, line) for part in self.parts for line in part.read.broken]

    @property
    def findings(self) -> list[Finding]:
        """What was found while the files were read."""
        found = []
        if any(part.read.mixes_line_ends for part in self.parts):
            found.append(finding("mixed_line_ends", self.source))
        if any(part.read.ends_open for part in self.parts):
            found.append(finding("no_last_line_end", self.source))
        damaged = sum(part.read.damaged for part in self.parts)
        if damaged:
            found.append(finding("damaged_text", self.source, counted=(damaged, damaged)))
        return found

    def origin_of(self, row: int) -> tuple[RawFile, int]:
        """The file and its line (Parquet: its row) from which row ``row`` of the table came."""
        for part in self.parts:
            if row < part.read.rows:
                return part.raw, part.read.line_of(row)
            row -= part.read.rows
        raise IndexError(row)


def read_text_table(backend: Any, files: Sequence[RawFile], contract: Contract, source: str) -> TextTable:
    """Read the files as ``text_<source>``, one after another, each by the same contract.

    Raises :class:`DataError`, with the mistakes of all files, when one cannot be read for sure.
    """
    read = _read_parquet if contract.file.kind == "parquet" else _read_delimited
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in contract.columns)
    backend.con.execute(f"CREATE TABLE {quoted(f'text_{source}')} ({columns})")
    parts: list[Part] = []
    mistakes: list[Mistake] = []
    for raw in files:
        try:
            parts.append(Part(raw, read(backend, raw, contract, source)))
        except DataError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise DataError(mistakes)
    return TextTable(source, tuple(parts))


def _read_delimited(backend: Any, raw: RawFile, contract: Contract, source: str) -> Verified:
    folder = Path(rows_of(backend, "SELECT current_setting('temp_directory')")[0][0])
    copy = folder / f"{source}.csv"
    verified = write_verified(raw, contract, copy)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in verified.columns)
    delimiter = "\t" if contract.file.kind == "tsv" else contract.file.delimiter
    quote = literal(contract.file.quote)
    before = _count(backend, source)
    backend.con.execute(
        f"""INSERT INTO {quoted(f"text_{source}")} BY NAME SELECT * FROM read_csv(
            {literal(str(copy))}, auto_detect=false, columns={{{columns}}}, header=false,
            delim={literal(delimiter)}, quote={quote}, escape={quote}, new_line='\\n', comment='',
            encoding='utf-8', nullstr='', null_padding=false, strict_mode=true, ignore_errors=false,
            max_line_size={_longest_line(contract)}, parallel={str(not verified.rows_over_lines).lower()})"""
    )
    copy.unlink()
    read = _count(backend, source) - before
    if read != verified.rows:  # two readers must agree: what was counted byte by byte, and what DuckDB read
        raise AssertionError(f"{source}: {verified.rows} rows were verified, but {read} were read")
    return verified


def _longest_line(contract: Contract) -> int:
    """Room for the longest row that the structural pass lets through."""
    return min(contract.limits.field_bytes * len(contract.columns), 16 << 20) + (1 << 16)


def _count(backend: Any, source: str) -> int:
    return number_of(backend, f"SELECT count(*) FROM {quoted(f'text_{source}')}")


_PARQUET_TYPES: dict[ColumnType, tuple[str, ...]] = {
    "text": ("VARCHAR",),
    "integer": ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    "number": ("FLOAT", "DOUBLE", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP",),
    "flag": ("BOOLEAN",),
}


def _read_parquet(backend: Any, raw: RawFile, contract: Contract, source: str) -> Verified:
    check_size(raw, contract.limits)
    path = literal(str(raw.path))
    try:
        types = {str(row[0]): str(row[1]) for row in rows_of(backend, f"DESCRIBE FROM read_parquet({path})")}
        _check_parquet(backend, raw, contract, types)
        cells = ", ".join(
            f"{_cell(column.header or name, types)} AS {quoted(name)}"
            for name, column in contract.columns.items()
        )
        before = _count(backend, source)
        backend.con.execute(
            f"INSERT INTO {quoted(f'text_{source}')} BY NAME SELECT {cells} FROM read_parquet({path})"
        )
    except duckdb.Error as error:
        says = say("is no Parquet file that can be read: {reason}", reason=str(error).splitlines()[0])
        raise raw.refuse(says, remedy=say("Ask for the file again.")) from error
    rows = _count(backend, source) - before
    if rows == 0:
        raise raw.refuse(say("holds no row"), remedy=say("Ask for the file again."))
    return Verified.by_number(rows)


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
