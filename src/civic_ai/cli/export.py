"""``civic-ai export``: a pilot's public record in the form that somebody else's tool or register takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.answer import beside_of, language_of, level_of
from civic_ai.cli.compare import newest_dossiers
from civic_ai.cli.office import POLICY_HELP, WORKSPACE_HELP, open_desk
from civic_ai.cli.record import LedgerOption, ledger_stands
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civic_ai.cards.exports.exports import Export
    from civic_ai.cards.sealed import Sealed
    from civic_ai.pilot.answers import Beside
    from civic_ai.records.levels import Level
    from civic_ai.records.pilot_record import Decided
    from civic_ai.review.office import Office


def export(
    source: Annotated[str, typer.Argument(metavar="PILOT|DOSSIER", help="A pilot's folder, or a dossier.")],
    form: Annotated[str, typer.Option("--as", help="record, cyclonedx, huggingface, croissant, mct, ...")],
    to: Annotated[Path, typer.Option(help="The folder to write to.")],
    language: Annotated[str | None, typer.Option(help="Language of the texts.")] = None,
    level: Annotated[str | None, typer.Option(help="Impact level: I, II, III or IV.")] = None,
    answers: Annotated[str | None, typer.Option(help="The pilot's folder, where a dossier is named.")] = None,
    ledger: LedgerOption = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
) -> int:
    """Write the public record of a pilot for another tool or register; small groups stay hidden.

    What the board decided on this very dossier stands in it where a ledger is at hand.
    """
    from civic_ai.cards.exports.exports import EXPORTS
    from civic_ai.cards.exports.published import publish
    from civic_ai.cards.pilot_record import Declared, record_of
    from civic_ai.cards.sealed import read_sealed
    from civic_ai.pilot.answers import load_answers
    from civic_ai.pilot.crosswalk import shipped_crosswalk

    make = _known(form, EXPORTS)
    is_dossier = (Path(source) / "manifest.json").is_file()
    pilot = answers if is_dossier else source
    beside = None if pilot is None else beside_of(pilot)
    sealed = read_sealed(Path(source) if is_dossier else _newest(beside, workspace), "public")
    board = _Board(
        sealed, open_desk(ledger, workspace, policy).office if ledger_stands(ledger, workspace) else None
    )
    declared = Declared(
        answers=None if beside is None else load_answers(beside),
        decided=board.decided(),
        level=level_of(level) or board.level(),
    )
    record = record_of(sealed, declared, shipped_crosswalk())
    for name, content in make(publish(record, sealed, shipped_crosswalk(), language_of(language))).items():
        print(_write(to / name, content))
    return 0


def _known(form: str, exports: Mapping[str, Export]) -> Export:
    if form in exports:
        return exports[form]
    raise ConfigError.because(
        say("is no form of export: {given}", given=form),
        about="--as",
        remedy=say("Known here: {words}.", words=", ".join(exports)),
    )


@dataclass(frozen=True)
class _Board:
    """What the board of a city has decided on a dossier; nothing where the city has no ledger."""

    sealed: Sealed
    office: Office | None

    def decided(self) -> dict[str, Decided]:
        """By field of the record."""
        from civic_ai.review.decided import decided_in_public
        from civic_ai.review.register import withheld_of

        if self.office is None:
            return {}
        manifest = self.sealed.manifest
        withheld = withheld_of(self.sealed, self.office.policy)
        events = self.office.events(manifest.pilot)
        return decided_in_public(events, manifest.digest, self.office.policy_of, withheld)

    def level(self) -> Level | None:
        """The impact level that two people have confirmed for this dossier."""
        if self.office is None:
            return None
        case, digest = self.office.case(self.sealed.manifest.pilot), self.sealed.manifest.digest
        approved = case.approval is not None and case.approval.dossier == digest
        return case.level if approved or case.dossier == digest else None


def _newest(beside: Beside | None, workspace: Path | None) -> Path:
    """The pilot's dossier that was written last. Raises :class:`ConfigError` where there is none."""
    pilot = "" if beside is None else beside.pilot
    for folder in newest_dossiers(workspace):
        if folder.parent.name == pilot:
            return folder
    raise ConfigError.because(
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
