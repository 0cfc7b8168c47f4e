"""From a YAML document to a record: every mistake with its file, line and remedy, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from civic_ai.core.errors import CivicError, ConfigError, Mistake
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.record import Record
from civic_ai.store.yaml import Document, Path_, dotted

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Reading(Generic[R]):
    """What a document gave: the record of its sound ``parts``, and the mistakes in the others."""

    record: R
    parts: frozenset[str]
    mistakes: tuple[Mistake, ...]


def validate(document: Document, kind: type[R]) -> R:
    """The record that ``document`` describes. Raises :class:`ConfigError` with all mistakes."""
    reading = read_parts(document, kind)
    if reading.mistakes:
        raise ConfigError(reading.mistakes)
    return reading.record


def read_parts(document: Document, kind: type[R]) -> Reading[R]:
    """As much of the record as is sound, so that rules between sound parts can be checked too."""
    if not isinstance(document.value, dict):
        says = say("must be a list of 'name: value' lines")
        raise ConfigError([Mistake("", says, document.place(()), _remedy(document, ()))])
    try:
        whole: R = kind.model_validate(document.value)
        return Reading(whole, frozenset(kind.model_fields), ())
    except ValidationError as error:
        mistakes = tuple(sorted(_mistakes(error, document, kind), key=by_line))
        broken = {str(detail["loc"][0]) for detail in error.errors(include_url=False)}
        parts = {
            name: _part(field, document.value.get(field.alias or name, PydanticUndefined))
            for name, field in kind.model_fields.items()
            if (field.alias or name) not in broken
        }
        sound = cast(R, kind.model_construct(**parts))
        return Reading(sound, frozenset(parts), mistakes)


def _part(field: FieldInfo, value: Any) -> Any:
    """One sound field of a record whose other fields may be broken."""
    if value is PydanticUndefined:
        return field.get_default(call_default_factory=True, validated_data={})
    declared: Any = Annotated[field.annotation, field]
    return TypeAdapter(declared).validate_python(value)


def mistake_at(document: Document, path: Path_, says: Message, remedy: Message | None = None) -> Mistake:
    """A mistake at a place in the document."""
    return Mistake(dotted(path), says, document.place(path), remedy or _remedy(document, path))


@contextmanager
def placing(document: Document) -> Iterator[None]:
    """Whatever is wrong with a field of the document gets its file and line, whichever stage finds it."""
    try:
        yield
    except CivicError as error:
        raise type(error)([_placed(mistake, document) for mistake in error.mistakes]) from error


def _placed(mistake: Mistake, document: Document) -> Mistake:
    path: Path_ = tuple(int(part) if part.isdigit() else part for part in _PARTS.findall(mistake.about))
    if mistake.place is not None or path[:1] not in document.lines or not path:
        return mistake
    return replace(mistake, place=document.place(path))


_PARTS = re.compile(r"[^.\[\]]+")


def by_line(mistake: Mistake) -> tuple[int, str]:
    """Sorts mistakes in the order of the file."""
    return (mistake.place.line or 0) if mistake.place else 0, mistake.about


def _mistakes(error: ValidationError, document: Document, kind: type[Record]) -> Iterator[Mistake]:
    schema = kind.model_json_schema(by_alias=True)
    for detail in error.errors(include_url=False):
        path: Path_ = tuple(part for part in detail["loc"] if not str(part).startswith("<"))
        if path and path[-1] == "[key]":
            path = path[:-1]
        if detail["type"] == "too_short" and detail.get("input"):
            continue  # its items are wrong, and each is said at its own place
        remedy = None
        if detail["type"] == "mean_of_closed":
            remedy = say("Ask for a duration: kind: duration, objective: integrated_brier_score.")
        if detail["type"] == "extra_forbidden":
            remedy = did_you_mean(str(path[-1]), sorted(_keys_at(schema, path[:-1])))
        yield mistake_at(document, path, sentence_of(dict(detail)), remedy)


def _remedy(document: Document, path: Path_) -> Message | None:
    part = document.part if document.part is not None else (path[0] if path else None)
    if part is None:
        return say("`civic-ai describe` says what belongs there.")
    return say("`civic-ai describe {part}` says what belongs there.", part=part) if part else None


def did_you_mean(key: str, known: list[str]) -> Message:
    """The remedy for an unknown ``key``: the known one that is like it, else all of them."""
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    if close:
        return say("Did you mean {word}?", word=close[0])
    return say("Known here: {words}.", words=", ".join(known))


_LIMITS: dict[str, tuple[str, str]] = {
    "greater_than": (N_("must be greater than {limit}, not {given}"), "gt"),
    "greater_than_equal": (N_("must be at least {limit}, not {given}"), "ge"),
    "less_than": (N_("must be less than {limit}, not {given}"), "lt"),
    "less_than_equal": (N_("must be at most {limit}, not {given}"), "le"),
    "too_short": (N_("needs at least {limit} of them"), "min_length"),
    "string_too_short": (N_("must not be empty"), "min_length"),
    "string_pattern_mismatch": (
        N_("is not a name that can be used here: {given} (form: {limit})"),
        "pattern",
    ),
    "literal_error": (N_("must be {limit}, not {given}"), "expected"),
}
_KINDS: dict[str, str] = {
    "int_parsing": N_("must be a whole number, not {given}"),
    "int_type": N_("must be a whole number, not {given}"),
    "int_from_float": N_("must be a whole number, not {given}"),
    "float_parsing": N_("must be a number, not {given}"),
    "float_type": N_("must be a number, not {given}"),
    "finite_number": N_("must be a finite number, not {given}"),
    "bool_type": N_("must be true or false, not {given}"),
    "bool_parsing": N_("must be true or false, not {given}"),
    "string_type": N_("must be text, not {given}"),
    "dict_type": N_("must be a list of 'name: value' lines, not {given}"),
    "model_type": N_("must be a list of 'name: value' lines, not {given}"),
    "model_attributes_type": N_("must be a list of 'name: value' lines, not {given}"),
    "tuple_type": N_("must be a list, not {given}"),
    "list_type": N_("must be a list, not {given}"),
    "date_parsing": N_("must be a date like 2018-11-26, not {given}"),
    "date_from_datetime_parsing": N_("must be a date like 2018-11-26, not {given}"),
    "date_type": N_("must be a date like 2018-11-26, not {given}"),
    "missing": N_("is missing"),
    "extra_forbidden": N_("is not known here"),
    "mean_of_closed": N_(
        "a mean over closed cases leaves out those that still wait: it looks best where the city is slowest"
    ),
}


def sentence_of(detail: Mapping[str, Any]) -> Message:
    """Our sentence for a kind of error; what the reader gave is shown, shortened."""
    kind, context, given = detail["type"], detail.get("ctx", {}), _shown(detail.get("input"))
    if kind in _LIMITS:
        sentence, name = _LIMITS[kind]
        limit = context.get(name)
        return Message(sentence, {"limit": _either(limit) if name == "expected" else limit, "given": given})
    if kind in _KINDS:
        return Message(_KINDS[kind], {"given": given})
    problem = str(context.get("error", detail["msg"])).replace("{", "{{").replace("}", "}}")
    return say("is not right: {problem}", problem=Message(problem))


def _either(words: str) -> str | Message:
    """pydantic's ``'a', 'b' or 'c'`` in the reader's language."""
    most, found, last = words.rpartition(" or ")
    return say("{most} or {last}", most=most, last=last) if found else words


def _shown(value: Any) -> str | Message:
    if value is None:
        return say("nothing")
    if isinstance(value, dict):
        return say("a list of 'name: value' lines")
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys_at(schema: Mapping[str, Any], path: Path_) -> set[str]:
    """The keys that a JSON schema knows at ``path``, over all alternatives there."""
    nodes = [schema]
    for part in path:
        nodes = [child for node in nodes for child in _children(node, part, schema)]
    expanded = [inner for node in nodes for inner in _alternatives(node, schema)]
    return {key for node in expanded for key in node.get("properties", {})}


def _children(
    node: Mapping[str, Any], part: str | int, root: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    for inner in _alternatives(node, root):
        if isinstance(part, int) and isinstance(inner.get("items"), dict):
            yield inner["items"]
        elif part in inner.get("properties", {}):
            yield inner["properties"][part]
        elif isinstance(inner.get("additionalProperties"), dict):
            yield inner["additionalProperties"]
        else:
            yield from inner.get("patternProperties", {}).values()


def _alternatives(node: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        yield from _alternatives(root["$defs"][name], root)
        return
    choices = [*node.get("anyOf", []), *node.get("oneOf", []), *node.get("allOf", [])]
    if not choices:
        yield node
    for choice in choices:
        yield from _alternatives(choice, root)
