"""Where a scientist finds the run of a dossier in MLflow: by the receipt that the tracking side left."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from pydantic import ValidationError

from civic_ai.records.sent import SentRun
from civic_ai.store.workspace import Workspace

ADDRESS = ("http://", "https://")


@dataclass(frozen=True)
class TrackedRun:
    """A run by its name in the tracking store, and its page; None where nobody said where its pages are."""

    run_id: str
    address: str | None


def tracked_run(workspace: Workspace, digest: str, pages: str | None) -> TrackedRun | None:
    """The run of this dossier; None where no tracking store has confirmed that it has one.

    ``pages``: where people open MLflow, as the desk's settings say; else the address of the store itself.
    """
    receipts = [one for path in workspace.receipts(digest) if (one := _read(path.read_bytes())) is not None]
    receipts.sort(key=lambda one: not one.store.startswith(ADDRESS))
    if not receipts:
        return None
    first = receipts[0]
    at = pages or (first.store if first.store.startswith(ADDRESS) else None)
    return TrackedRun(first.run_id, None if at is None else f"{at.rstrip('/')}/#/runs/{quote(first.run_id)}")


def _read(content: bytes) -> SentRun | None:
    try:
        return SentRun.model_validate_json(content)
    except ValidationError:
        return None
