"""``civic-ai publish``: the public record as a static site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.dates import today
from civic_ai.cli.language import reader_language
from civic_ai.cli.office import POLICY_HELP, WORKSPACE_HELP, open_desk
from civic_ai.cli.record import LedgerOption, LogPublicOption, log_public_key
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.records.case import Case
    from civic_ai.store.workspace import Workspace


def publish(
    to: Annotated[Path, typer.Option(help="The folder of the site; an earlier site is replaced.")],
    dossier: Annotated[
        list[Path] | None,
        typer.Option(
            help="A sealed dossier; else of each pilot the one that was handed in. May be given often."
        ),
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

    desk = open_desk(ledger, workspace, policy)
    office, log_key = desk.office, log_public_key(log, workspace)
    desk.require_continued(log_key)
    by_pilot = {read_sealed(folder, "public").manifest.pilot: folder for folder in dossier or ()}
    if not dossier and desk.workspace is not None:
        by_pilot = handed_in(office.cases(), desk.workspace)
    many = write_site(gather(office, by_pilot, log_key, today()), to)
    print(say("{many} files stand in {folder}", many=many, folder=to).text(reader_language()))
    return 0


def handed_in(cases: Mapping[str, Case], workspace: Workspace) -> dict[str, Path]:
    """Of each case on the record the folder of the dossier that the public reads, where it stands. What
    somebody ran and nobody handed in is nobody's public record."""
    from civic_ai.review.register import shown_dossier

    found = {
        pilot: workspace.dossiers(pilot) / digest[:12]
        for pilot, case in cases.items()
        if (digest := shown_dossier(case)) is not None
    }
    return {pilot: folder for pilot, folder in found.items() if folder.is_dir()}
