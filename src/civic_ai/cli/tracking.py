"""``civic-ai sync``: send MLflow what it has not had yet."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.tracking.sync import SyncReport

PENDING = 3


def sync(
    workspace: Annotated[Path | None, typer.Option(help="Where generated things are kept.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the server.")] = 120.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Send sealed dossiers that are still waiting to MLflow, each once."""
    from civic_ai.store.workspace import open_workspace
    from civic_ai.tracking.sync import sync as sync_workspace

    report = sync_workspace(open_workspace(os.environ, workspace), wait_seconds=wait)
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
