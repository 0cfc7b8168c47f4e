"""YAML read as text with line numbers; the record that takes it gives each value its type.

Scalars stay text (``no`` is not a boolean, ``012`` not a number), duplicate keys, anchors and
aliases, several documents, empty files and oversized files are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from civic_ai.core.errors import ConfigError, Mistake, Place
from civic_ai.core.messages import Message, say

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20
Path_ = tuple[str | int, ...]
_BLANK = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True)
class Document:
    """A YAML file: its value (dicts, lists, text, None) and the line of each place in it.

    ``part`` is what ``civic-ai describe`` explains for all of it; None: each top key is a part.
    """

    file: str
    value: Any
    lines: dict[Path_, int] = field(default_factory=dict)
    part: str | None = None

    def place(self, path: Path_) -> Place:
        """The file and line of ``path``, or of the nearest place above it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.file, self.lines.get(path, 1))


def load_yaml(path: Path, *, shown_as: str | None = None) -> Document:
    """Read one YAML file strictly. Raises :class:`ConfigError` with every mistake found."""
    name = shown_as or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError.because(
            say("cannot be read: {reason}", reason=error.strerror or error),
            about=path.name,
            place=Place(name),
            remedy=say("Check that the file is there and that you may read it."),
        ) from error
    return parse_yaml(content, name)


def parse_yaml(content: bytes, name: str) -> Document:
    """Parse the bytes of one YAML document; ``name`` is the file that errors point to."""
    if len(content) > MAX_BYTES:
        raise _refusal(name, 1, say("is larger than {limit} bytes", limit=MAX_BYTES))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        says = say("is not UTF-8 text (byte {at})", at=error.start)
        raise _refusal(name, line, says, say("Save the file as UTF-8.")) from error
    try:
        return _Reading(name, YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        says = say("is not valid YAML: {problem}", problem=error.problem)
        raise _refusal(name, line, says, _LOOK_HERE) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        says = say("holds a character that YAML does not allow")
        raise _refusal(name, line, says, say("Delete the character: it may be invisible.")) from error
    except RecursionError as error:
        raise _refusal(name, 1, say("is nested too deeply")) from error


_LOOK_HERE = say(
    "Look at this line and the one above: close brackets and quotes, and indent with blanks, never with tabs."
)


class _Reading:
    """One pass over a parser's events; what may not stand in a file is refused before it is expanded."""

    def __init__(self, name: str, events: Iterator[Event]) -> None:
        self.name = name
        self.events = events
        self.lines: dict[Path_, int] = {}
        self.mistakes: list[Mistake] = []

    def document(self) -> Document:
        """The only document. Raises :class:`ConfigError` where there is none, or with every wrong key."""
        value, documents = None, 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refused(event, say("holds more than one document (---)"))
                value = self._value(next(self.events), ())
        if not documents:
            raise _refusal(self.name, 1, say("is empty"))
        if self.mistakes:
            raise ConfigError(self.mistakes)
        return Document(self.name, value, self.lines)

    def _value(self, event: Event, path: Path_) -> Any:
        self._refuse(event, len(path))
        self.lines.setdefault(path, _line(event))
        if isinstance(event, SequenceStartEvent):
            parts = enumerate(self._until(SequenceEndEvent))
            return [self._value(part, (*path, number)) for number, part in parts]
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        assert isinstance(event, ScalarEvent)
        return None if event.style is None and event.value in _BLANK else event.value

    def _mapping(self, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in self._until(MappingEndEvent):
            self._refuse(event, len(path))
            key = event.value if isinstance(event, ScalarEvent) else None
            if key is None or key in result:
                self.mistakes.append(self._wrong_key(event, key, path))
                self._skip(event)
            else:
                self.lines[(*path, key)] = _line(event)
                result[key] = self._value(next(self.events), (*path, key))
        return result

    def _wrong_key(self, event: Event, key: str | None, path: Path_) -> Mistake:
        if key is None:
            return _mistake(self.name, _line(event), say("a key must be a plain word"), path)
        first = self.lines[(*path, key)]
        says = say("{key} is given twice (first in line {first})", key=key, first=first)
        return _mistake(self.name, _line(event), says, (*path, key))

    def _skip(self, key: Event) -> None:
        """Read past a key and its value; neither is kept, both are looked at."""
        kept, self.lines = self.lines, {}
        if not isinstance(key, ScalarEvent):
            self._value(key, ())
        self._value(next(self.events), ())
        self.lines = kept

    def _until(self, end: type[Event]) -> Iterator[Event]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def _refuse(self, event: Event, depth: int) -> None:
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise self._refused(event, say("uses an anchor or alias (& or *); write the value out"))
        if depth >= MAX_DEPTH and isinstance(event, CollectionStartEvent):
            raise self._refused(event, say("is nested more than {limit} levels deep", limit=MAX_DEPTH))

    def _refused(self, event: Event, says: Message) -> ConfigError:
        return _refusal(self.name, _line(event), says)


def _line(event: Event) -> int:
    line: int = event.start_mark.line
    return line + 1


def _mistake(file: str, line: int, says: Message, path: Path_) -> Mistake:
    return Mistake(dotted(path), says, Place(file, line), say("Keep one of them.") if path else None)


def _refusal(file: str, line: int, says: Message, remedy: Message | None = None) -> ConfigError:
    return ConfigError([Mistake(Path(file).name, says, Place(file, line), remedy)])


def dotted(path: Path_) -> str:
    """A path as people write it: ``features[0].count_days``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text
