"""The crosswalk of the board's ``governance/``: the fields of a record, the standards that ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import Message, governance_folder, say
from civic_ai.pilot.located import mistake_at, validate
from civic_ai.records.crosswalk import GROUPS, Crosswalk, RecordField, Standard
from civic_ai.records.record import Record
from civic_ai.store.yaml import Path_, load_yaml

FIELDS_FILE, STANDARDS_FILE = "crosswalks/fields.yaml", "crosswalks/standards.yaml"


class _Fields(Record):
    fields: dict[str, RecordField]


class _Standards(Record):
    standards: dict[str, Standard]


@cache
def shipped_crosswalk() -> Crosswalk:
    """The crosswalk of this installation."""
    folder = governance_folder()
    return load_crosswalk(folder / FIELDS_FILE, folder / STANDARDS_FILE)


def load_crosswalk(fields: Path, standards: Path) -> Crosswalk:
    """The crosswalk of two files. Raises :class:`ConfigError` with every mistake of each.

    A field of the city needs a question, one of the run none; a standard names only fields that stand.
    """
    asked = replace(load_yaml(fields), part="")
    known = validate(asked, _Fields).fields
    broken = [mistake_at(asked, place, says) for place, says in _broken(known)]
    if broken:
        raise ConfigError(broken)
    named = replace(load_yaml(standards), part="")
    made = Crosswalk(fields=known, standards=validate(named, _Standards).standards)
    unknown = [
        mistake_at(
            named, ("standards", key, "fields", field), say("there is no field called {name}", name=field)
        )
        for key, field in made.unknown_fields()
    ]
    if unknown:
        raise ConfigError(unknown)
    return made


def _broken(fields: dict[str, RecordField]) -> Iterator[tuple[Path_, Message]]:
    for name, field in fields.items():
        place: Path_ = ("fields", name)
        if field.group not in GROUPS:
            yield (*place, "group"), say("there is no group called {name}", name=field.group)
        if (field.asks is not None) != (field.filled_by == "city"):
            yield place, say("a question (asks) belongs to the fields that the city fills, and only to them")
        if (field.facts or field.also) and field.filled_by != "run":
            yield (*place, "facts"), say("facts belong to the fields that the run fills")
