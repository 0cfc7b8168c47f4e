"""YAML read as text with line numbers; the record that takes it gives each value its type.

Scalars stay text (``no`` is not a boolean, ``012`` not a number), duplicate keys, anchors and
aliases, several documents, empty files and oversized files are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import AliasEvent, DocumentStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
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
        raise _refusal(name, line, say("is not UTF-8 text (byte {at})", at=error.start)) from error
    try:
        _refuse_events(text, name)
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise _refusal(name, line, say("is not valid YAML: {problem}", problem=error.problem)) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise _refusal(name, line, say("holds a character that YAML does not allow")) from error
    except RecursionError as error:
        raise _refusal(name, 1, say("is nested too deeply")) from error
    if root is None:
        raise _refusal(name, 1, say("is empty"))
    return _read_tree(root, name)


def _refuse_events(text: str, name: str) -> None:
    """Refuse aliases, anchors and second documents before anything is expanded."""
    documents = depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        line = event.start_mark.line + 1
        depth += getattr(event, "nesting", 0) or _nesting(event)
        if depth > MAX_DEPTH:
            raise _refusal(name, line, say("is nested more than {limit} levels deep", limit=MAX_DEPTH))
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise _refusal(name, line, say("uses an anchor or alias (& or *); write the value out"))
        documents += isinstance(event, DocumentStartEvent)
        if documents > 1:
            raise _refusal(name, line, say("holds more than one document (---)"))


def _nesting(event: Any) -> int:
    kind = type(event).__name__
    return kind.endswith(("MappingStartEvent", "SequenceStartEvent")) - kind.endswith(
        ("MappingEndEvent", "SequenceEndEvent")
    )


def _read_tree(root: Node, name: str) -> Document:
    document = Document(name, None)
    mistakes: list[Mistake] = []
    value = _value(root, (), document, mistakes)
    if mistakes:
        raise ConfigError(mistakes)
    return Document(name, value, document.lines)


def _value(node: Node, path: Path_, document: Document, mistakes: list[Mistake]) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, ScalarNode):
        return None if node.style is None and node.value in _BLANK else node.value
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, i), document, mistakes) for i, item in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    return _mapping(node, path, document, mistakes)


def _mapping(node: MappingNode, path: Path_, document: Document, mistakes: list[Mistake]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = key_node.value, key_node.start_mark.line + 1
        if not isinstance(key, str):
            mistakes.append(_mistake(document.file, line, say("a key must be a plain word"), path))
            continue
        if key in result:
            first = document.lines[(*path, key)]
            says = say("{key} is given twice (first in line {first})", key=key, first=first)
            mistakes.append(_mistake(document.file, line, says, (*path, key)))
            continue
        document.lines[(*path, key)] = line
        result[key] = _value(value_node, (*path, key), document, mistakes)
    return result


def _mistake(file: str, line: int, says: Message, path: Path_) -> Mistake:
    return Mistake(dotted(path), says, Place(file, line), say("Keep one of them.") if path else None)


def _refusal(file: str, line: int, says: Message) -> ConfigError:
    return ConfigError([Mistake(Path(file).name, says, Place(file, line))])


def dotted(path: Path_) -> str:
    """A path as people write it: ``features[0].count_days``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text
