"""``civic-ai verify``: recompute a dossier's manifest and say what was altered."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.cards.verification import Verification

ALTERED = 3


def verify(
    dossier: Annotated[Path, typer.Argument(help="The dossier's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Say whether a dossier is intact, and if not, which files were altered."""
    from civic_ai.cards.verification import verify as verify_folder

    found = verify_folder(dossier)
    print(_json(found) if as_json else _text(found))
    return 0 if found.intact else ALTERED


def _json(found: Verification) -> str:
    return json.dumps({"schema": "verify/1", "intact": found.intact, **asdict(found)}, ensure_ascii=False)


def _text(found: Verification) -> str:
    """One line a file that does not agree; one line when all is intact."""
    language = reader_language()
    if found.intact:
        evidence = (found.evidence or "")[:12]
        return say("intact: {digest} (evidence {evidence})", digest=found.digest, evidence=evidence).text(
            language
        )
    told = [
        *(say("altered: {path}", path=path) for path in found.altered),
        *(say("missing: {path}", path=path) for path in found.missing),
        *(say("unexpected: {path}", path=path) for path in found.unexpected),
    ]
    return "\n".join(message.text(language) for message in told)
