"""All verbs, gathered. Each verb's module is small; heavy libraries load inside the verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from civic_ai import __version__
from civic_ai.cli import (
    answer,
    audit,
    board,
    compare,
    deployment,
    desk,
    doctor,
    dossier,
    export,
    journey,
    keys,
    ledger,
    level,
    pdf,
    pilot,
    publication,
    reproduction,
    sign,
    sweep,
    tracking,
    witness,
)

app = typer.Typer(
    name="civic-ai",
    help="A city tries a predictive model; its governance board decides, on evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("new")(pilot.new)
app.command("check")(pilot.check)
app.command("describe")(pilot.describe)
app.command("run")(journey.run)
app.command("sweep")(sweep.sweep)
app.command("audit")(audit.audit)
app.command("compare")(compare.compare)
app.command("verify")(dossier.verify)
app.command("pdf")(pdf.pdf)
app.command("reproduce")(reproduction.reproduce)
app.command("export")(export.export)
app.command("answer")(answer.answer)
app.command("level")(level.level)
app.command("case")(board.case)
app.command("submit")(board.submit)
app.command("review")(board.review)
app.command("decide")(board.decide)
app.command("sign")(sign.sign)
app.add_typer(keys.app, name="keys")
app.add_typer(ledger.app, name="ledger")
app.add_typer(witness.app, name="witness")
app.add_typer(desk.app, name="desk")
app.command("publish")(publication.publish)
app.command("release")(deployment.release)
app.command("score")(deployment.score)
app.command("sync")(tracking.sync)
app.command("doctor")(doctor.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"civic-ai {__version__}")
        raise typer.Exit


@app.callback()
def civic_ai(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A city tries a predictive model; its governance board decides, on evidence."""
