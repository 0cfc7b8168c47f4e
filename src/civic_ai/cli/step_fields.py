"""The fields of a step as a person writes them: a YAML file, and ``name=value`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.store.yaml import load_yaml, parse_yaml

COMMAND_LINE = "--set"


def read_fields(source: Path | None, sets: list[str]) -> dict[str, Any]:
    """All fields; what stands on the command line goes before what stands in the file.

    Raises :class:`ConfigError` for a file or a value that cannot be read.
    """
    fields = {} if source is None else _mapping(source)
    for one in sets:
        name, given, value = one.partition("=")
        if not given or not name.strip():
            raise ConfigError.because(
                say("is no field with a value"), about=one, remedy=say("Write --set name=value.")
            )
        fields[name.strip()] = _value(value)
    return fields


def _mapping(source: Path) -> dict[str, Any]:
    found = load_yaml(source).value
    if not isinstance(found, dict):
        raise ConfigError.because(
            say("must be a list of 'name: value' lines"),
            about=str(source),
            remedy=say("Write one line for each field."),
        )
    return found


def _value(text: str) -> Any:
    """A list or an object where it is written as one; anything else as it stands."""
    is_nested = text.lstrip().startswith(("[", "{"))
    return parse_yaml(text.encode(), COMMAND_LINE).value if is_nested else text
