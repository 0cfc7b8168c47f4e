"""The first line of a table must name exactly the columns that the contract promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from civic_ai.core.errors import DataError, Mistake, Place
from civic_ai.core.messages import Message, say
from civic_ai.data.quoting import Dialect, read_row
from civic_ai.data.stream import RawFile
from civic_ai.records.contract import Contract

_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_LOOK_LINES = 30


def read_header(raw: RawFile, data: bytes, dialect: Dialect, contract: Contract) -> tuple[list[str], int]:
    """The contract's names of the columns in the order of the file, and the bytes that the header takes.

    ``data`` begins with the header and ends with a line feed. Raises :class:`DataError` with every
    column that is missing, unknown or doubled, or with what the file looks like instead.
    """
    line = contract.file.skip_lines + 1
    row = read_row(data, 0, replace(dialect, width=data[: dialect.line_bytes].count(dialect.delimiter) + 1))
    found = [field.decode(dialect.encoding, "replace") for field in row.fields]
    expected = {column.header or name: name for name, column in contract.columns.items()}
    if sorted(found) == sorted(expected) and row.rule in (None, "wrong_width"):
        return [expected[text] for text in found], row.end
    looks = _looks_like(data, expected, dialect)
    if looks is not None:
        raise raw.refuse(looks[0], line=line, remedy=looks[1])
    if len(found) > contract.limits.columns:
        says = say(
            "has {count} columns; the limit is {limit}", count=len(found), limit=contract.limits.columns
        )
        raise raw.refuse(says, line=line, remedy=say("If that is right, raise 'limits: columns'."))
    mistakes = _differences(found, list(expected), Place(raw.shown, line), contract.file.delimiter)
    raise DataError(mistakes or [Mistake("", say("the header is broken"), Place(raw.shown, line))])


def _looks_like(data: bytes, expected: dict[str, str], dialect: Dialect) -> tuple[Message, Message] | None:
    """Another delimiter, or a header that stands further down, if that is what went wrong."""
    wanted = sorted(expected)
    lines = data[: 64 * dialect.line_bytes].split(b"\n", _LOOK_LINES)[:_LOOK_LINES]
    for number, content in enumerate(lines):
        text = content.decode(dialect.encoding, "replace").rstrip("\r")
        for mark in (dialect.delimiter.decode(), *_DELIMITERS):
            cells = [cell.strip('"') for cell in text.split(mark)] if len(text) <= dialect.line_bytes else []
            if sorted(cells) != wanted:
                continue
            if number:
                says = say("does not begin with its header: that stands {count} lines below", count=number)
                remedy = say("If these lines always stand there, write 'skip_lines: {count}'.", count=number)
                return says, remedy
            if mark != dialect.delimiter.decode():
                says = say("is divided by {mark}, not as declared", mark=_NAMES[mark])
                return says, say("Correct 'delimiter' in the contract, if that is how it is published.")
    return None


def _differences(
    found: Sequence[str], expected: Sequence[str], place: Place, delimiter: str
) -> list[Mistake]:
    mistakes: list[Mistake] = []
    for text in sorted({text for text in found if found.count(text) > 1}):
        mistakes.append(Mistake(_shown(text), say("stands twice in the header"), place))
    for text in sorted(set(found) - set(expected)):
        says = say("is a column that the contract does not know")
        mistakes.append(Mistake(_shown(text), says, place, _meant(text, expected)))
    for text in sorted(set(expected) - set(found)):
        says = say("is promised by the contract, but no column has this name")
        mistakes.append(Mistake(text, says, place, _meant(text, found)))
    return mistakes[:40]


def _meant(text: str, known: Sequence[str]) -> Message:
    close = get_close_matches(text.strip().casefold(), [word.casefold() for word in known], n=1)
    original = next((word for word in known if close and word.casefold() == close[0]), None)
    if original is not None and original != text:
        return say("Did you mean {word}?", word=_shown(original))
    return say("Correct the contract, or ask for the file as it was agreed.")


def _shown(text: str) -> str:
    """A name from the file, short and on one line; a blank one is shown as such."""
    return repr(text[:60]) if text.strip() != text or not text else text[:60]
