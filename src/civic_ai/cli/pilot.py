"""``civic-ai new``, ``check``, ``describe``: a pilot before anything is trained."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.cli.table import format_table
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import Message, say

if TYPE_CHECKING:
    from civic_ai.pilot.spec import Question
    from civic_ai.records.figure import Period
    from civic_ai.results import Look

QUESTIONS: Mapping[Question, Message] = {
    "ranking": say("The question (ranking): where will it happen?"),
    "demand": say("The question (demand): how much will come?"),
    "cases": say("The question (cases): which case first?"),
    "durations": say("The question (durations): how long will it take?"),
}
"""Which of the four questions a pilot asks, as ``check`` says it."""


def new(
    name: Annotated[str, typer.Argument(help="The new pilot, such as bogota-potholes.")],
    source: Annotated[str, typer.Option("--from", help="The pilot to start from.")] = "example-potholes",
    folder: Annotated[Path, typer.Option(help="Where pilots stand.")] = Path("pilots"),
) -> int:
    """Start a pilot from another one."""
    from civic_ai.pilot.scaffold import new_pilot

    made = new_pilot(name, source, folder)
    print(made)
    says = say("Now say in {file} what is yours: title, owner, contact, sources.", file=made / "pilot.yaml")
    print(says.text(reader_language()), file=sys.stderr)
    return 0


def check(
    pilot: Annotated[str, typer.Argument(help="The pilot's folder or its pilot.yaml.")],
    workspace: Annotated[Path | None, typer.Option(help="Where generated things are kept.")] = None,
    policy: Annotated[Path | None, typer.Option(help="The board's policy file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Check the spec and the contracts, and look at the data, without training."""
    from civic_ai.runner import Options, look_at

    look = look_at(pilot, Options(workspace=workspace, policy=policy))
    print(json.dumps(look.to_json(), ensure_ascii=False) if as_json else _look_text(look))
    return 0


def _look_text(look: Look) -> str:
    """Sources, findings and splits, for a person."""
    from civic_ai.records.findings import say_finding

    language = reader_language()
    sources = [
        (s.name, f"{s.rows:,}", f"{s.quarantined:,}", f"{s.duplicates:,}", _period(s.period))
        for s in look.snapshot.sources
    ]
    findings = [
        (f.severity, f.source, f.column or "", say_finding(f).text(language)) for f in look.snapshot.findings
    ]
    splits = [
        (s.name, str(s.training_dates[-1]), str(s.test_dates[0]), str(s.test_dates[-1])) for s in look.splits
    ]
    return "\n\n".join(
        [
            f"{look.spec.pilot}: the spec and the contracts are sound\n"
            + QUESTIONS[look.spec.question].text(language),
            format_table(("source", "rows", "set aside", "duplicates", "period"), sources, title="Data"),
            format_table(("weight", "source", "column", "finding"), findings, title="Findings"),
            format_table(("split", "trained until", "tested from", "tested until"), splits, title="Time"),
        ]
    )


def _period(period: Period | None) -> str:
    return "no dates" if period is None else f"{period.first} to {period.last}"


def describe(
    part: Annotated[
        str | None, typer.Argument(help="A part of a pilot, such as capacity, or contract.")
    ] = None,
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
