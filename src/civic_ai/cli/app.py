"""All verbs, gathered. Each verb's module is small; heavy libraries load inside the verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from civic_ai import __version__
from civic_ai.cli import audit, compare, doctor, dossier, journey, pilot, sweep, tracking

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
