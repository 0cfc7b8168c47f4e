"""``civic-ai verify``: recompute a dossier's manifest and say what was altered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

ALTERED = 3


def verify(
    dossier: Annotated[Path, typer.Argument(help="The dossier's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Say whether a dossier is intact, and if not, which files were altered."""
    from civic_ai.cards.dossier import verify as verify_folder

    found = verify_folder(dossier)
    print(json.dumps(found.to_json(), ensure_ascii=False) if as_json else found.text())
    return 0 if found.is_intact else ALTERED
