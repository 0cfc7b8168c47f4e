"""``civic-ai publish``: the public record as a static site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from civic_ai.cli.compare import newest_dossiers
from civic_ai.cli.dates import today
from civic_ai.cli.language import reader_language
from civic_ai.cli.office import POLICY_HELP, WORKSPACE_HELP, open_desk
from civic_ai.cli.record import LedgerOption, LogPublicOption, log_public_key
from civic_ai.core.messages import say


def publish(
    to: Annotated[Path, typer.Option(help="The folder of the site; an earlier site is replaced.")],
    dossier: Annotated[
        list[Path] | None,
        typer.Option(help="A sealed dossier; else the newest of each pilot. May be given often."),
    ] = None,
    log: LogPublicOption = None,
    ledger: LedgerOption = None,
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
) -> int:
    """Write what everybody may read: pilots, decisions with receipts, public cards, yearly reports."""
    from civic_ai.cards.sealed import read_sealed
    from civic_ai.review.public_record import gather
    from civic_ai.review.publication import publish as write_site
    from civic_ai.review.register import shown_dossier

    office = open_desk(ledger, workspace, policy).office
    by_pilot = {read_sealed(folder, "public").manifest.pilot: folder for folder in dossier or ()}
    if not dossier:
        shown = {pilot: shown_dossier(case) for pilot, case in office.cases().items()}
        by_pilot = {
            newest.parent.name: _of(newest.parent, shown.get(newest.parent.name)) or newest
            for newest in newest_dossiers(workspace)
        }
    many = write_site(gather(office, by_pilot, log_public_key(log, workspace), today()), to)
    print(say("{many} files stand in {folder}", many=many, folder=to).text(reader_language()))
    return 0


def _of(dossiers: Path, digest: str | None) -> Path | None:
    """The folder of the dossier of that digest, where it stands: folders are named by its first letters."""
    folder = dossiers / (digest or "")[:12]
    return folder if digest and folder.is_dir() else None
