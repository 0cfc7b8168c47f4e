"""``civic-ai reproduce``: run a dossier's promise again and compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.journey import ENGINE_HELP, ProgressLines
from civic_ai.cli.language import reader_language
from civic_ai.cli.table import format_table
from civic_ai.core.messages import Message, say

if TYPE_CHECKING:
    from civic_ai.records.reproduction import Reproduction

DIFFERS = 3
SHOWN = 20
"""Deviations that are printed; the report holds all."""


def reproduce(
    dossier: Annotated[Path, typer.Argument(help="The sealed dossier's folder.")],
    pilot: Annotated[Path, typer.Option(help="The pilot that it was made of, with its data.")],
    workspace: Annotated[Path | None, typer.Option(help="Keep the second run in this new folder.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report here: it is evidence.")] = None,
    engine: Annotated[list[str] | None, typer.Option(help=ENGINE_HELP)] = None,
    after: Annotated[Path | None, typer.Option(help="The dossier that --after named in the run.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> int:
    """Run it again from nothing; compare digest by digest, figure by figure. Exit code 3: it differs."""
    from civic_ai.reproduction import reproduce as run_again
    from civic_ai.runner import Options, Silent
    from civic_ai.store.blobs import write_atomically

    with ProgressLines() as lines:
        reporter = Silent() if quiet else lines
        options = Options(workspace, reporter=reporter, engines=tuple(engine or ()), after=after)
        found = run_again(dossier, pilot, options)
    if report is not None:
        write_atomically(report, found.to_json())
    print(_json(found) if as_json else text_of(found))
    return 0 if found.agrees else DIFFERS


def _json(found: Reproduction) -> str:
    told = {"schema": "reproduce/1", "agrees": found.agrees, "identical": found.is_identical}
    return json.dumps(told | {"digest": found.digest, **found.model_dump(mode="json")}, ensure_ascii=False)


def text_of(found: Reproduction) -> str:
    """The verdict, each digest, and the figures that are off."""
    language = reader_language()
    rows = [
        (
            part.kind,
            part.name,
            "same" if part.is_same else "differs",
            (part.sealed or "")[:12],
            (part.found or "")[:12],
        )
        for part in found.parts
    ]
    off = [
        (each.fact, str(each.sealed), str(each.found), "" if each.off is None else f"{each.off:.2g}")
        for each in found.deviations[:SHOWN]
    ]
    parts = [
        _verdict(found).text(language),
        format_table(("what", "name", "verdict", "sealed", "second run"), rows),
        *([format_table(("figure", "sealed", "second run", "off"), off)] if off else []),
        say("report {digest}", digest=found.digest).text(language),
    ]
    return "\n\n".join(parts)


def _short(*digests: str | None) -> tuple[str, ...]:
    return tuple((digest or "")[:12] for digest in digests)


def _verdict(found: Reproduction) -> Message:
    places = {"compared": found.compared, "tolerance": f"{found.tolerance:g}"}
    if found.is_identical:
        return say(
            "Identical: the second run sealed the same dossier, {compared} figures and words.", **places
        )
    if found.agrees:
        return say(
            "Agrees: {compared} figures and words, none off by more than {tolerance} of its size; "
            "the largest is off by {off}.", off=f"{found.largest_off:.2g}", **places
        )  # fmt: skip
    return say(
        "Differs: {many} of {compared} figures and words, or the promise or the data, are not those "
        "that were sealed.", many=len(found.deviations), **places
    )  # fmt: skip
