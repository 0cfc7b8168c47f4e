"""Where the aliases of a pilot's models belong, from the ledger alone: whoever entered the steps.

The desk loads no MLflow. So what was decided there reaches the registry with the next ``civic-ai sync``.
"""

from __future__ import annotations

from collections.abc import Iterable

from civic_ai.records.alias import AliasMove
from civic_ai.records.case import Case
from civic_ai.review.history import Event
from civic_ai.review.office import Office
from civic_ai.review.standing import StandingOffice
from civic_ai.review.steps import SUSPENDED
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.outbox import post_aliases


def last_move(pilot: str, events: Iterable[Event]) -> AliasMove | None:
    """Where the aliases have stood since the last step that moved one; None where nothing was done yet."""
    found: AliasMove | None = None
    for event in events:
        approved, retired = _aliases(event.after)
        if found is None or (approved, retired) != (found.approved, found.retired):
            found = AliasMove(pilot=pilot, number=event.step.number, approved=approved, retired=retired)
    return found


def post_moves(workspace: Workspace, office: Office) -> None:
    """Note for each case of the ledger where its aliases belong.

    Raises :class:`RefusedError` where the ledger has an entry that may not stand, :class:`StoreError` where a
    note cannot be written or a policy that ruled is not kept here.
    """
    for pilot, events in StandingOffice.of(office).reader.read().events.items():
        post_last_move(workspace, pilot, events)


def post_last_move(workspace: Workspace, pilot: str, events: Iterable[Event]) -> None:
    """The same for one case."""
    move = last_move(pilot, events)
    if move is not None:
        post_aliases(workspace, move)


def _aliases(case: Case) -> tuple[str | None, str | None]:
    """The dossier at work, unless it is suspended, and the last one that was; a suspended one is neither."""
    held = None if case.approval is None else case.approval.dossier
    once = [made.dossier for made in case.decisions if made.ends_on is not None and made.dossier != held]
    return None if case.state in SUSPENDED else held, once[-1] if once else None
