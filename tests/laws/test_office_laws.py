"""What holds when many decide at once, or are killed while they decide: nothing lost, doubled or unexplained.

``experiments/018-ledger-under-fire/decisions.py`` does the same with 50 members and 200 kills.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from civic_ai.review.ledger import found_ledger
from civic_ai.review.ledger_export import export
from civic_ai.review.office import Office
from civic_ai.store.blobs import Blobs
from tests.laws.office_judge import judge, votes_by_hand
from tests.laws.office_writers import Word, board, clock, found_board, kill_deciders, vote_at_once
from tests.laws.postgres import new_database
from tests.unit.review.made_case import PEOPLE, policy
from tests.unit.review.made_ledger import LOG
from tests.unit.review.made_office import PILOT, TO_APPROVAL, enrol_all

MEMBERS, KILLS = 8, 10
MAY_SAY = (
    "has voted", "stands already", "This cannot be done now", "has declared a conflict", "has not voted",
    "is not at this meeting", "has left this case",
)  # fmt: skip


def check_votes(url: str, folder: Path, members: int) -> None:
    office = found_board(url, folder, members)
    before = len(office.ledger.entries())
    told = vote_at_once(url, folder, members)
    found = judge(office, told, before)
    assert found.is_right, found
    assert found.stands_unnoted == 0
    assert {word.refusal for word in told if not any(reason in word.refusal for reason in MAY_SAY)} == {""}
    case = office.case(PILOT)
    assert case.state == "approved_for_pilot"
    counted = {vote.by: vote.verdict for vote in case.decisions[-1].votes}
    assert counted == votes_by_hand(export(office.ledger.snapshot()))
    assert len(counted) == len(case.decisions[-1].votes) > members / 2
    check_each_was_told(told, members)


def check_each_was_told(told: list[Word], members: int) -> None:
    """Of two votes by one person one stands; everybody was heard, or had left; one window closed the vote."""
    for person in ("cha", *(name for name, role in board(members) if role == "member")):
        votes = [word for word in told if (word.by, word.kind) == (person, "vote")]
        left = any((word.by, word.kind) == (person, "declare_conflict") for word in told)
        assert sum(not word.refusal for word in votes) == 1 or left, votes
    assert sum(word.kind == "close_vote" and not word.refusal for word in told) == 1


def test_members_vote_at_once_while_the_chair_closes_on_sqlite(tmp_path: Path) -> None:
    check_votes(f"sqlite:///{tmp_path}/ledger.sqlite", tmp_path, MEMBERS)


def test_members_vote_at_once_while_the_chair_closes_on_postgresql(postgres: str, tmp_path: Path) -> None:
    check_votes(new_database(postgres, "votes"), tmp_path, MEMBERS)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_is_killed_while_deciding_loses_and_doubles_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    if kind == "postgresql":
        url = new_database(request.getfixturevalue("postgres"), "kills")
    check_kills(url, tmp_path, KILLS)


def check_kills(url: str, folder: Path, kills: int) -> None:
    ledger = found_ledger(url, LOG, clock)
    enrol_all(ledger, [person for person, _ in PEOPLE])
    office = Office(ledger, policy(), Blobs(folder / "blobs"))
    before = len(ledger.entries())
    told = kill_deciders(url, folder, random.Random(9), kills)
    found = judge(office, told, before)
    assert found.is_right, found
    assert found.refused == 0
    assert found.acknowledged >= kills
    assert found.stands_unnoted <= kills
    for pilot, case in office.cases().items():
        taken = [(step.action.kind, step.action.by) for step in office.steps(pilot)]
        assert taken == [(kind, by) for kind, by, *_ in TO_APPROVAL][: len(taken)]
        assert (len(taken) == len(TO_APPROVAL)) == (case.state == "approved_for_pilot")
