"""``civic-ai export``: a pilot's public record in the form that somebody else's tool or register takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.answer import beside_of, language_of, level_of
from civic_ai.cli.compare import newest_dossiers
from civic_ai.core.errors import ConfigError, StoreError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.pilot.answers import Beside


def export(
    source: Annotated[str, typer.Argument(metavar="PILOT|DOSSIER", help="A pilot's folder, or a dossier.")],
    form: Annotated[str, typer.Option("--as", help="record, cyclonedx, huggingface, croissant, mct, ...")],
    to: Annotated[Path, typer.Option(help="The folder to write to.")],
    language: Annotated[str | None, typer.Option(help="Language of the texts.")] = None,
    level: Annotated[str | None, typer.Option(help="Impact level: I, II, III or IV.")] = None,
    answers: Annotated[str | None, typer.Option(help="The pilot's folder, where a dossier is named.")] = None,
    workspace: Annotated[Path | None, typer.Option(help="Where generated things are kept.")] = None,
) -> int:
    """Write the public record of a pilot for another tool or register; small groups stay hidden."""
    from civic_ai.cards.exported import publish
    from civic_ai.cards.exports import EXPORTS
    from civic_ai.cards.pilot_record import Declared, record_of
    from civic_ai.cards.sealed import read_sealed
    from civic_ai.pilot.answers import load_answers
    from civic_ai.pilot.crosswalk import shipped_crosswalk

    if form not in EXPORTS:
        raise ConfigError.because(
            say("is no form of export: {given}", given=form),
            about="--as",
            remedy=say("Known here: {words}.", words=", ".join(EXPORTS)),
        )
    is_dossier = (Path(source) / "manifest.json").is_file()
    pilot = answers if is_dossier else source
    beside = None if pilot is None else beside_of(pilot)
    sealed = read_sealed(Path(source) if is_dossier else _newest(beside, workspace), "public")
    declared = Declared(answers=None if beside is None else load_answers(beside), level=level_of(level))
    record = record_of(sealed, declared, shipped_crosswalk())
    made = EXPORTS[form](publish(record, sealed, shipped_crosswalk(), language_of(language)))
    for name, content in made.items():
        print(_write(to / name, content))
    return 0


def _newest(beside: Beside | None, workspace: Path | None) -> Path:
    """The pilot's dossier that was written last. Raises :class:`StoreError` where there is none."""
    pilot = "" if beside is None else beside.pilot
    for folder in newest_dossiers(workspace):
        if folder.parent.name == pilot:
            return folder
    raise StoreError.because(
        say("there is no sealed dossier of this pilot"),
        about=pilot,
        remedy=say("Run the pilot first, or name a dossier's folder."),
    )


def _write(path: Path, content: bytes) -> Path:
    from civic_ai.store.blobs import store_error, write_file

    try:
        write_file(path, content, mode=0o666)
    except OSError as error:
        raise store_error(path, error) from error
    return path
