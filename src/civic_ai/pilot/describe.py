"""What belongs where in a pilot: taken from the spec itself, so that it is never out of date."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import Contract
from civic_ai.records.text import Text

EXAMPLES: dict[str, str] = {
    "pilot": "houston-potholes",
    "title": "{en: Which streets will need repair?, es: ¿Qué calles necesitarán reparación?}",
    "decision": "Public Works plans the coming weeks' crew routes",
    "never_for": "[enforcement, ranking residents]",
    "intervention": "assistive",
    "owner": "Public Works Department",
    "contact": "data@example.org",
    "locale": "es-CO",
    "time_zone": "America/Bogota",
    "variables": "{CIVIC_AI_DATA: 'Set it to the data folder: export CIVIC_AI_DATA=/path'}",
    "unit": "{name: street cell, from: requests, grid: {lat: lat, lon: lon, size_m: 500}, inside: areas}",
    "sources": "{requests: {path: data/r.csv, contract: contracts/r.yaml, known_at: created_at}}",
    "cohort": "{seen_within_days: 1460}",
    "label": "{from: requests, where: \"request_type == 'pothole'\", horizon_days: 28, kind: event}",
    "as_of": "{first: 2016-01-04, last: 2018-11-26, every_days: 7}",
    "features": "[{from: requests, count_days: [7, 28, 364], neighbours: true}, {calendar: [season]}]",
    "models": "{candidates: [logistic_glm, lightgbm]}",
    "validation": "{splits: 4, test_days: 182, lockbox_days: 182}",
    "capacity": "{units_per_period: 100, who: two repair crews, hours_per_unit: 1.5}",
    "objective": "recall_at_capacity",
    "audit": "{attributes: {income: {from: areas, column: income, quantiles: 4, reference_group: q4}}}",
    "review": "{languages: [en, es]}",
    "seed": "20240101",
    "contract": "{about: Requests, columns: {opened_at: {type: timestamp}, kind: {type: text}}}",
}
CONTRACT = "contract"


@dataclass(frozen=True)
class Described:
    """One line of the description: where, its type in words, default (None: required), meaning."""

    name: str
    type: str
    default: str | None
    about: str


class UnknownPart(KeyError):
    """There is no such part in a pilot."""


def describe(part: str | None = None) -> list[Described]:
    """Every field of a pilot, or of one part of it (``capacity``, ``audit.reporting``), or of a ``contract``.

    Raises :class:`UnknownPart`.
    """
    if part is None:
        return [_line(name, field) for name, field in PilotSpec.model_fields.items()]
    if part == CONTRACT:
        return list(_inside(part, Contract))
    by_name = {field.alias or name: field for name, field in PilotSpec.model_fields.items()}
    whole = part.partition(".")[0]
    if whole not in by_name:
        raise UnknownPart(part)
    lines = [_line(whole, by_name[whole]), *_inside(whole, by_name[whole].annotation)]
    found = [line for line in lines if line.name == part or line.name.startswith((f"{part}.", f"{part}["))]
    if not found:
        raise UnknownPart(part)
    return found


def json_schema() -> dict[str, Any]:
    """The JSON Schema of ``pilot.yaml``, for editors."""
    schema = PilotSpec.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def example(part: str) -> str:
    """YAML that could stand in a pilot, of the whole that the part belongs to; for a contract, a file."""
    whole = part.partition(".")[0]
    return EXAMPLES[part] if part == CONTRACT else f"{whole}: {EXAMPLES[whole]}"


def _inside(prefix: str, annotation: Any) -> Iterator[Described]:
    for model, suffix in _models(annotation):
        for name, field in model.model_fields.items():
            path = f"{prefix}{suffix}.{field.alias or name}"
            yield _line(path, field)
            yield from _inside(path, field.annotation)


def _line(path: str, field: FieldInfo) -> Described:
    default = None if field.is_required() else _shown(field.get_default())
    limits = ", ".join(_limit(item) for item in field.metadata if _limit(item))
    kind = _type_name(field.annotation) + (f" ({limits})" if limits else "")
    return Described(path, kind, default, field.description or "")


def _shown(default: Any) -> str:
    """A default as a reader would write it; that of a part stands in the lines of the part."""
    if isinstance(default, BaseModel) and not isinstance(default, Text):
        return "see below"
    return "none" if default is None or default in ((), {}) else str(default)


def _models(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """The records inside an annotation, with how they are reached: ``[]``, ``.<name>``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation is not Text:
            yield annotation, ""
    elif get_origin(annotation) is tuple:
        yield from ((model, "[]" + suffix) for model, suffix in _models(get_args(annotation)[0]))
    elif get_origin(annotation) is dict:
        yield from ((model, ".<name>" + suffix) for model, suffix in _models(get_args(annotation)[1]))
    else:
        for inner in get_args(annotation):
            yield from _models(inner)


def _type_name(annotation: Any) -> str:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        limits = ", ".join(
            _limit(item) for meta in args[1:] for item in getattr(meta, "metadata", [meta]) if _limit(item)
        )
        return _type_name(args[0]) + (f" ({limits})" if limits else "")
    if origin is Literal:
        return "one of " + ", ".join(arg if str(arg).isidentifier() else repr(arg) for arg in args)
    if origin is tuple:
        return "list of " + _type_name(args[0])
    if origin is dict:
        return "names with " + _type_name(args[1])
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type_name(arg) for arg in args if arg is not type(None)))
    words = {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "true or false",
        Text: "text, or text by language",
    }
    return words.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _limit(item: Any) -> str:
    for name, sign in (("ge", ">="), ("gt", ">"), ("le", "<="), ("lt", "<"), ("min_length", "at least")):
        if getattr(item, name, None) is not None:
            return f"{sign} {getattr(item, name)}"
    return f"form {item.pattern}" if getattr(item, "pattern", None) else ""
