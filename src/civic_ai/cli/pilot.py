"""``civic-ai new``, ``check``, ``describe``: a pilot before anything is trained."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from civic_ai.cli.table import format_table
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say


def new(
    name: Annotated[str, typer.Argument(help="The new pilot, such as bogota-potholes.")],
    source: Annotated[str, typer.Option("--from", help="The pilot to start from.")] = "example-potholes",
    folder: Annotated[Path, typer.Option(help="Where pilots stand.")] = Path("pilots"),
) -> int:
    """Start a pilot from another one."""
    from civic_ai.pilot.scaffold import new_pilot

    made = new_pilot(name, source, folder)
    print(made)
    return 0


def check(
    pilot: Annotated[str, typer.Argument(help="The pilot's folder or its pilot.yaml.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Check the spec and the contracts, and look at the data, without training."""
    from civic_ai.data.look import look_at

    look = look_at(pilot, os.environ)
    print(json.dumps(look.to_json(), ensure_ascii=False) if as_json else look.text())
    return 0


def describe(
    part: Annotated[str | None, typer.Argument(help="A part of a pilot, such as capacity.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema for editors.")] = False,
) -> int:
    """Say what belongs in a pilot, or in one part of it."""
    from civic_ai.pilot.describe import UnknownPart, example, json_schema
    from civic_ai.pilot.describe import describe as describe_part

    if schema:
        print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        return 0
    try:
        lines = describe_part(part)
    except UnknownPart as error:
        raise ConfigError.because(
            say("there is no part called {name}", name=part),
            remedy=say("`civic-ai describe` lists the parts."),
        ) from error
    rows = [
        (line.name, line.type, "required" if line.default is None else line.default, line.about)
        for line in lines
    ]
    print(format_table(("where", "type", "default", "meaning"), rows))
    if part is not None:
        print(f"\nExample:\n  {example(part)}")
    return 0
