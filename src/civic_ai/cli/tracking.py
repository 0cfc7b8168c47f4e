"""``civic-ai sync``: send MLflow what it has not had yet."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.cli.office import POLICY_HELP, WORKSPACE_HELP, open_desk
from civic_ai.cli.record import LedgerOption, ledger_stands
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.tracking.sync import SyncReport

PENDING = 3


def sync(
    workspace: Annotated[Path | None, typer.Option(help=WORKSPACE_HELP)] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the server.")] = 120.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ledger: LedgerOption = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
) -> int:
    """Send sealed dossiers that are still waiting to MLflow, each once, and put the aliases of models where
    the ledger's decisions say, wherever they were made."""
    from civic_ai.store.workspace import open_workspace
    from civic_ai.tracking.aliases import post_moves
    from civic_ai.tracking.sync import sync as sync_workspace

    home = open_workspace(os.environ, workspace)
    if ledger_stands(ledger, home.folder):
        post_moves(home, open_desk(ledger, workspace, policy).office)
    report = sync_workspace(home, wait_seconds=wait)
    print(json.dumps(sync_json(report), ensure_ascii=False) if as_json else sync_text(report))
    return 0 if report.is_done else PENDING


def sync_json(report: SyncReport) -> dict[str, object]:
    """What was sent, what is pending and why."""
    return {
        "schema": "sync/1",
        "store": report.store,
        "sent": report.sent,
        "pending": report.pending,
        "reasons": [reason.text() for reason in report.reasons],
        "noticed": [noticed.text() for noticed in report.noticed],
    }


def sync_text(report: SyncReport) -> str:
    """One or two lines for people."""
    language = reader_language()
    noticed = [f"  {each.text(language)}" for each in report.noticed]
    if report.is_done:
        says = say("MLflow ({store}) has everything.", store=report.store)
        return "\n".join([says.text(language), *noticed])
    says = say("MLflow ({store}) has not had everything; `civic-ai sync` sends the rest.", store=report.store)
    return "\n".join(
        [says.text(language), *(f"  {reason.text(language)}" for reason in report.reasons), *noticed]
    )
