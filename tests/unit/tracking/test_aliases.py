"""The aliases follow the ledger alone: whoever entered a step, and at whichever desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlflow import MlflowClient

from civic_ai.records.alias import AliasMove
from civic_ai.review.office import Office
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.aliases import last_move, post_last_move, post_moves
from civic_ai.tracking.mirror import mirror
from civic_ai.tracking.outbox import alias_moves
from civic_ai.tracking.registry import aliases, model_name
from civic_ai.tracking.target import Target
from tests.unit.review.made_case import DIGESTS
from tests.unit.review.made_office import PILOT, TO_APPROVAL, Calendar, office_in, take, to_approval

A = DIGESTS["A"]
NAME = model_name(PILOT)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def office(tmp_path: Path, calendar: Calendar) -> Office:
    return office_in(tmp_path, calendar)


def move_of(office: Office) -> AliasMove:
    move = last_move(PILOT, office.events(PILOT))
    assert move is not None
    return move


def test_a_case_without_a_step_moves_nothing(office: Office) -> None:
    assert last_move(PILOT, office.events(PILOT)) is None


def test_an_approval_a_suspension_and_its_end_move_the_alias(office: Office) -> None:
    kind, by, role, given = TO_APPROVAL[0]
    opened = take(office, kind, by, role, **given)
    assert move_of(office) == AliasMove(pilot=PILOT, number=opened.entry.number, approved=None, retired=None)
    for kind, by, role, given in TO_APPROVAL[1:]:
        closed = take(office, kind, by, role, **given)
    approved = AliasMove(pilot=PILOT, number=closed.entry.number, approved=A, retired=None)
    assert move_of(office) == approved
    take(office, "comment", "coa", "coach")
    assert move_of(office) == approved, "a step that moves nothing is no new move"
    suspended = take(office, "suspend", "off", "governance_officer")
    assert move_of(office) == AliasMove(
        pilot=PILOT, number=suspended.entry.number, approved=None, retired=None
    )
    lifted = take(office, "lift_suspension", "cha", "chair")
    assert move_of(office) == approved.model_copy(update={"number": lifted.entry.number})


@pytest.mark.parametrize(
    ("kind", "by", "role"), [("stop", "cha", "chair"), ("lapse", "off", "governance_officer")]
)
def test_what_ended_is_retired(office: Office, calendar: Calendar, kind: str, by: str, role: str) -> None:
    to_approval(office)
    calendar.number = 1000
    ended = take(office, kind, by, role, at=calendar.number)
    assert move_of(office) == AliasMove(pilot=PILOT, number=ended.entry.number, approved=None, retired=A)


def test_a_new_round_after_a_suspension_leaves_nothing_approved(office: Office) -> None:
    to_approval(office)
    take(office, "suspend", "off", "governance_officer")
    take(office, "submit", "ona", "owner", dossier="B")
    assert (move_of(office).approved, move_of(office).retired) == (None, A)


def test_each_case_of_the_ledger_is_noted_once(office: Office, workspace: Workspace) -> None:
    to_approval(office)
    to_approval(office, "lamps", DIGESTS["B"])
    post_moves(workspace, office)
    noted = alias_moves(workspace)
    assert {(each.pilot, each.approved) for each in noted} == {(PILOT, A), ("lamps", DIGESTS["B"])}
    post_moves(workspace, office)
    post_last_move(workspace, PILOT, office.events(PILOT))
    assert alias_moves(workspace) == noted


def test_a_decision_made_at_a_desk_moves_the_registrys_aliases(
    office: Office, workspace: Workspace, local_store: str
) -> None:
    """MLflow in a file: the registry follows each step that a desk enters, with no word from the desk."""
    client, target = MlflowClient(local_store), Target(local_store)
    client.create_registered_model(NAME)
    client.create_model_version(NAME, "here", tags={"civic_ai.dossier": A, "civic_ai.copy_files": "none"})

    def synced() -> dict[str, str]:
        told: list[dict[str, str]] = []
        post_moves(workspace, office)
        mirror(workspace, target, told.append)
        assert told == []
        return aliases(client, NAME)

    to_approval(office)
    assert synced() == {"approved": "1"}
    take(office, "suspend", "off", "governance_officer")
    assert synced() == {}
    take(office, "lift_suspension", "cha", "chair")
    assert synced() == {"approved": "1"}
    take(office, "stop", "cha", "chair")
    assert synced() == {"retired": "1"}
