"""``civic-ai sync``: send MLflow what it has not had yet."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

PENDING = 3


def sync(
    workspace: Annotated[Path | None, typer.Option(help="Where generated things are kept.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the server.")] = 120.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Send sealed dossiers that are still waiting to MLflow, each once."""
    from civic_ai.store.workspace import open_workspace
    from civic_ai.tracking.sync import sync as sync_workspace

    report = sync_workspace(open_workspace(os.environ, workspace).folder, wait_seconds=wait)
    print(json.dumps(report.to_json(), ensure_ascii=False) if as_json else report.sentence())
    return 0 if report.is_complete else PENDING
