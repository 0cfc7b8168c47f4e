"""A table is never read wrongly without a word, whatever was done to its file.

A clean table with all types is written, then polluted by a generator with a fresh seed on each run
(printed). Whatever happens must be one of: the typed table equals the truth; an error; a quarantined
row or a finding. The same files are read by pandas' defaults, for comparison.
"""

from __future__ import annotations

import csv
import io
import math
import os
import random
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from civic_ai.core.errors import DataError
from civic_ai.data.checks import break_rules, keep_sound
from civic_ai.data.engine import open_scratch
from civic_ai.data.quarantine import count_quarantined
from civic_ai.data.stream import RawFile
from civic_ai.data.tables import read_text_table
from civic_ai.data.typed import thousands_findings, type_table, typing_findings
from civic_ai.data.types import Reading
from civic_ai.records.contract import Contract
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import contract

FILES = int(os.environ.get("CIVIC_AI_POLLUTED_FILES", "120"))
COLUMNS = ("case_id", "kind", "created_at", "words", "amount", "people")
WORDS = [
    "street light",
    "bache, profundo",
    "señal rota",
    'the "big" hole',
    "árvore caída",
    "hole",
    "luz; fuga",
    "a|b",
]
Row = tuple[Any, ...]


def promise(**file: Any) -> Contract:
    """What the tables of this test promise; the amounts are known to lie within bounds."""
    return contract(
        {
            "case_id": {"type": "text", "unique": True, "personal": "identifier"},
            "kind": {"type": "text", "allowed": ["pothole", "light", "flood"]},
            "created_at": "timestamp",
            "words": {"type": "text", "blank": "missing", "personal": "none", "why": "made up"},
            "amount": {"type": "number", "min": "0"},
            "people": {"type": "integer", "min": "0", "blank": "missing"},
        },
        quarantine_share=0.5,
        file=file,
    )


@dataclass(frozen=True)
class Polluted:
    """The bytes of a file after some damage, with what its contract says about it."""

    lines: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL
    raw: bytes | None = None
    damage: tuple[str, ...] = ()
    file: dict[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        if self.raw is not None:
            return self.raw
        target = io.StringIO()
        writer = csv.writer(
            target, delimiter=self.delimiter, lineterminator=self.line_end, quoting=self.quoting
        )
        writer.writerows(self.lines)
        return target.getvalue().encode(self.encoding, "replace")


def clean_rows(chance: random.Random) -> list[Row]:
    start = datetime(2021, 1, 1)
    return [
        (
            f"C{i:04d}",
            chance.choice(["pothole", "light", "flood"]),
            start + timedelta(seconds=chance.randrange(86400 * 365)),
            chance.choice([*WORDS, None]),
            round(chance.uniform(0, 5000), chance.choice([0, 1, 2, 3])),
            chance.choice([None, 0, 7, 12, 1500, 23456]),
        )
        for i in range(chance.randrange(4, 40))
    ]


def as_text(row: Row) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row)


Damage = Callable[[Polluted, random.Random], Polluted]


def _lines(file: Polluted, change: Callable[[list[tuple[str, ...]]], None]) -> Polluted:
    lines = list(file.lines)
    change(lines)
    return replace(file, lines=tuple(lines))


def _bytes(file: Polluted, change: Callable[[bytes], bytes]) -> Polluted:
    return replace(file, raw=change(file.to_bytes()))


def _somewhere(data: bytes, chance: random.Random, what: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + what + data[at:]


def _insert(file: Polluted, chance: random.Random, *rows: tuple[str, ...]) -> Polluted:
    at = chance.randrange(1, len(file.lines) + 1)
    return _lines(file, lambda lines: lines.__setitem__(slice(at, at), rows))


def _cell(file: Polluted, chance: random.Random, column: int, change: Callable[[str], str]) -> Polluted:
    at = chance.randrange(1, len(file.lines))

    return _lines(file, lambda lines: lines.__setitem__(at, _changed(lines[at], column, change)))


def _changed(line: tuple[str, ...], column: int, change: Callable[[str], str]) -> tuple[str, ...]:
    """The line with one cell changed; a line that earlier damage made unfit stays as it is."""
    try:
        return (*line[:column], change(line[column]), *line[column + 1 :])
    except (ValueError, IndexError):
        return line


def _wider(file: Polluted, chance: random.Random) -> Polluted:
    at = chance.randrange(1, len(file.lines))
    return _lines(file, lambda lines: lines.__setitem__(at, (*lines[at], "more")))


def _narrower(file: Polluted, chance: random.Random) -> Polluted:
    at = chance.randrange(1, len(file.lines))
    return _lines(file, lambda lines: lines.__setitem__(at, lines[at][:-1]))


def _header(file: Polluted, chance: random.Random) -> Polluted:
    header = list(file.lines[0])
    change = chance.choice(["upper", "double", "swap", "blank", "missing", "space"])
    at = chance.randrange(len(header))
    if change == "upper":
        header[at] = header[at].upper()
    elif change == "double":
        header[at] = header[at - 1]
    elif change == "swap":
        header[at], header[at - 1] = header[at - 1], header[at]
    elif change == "blank":
        header[at] = ""
    elif change == "space":
        header[at] = f" {header[at]}"
    else:
        return _lines(file, lambda lines: lines.pop(0))
    return _lines(file, lambda lines: lines.__setitem__(0, tuple(header)))


def _all_cells(file: Polluted, column: int, change: Callable[[str], str]) -> Polluted:
    changed = (_changed(line, column, change) for line in file.lines[1:])
    return replace(file, lines=(file.lines[0], *changed))


def _european(text: str) -> str:
    return f"{float(text):,.2f}".translate(str.maketrans(",.", ".,")) if text else text


DAMAGES: dict[str, Damage] = {
    "none": lambda f, c: f,
    "delimiter": lambda f, c: replace(f, delimiter=c.choice(";\t|")),
    "quoted_all": lambda f, c: replace(f, quoting=csv.QUOTE_ALL),
    "crlf": lambda f, c: replace(f, line_end="\r\n"),
    "cr_only": lambda f, c: replace(f, line_end="\r"),
    "latin_1": lambda f, c: replace(f, encoding="latin-1"),
    "windows_1252": lambda f, c: replace(f, encoding="cp1252"),
    "utf_16": lambda f, c: replace(f, encoding="utf-16"),
    "bom": lambda f, c: replace(f, encoding="utf-8-sig"),
    "utf_8_twice": lambda f, c: _bytes(
        f, lambda b: b.decode("utf-8", "replace").encode().decode("cp1252", "replace").encode()
    ),
    "said_latin_1": lambda f, c: replace(f, file={"encoding": "latin-1"}),
    "said_windows_1252": lambda f, c: replace(f, file={"encoding": "windows-1252"}),
    "wider": _wider,
    "narrower": _narrower,
    "footer": lambda f, c: _lines(f, lambda lines: lines.append((f"Total: {len(lines) - 1}",))),
    "wide_footer": lambda f, c: _lines(f, lambda lines: lines.append(("Total", "", "", "", "99", ""))),
    "preamble": lambda f, c: _lines(f, lambda lines: lines.insert(0, ("Report of the city",))),
    "second_table": lambda f, c: _lines(
        f, lambda lines: lines.extend([(), ("area", "people"), ("1", "2"), ("2", "3")])
    ),
    "same_width_table": lambda f, c: _insert(
        f, c, ("a", "b", "c", "d", "e", "f"), ("1", "2", "3", "4", "5", "6")
    ),
    "header_again": lambda f, c: _insert(f, c, f.lines[0]),
    "blank_line": lambda f, c: _insert(f, c, ()),
    "comment_line": lambda f, c: _insert(f, c, ("# checked by hand",)),
    "header": _header,
    "stray_quote": lambda f, c: _bytes(f, lambda b: _somewhere(b, c, b'"')),
    "nul": lambda f, c: _bytes(f, lambda b: _somewhere(b, c, b"\0")),
    "lone_cr": lambda f, c: _bytes(f, lambda b: _somewhere(b, c, b"\r")),
    "stray_line_end": lambda f, c: _bytes(f, lambda b: _somewhere(b, c, b"\n")),
    "stray_byte": lambda f, c: _bytes(f, lambda b: _somewhere(b, c, bytes([c.randrange(128, 256)]))),
    "bom_inside": lambda f, c: _bytes(f, lambda b: b + b"\xef\xbb\xbfD0,light,2021-01-01 00:00:00,,1,\n"),
    "trailing_delimiter": lambda f, c: _lines(
        f, lambda lines: lines.__setitem__(slice(1, None), [(*r, "") for r in lines[1:]])
    ),
    "cut_off": lambda f, c: _bytes(f, lambda b: b[: c.randrange(len(b) // 2, len(b))].rstrip(b"\r\n")),
    "thousands": lambda f, c: _all_cells(f, 5, lambda t: f"{int(t):,}" if t else t),
    "european": lambda f, c: _all_cells(f, 4, _european),
    "one_european": lambda f, c: _cell(f, c, 4, _european),
    "padded": lambda f, c: _cell(f, c, c.randrange(6), lambda t: c.choice([f" {t}", f"{t} ", f"\u00a0{t}"])),
    "day_first": lambda f, c: _all_cells(
        f, 2, lambda t: datetime.fromisoformat(t).strftime("%d/%m/%Y %H:%M:%S")
    ),
    "two_digit_year": lambda f, c: _cell(f, c, 2, lambda t: t[2:]),
    "not_a_number": lambda f, c: _cell(
        f, c, 4, lambda t: c.choice(["NaN", "inf", "n/a", "1e999", "--", "0x1F", "1_000"])
    ),
    "word": lambda f, c: _cell(f, c, 1, lambda t: c.choice(["Pothole", "", "NULL", "pothole?", "None"])),
    "line_in_cell": lambda f, c: _cell(f, c, 3, lambda t: t + "\nmore"),
    "mixed_ends": lambda f, c: _bytes(f, lambda b: b.replace(b"\n", b"\r\n", 3)),
    "quote_style": lambda f, c: _bytes(f, lambda b: b.replace(b'""', b'\\"')),
}


def pollute(rows: list[Row], chance: random.Random) -> Polluted:
    """A file of ``rows`` with one to three kinds of damage (text first, then bytes)."""
    file = Polluted((COLUMNS, *map(as_text, rows)))
    names = sorted(chance.sample(sorted(DAMAGES), chance.choice([1, 1, 1, 2, 3])), key=_on_bytes)
    for name in names:
        file = DAMAGES[name](file, chance)
    return replace(file, damage=tuple(names))


def _on_bytes(name: str) -> tuple[int, str]:
    on_bytes = "utf_8_twice stray_quote nul lone_cr stray_line_end stray_byte bom_inside cut_off mixed_ends"
    return (name in {*on_bytes.split(), "quote_style"}, name)


def intended(file: Polluted, rows: list[Row]) -> list[Row]:
    """The truth of a file: its rows, with what was put into cells on purpose and legally."""
    if "line_in_cell" not in file.damage:
        return sorted(rows, key=lambda row: row[0])
    held = {line[0]: line[3] for line in file.lines[1:] if len(line) >= 4}
    return sorted((*row[:3], held.get(row[0], row[3]) or None, *row[4:]) for row in rows)


def outcome(path: Path, file: Polluted, truth: list[Row], folder: Path) -> str:
    """How our reader did: ``equal``, ``refused``, ``said`` (quarantine or finding) or ``silently wrong``."""
    said = promise(**file.file)
    try:
        with open_scratch(Blobs(folder / "blobs")) as (backend, _):
            text = read_text_table(backend, [RawFile(path, path.name)], said, "t")
            typed = type_table(backend, text, said, Reading(said.file, "UTC", "UTC"))
            break_rules(backend, typed, said)
            broken = count_quarantined(backend, text, typed)
            found = [*text.findings, *typing_findings(backend, typed, said, "t")]
            found += thousands_findings(backend, text, said, "t")
            sound = keep_sound(backend, typed, said)
            read = backend.con.execute(
                f"SELECT {', '.join(COLUMNS)} FROM {sound} ORDER BY case_id"
            ).fetchall()
    except DataError as error:
        return "refused" if all(mistake.text() for mistake in error.mistakes) else "silently wrong"
    if read == truth:
        return "equal"
    wrong, missing = sum(row not in truth for row in read), sum(row not in read for row in truth)
    explained = wrong <= broken and missing <= broken + typed.duplicates + wrong
    return "said" if found or (broken and explained) else "silently wrong"


def pandas_outcome(content: bytes, truth: list[Row]) -> str:
    """How pandas' defaults do, with types put right as kindly as possible."""
    try:
        with warnings.catch_warnings(action="ignore"):
            frame = pd.read_csv(io.BytesIO(content), parse_dates=["created_at"])
        if list(frame.columns) != list(COLUMNS):
            return "header differs"
        cells = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
        read = sorted((tuple(map(_plain, row)) for row in cells), key=lambda row: str(row[0]))
    except Exception:
        return "refused"
    return "equal" if read == [tuple(map(_plain, row)) for row in truth] else "silently wrong"


def _plain(cell: Any) -> Any:
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    if isinstance(cell, float) and math.isnan(cell):
        return None
    return float(cell) if isinstance(cell, int | float) else cell


@pytest.fixture(scope="module")
def seed() -> int:
    """Fresh on each run; set CIVIC_AI_POLLUTION_SEED to repeat one."""
    return int(os.environ.get("CIVIC_AI_POLLUTION_SEED", random.SystemRandom().randrange(2**31)))


def test_no_polluted_file_is_read_wrongly_without_a_word(
    seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(seed)
    ours, pandas_, wrong = Counter[str](), Counter[str](), []
    for number in range(FILES):
        rows = clean_rows(chance)
        file = pollute(rows, chance)
        truth, content = intended(file, rows), file.to_bytes()
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        result = outcome(path, file, truth, tmp_path)
        ours[result] += 1
        pandas_[pandas_outcome(content, truth)] += 1
        if result == "silently wrong":
            wrong.append((number, file.damage))
    print(f"\nseed {seed}, {FILES} files: civic-ai {dict(ours)}; pandas' defaults {dict(pandas_)}")
    record_property("pollution_seed", seed)
    assert not wrong, f"seed {seed}: read wrongly without a word: {wrong}"
    assert ours["equal"] > 0.05 * FILES, "the reader refuses everything"
    assert pandas_["silently wrong"] > 0, "the pollution is harmless"


@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_each_kind_of_damage_alone(damage: str, seed: int, tmp_path: Path) -> None:
    chance = random.Random(f"{seed}{damage}")
    rows = clean_rows(chance)
    file = replace(DAMAGES[damage](Polluted((COLUMNS, *map(as_text, rows))), chance), damage=(damage,))
    path = tmp_path / "table.csv"
    path.write_bytes(file.to_bytes())
    result = outcome(path, file, intended(file, rows), tmp_path)
    assert result != "silently wrong", f"seed {seed}, {damage}"
    if damage in {"none", "quoted_all", "crlf", "bom", "line_in_cell", "mixed_ends"}:
        assert result == "equal"
