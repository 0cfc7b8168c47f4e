"""Dossiers that MLflow has not had yet: one small file each, written before anything is sent.

The file of a dossier stays; beside it stands a receipt for each tracking store that has all of it.
So a dossier is never sent twice to one store, and a new store gets what it has not had.

A decision leaves a note too: where the aliases of the pilot's registered models belong.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from civic_ai.core.canonical import canonical_json, digest_of_file
from civic_ai.records.alias import AliasMove
from civic_ai.records.sent import SentRun
from civic_ai.store.blobs import write_atomically
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.target import Target

Kind = Literal["dossier", "sweep"]


@dataclass(frozen=True)
class Waiting:
    """A sealed dossier (or a sweep) that a tracking store has not had in full, and where it stands."""

    digest: str
    folder: Path
    kind: Kind = "dossier"


def post(workspace: Workspace, dossier: Path, *, kind: Kind = "dossier") -> str:
    """Note that what stands in folder ``dossier`` under its manifest is to be sent; its digest.

    The folder is kept relative to the workspace, so that a workspace may be moved. Raises
    :class:`~civic_ai.core.errors.StoreError` when the note cannot be written.
    """
    digest = digest_of_file(dossier / "manifest.json")
    inside = dossier.resolve().relative_to(workspace.folder.resolve())
    write_atomically(_note(workspace, digest), canonical_json({"folder": inside.as_posix(), "kind": kind}))
    return digest


def waiting(workspace: Workspace, target: Target) -> tuple[Waiting, ...]:
    """Dossiers that the tracking store has not had in full, by digest. A new store has had nothing."""
    notes = sorted(workspace.outbox.glob("*.json"))
    return tuple(
        _read(workspace, note)
        for note in notes
        if target.is_new or not workspace.receipt(note.stem, target.name).exists()
    )


def post_aliases(workspace: Workspace, move: AliasMove) -> None:
    """Note where a pilot's aliases belong; what an earlier entry of the ledger said is replaced.

    Call it with every decision, after that stands on the ledger. Raises as :func:`post`.
    """
    posted = [each for each in alias_moves(workspace) if each.pilot == move.pilot]
    if all(each.number < move.number for each in posted):
        write_atomically(_alias_note(workspace, move), move.to_json())


def alias_moves(workspace: Workspace) -> tuple[AliasMove, ...]:
    """The last move of each pilot, by the pilot's name."""
    notes = sorted(workspace.outbox.glob("*.aliases"))
    return tuple(AliasMove.model_validate_json(note.read_bytes()) for note in notes)


def is_moved(workspace: Workspace, move: AliasMove, target: Target) -> bool:
    """Whether the tracking store was told of this very move."""
    receipt = workspace.receipt(move.pilot, target.name)
    return not target.is_new and receipt.exists() and receipt.read_text("utf-8") == move.digest


def mark_moved(workspace: Workspace, move: AliasMove, target: Target) -> None:
    """Keep a receipt: the tracking store's aliases stand where ``move`` says."""
    write_atomically(workspace.receipt(move.pilot, target.name), move.digest.encode())


def _alias_note(workspace: Workspace, move: AliasMove) -> Path:
    return workspace.outbox / f"{move.pilot}.aliases"


def mark_sent(workspace: Workspace, digest: str, target: Target, run_id: str) -> None:
    """Keep a receipt: the tracking store has all of the dossier, as run ``run_id``."""
    receipt = SentRun(run_id=run_id, store=target.name)
    write_atomically(workspace.receipt(digest, target.name), receipt.to_json())


def _note(workspace: Workspace, digest: str) -> Path:
    return workspace.outbox / f"{digest}.json"


def _read(workspace: Workspace, note: Path) -> Waiting:
    read = json.loads(note.read_bytes())
    return Waiting(note.stem, workspace.folder / read["folder"], read.get("kind", "dossier"))
