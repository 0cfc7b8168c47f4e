"""An office with everybody's key enrolled, on a clock that stands on a day of ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from civic_ai.records.action import Action, OnDossier, OpenCase
from civic_ai.records.policy import Policy
from civic_ai.review.keys import enrol
from civic_ai.review.ledger import Ledger, found_ledger
from civic_ai.review.office import Entered, Office
from civic_ai.store.blobs import Blobs
from tests.unit.review.made_case import COMMUNITY, DIGESTS, PEOPLE, act, day, deed, policy
from tests.unit.review.made_ledger import LOG, key_file, said

PILOT = "streets"
TO_APPROVAL: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("open_case", "ona", "owner", {"people": PEOPLE, "community": COMMUNITY}),
    ("submit", "ona", "owner", {}),
    ("propose_level", "off", "governance_officer", {}),
    ("confirm_level", "cha", "chair", {}),
    ("review", "tec", "technical_reviewer", {}),
    ("attest_reproduction", "tec", "technical_reviewer", {}),
    ("hand_to_board", "off", "governance_officer", {}),
    ("post_notice", "off", "governance_officer", {}),
    ("open_meeting", "cha", "chair", {}),
    ("vote", "cha", "chair", {}),
    ("vote", "com", "member", {}),
    ("vote", "mem", "member", {}),
    ("close_vote", "cha", "chair", {}),
)
"""The shortest honest way to an approved pilot, at level I."""


class Calendar:
    """A clock that the test sets; each reading is a second later."""

    def __init__(self) -> None:
        self.number, self.second = 0, 0

    def __call__(self) -> datetime:
        self.second += 1
        hour, rest = divmod(self.second, 3600)
        return datetime.combine(day(self.number), time(9 + hour, rest // 60, rest % 60), UTC)


def office_in(folder: Path, calendar: Calendar | None = None, ruled_by: Policy | None = None) -> Office:
    """A new office in which every person of the tiny city has an enrolled key."""
    ledger = found_ledger(f"sqlite:///{folder}/ledger.db", LOG, calendar or Calendar())
    enrol_all(ledger, [person for person, _ in PEOPLE])
    return Office(ledger, ruled_by or policy(), Blobs(folder / "blobs"))


def enrol_all(ledger: Ledger, people: Iterable[str]) -> None:
    """Enrol the key of each on a new ledger; the governance officer is the custodian."""
    custodian = key_file("off")
    with ledger.writing() as book:
        book.append(said(enrol(custodian.public_key, is_custodian=True), custodian))
        for person in people:
            if person != "off":
                book.append(said(enrol(key_file(person).public_key), custodian))


def take(office: Office, kind: str, by: str, role: str, **given: Any) -> Entered:
    """One step by its own person."""
    return _enter(office, PILOT, act(deed(kind, by, role, **given)))


def take_as(office: Office, pilot: str, step: tuple[str, str, str, dict[str, Any]]) -> Entered:
    """One step by its own person in the case of another pilot."""
    kind, by, role, given = step
    return _enter(office, pilot, about_pilot(act(deed(kind, by, role, **given)), pilot, DIGESTS["A"]))


def to_approval(office: Office, pilot: str = PILOT, dossier: str = DIGESTS["A"]) -> Entered:
    """Every step up to an approved pilot; the last one."""
    for kind, by, role, given in TO_APPROVAL:
        entered = _enter(office, pilot, about_pilot(act(deed(kind, by, role, **given)), pilot, dossier))
    return entered


def _enter(office: Office, pilot: str, action: Action) -> Entered:
    return office.enter(said(office.prepare(pilot, action), key_file(action.by)))


def about_pilot(action: Action, pilot: str, dossier: str) -> Action:
    """The same action about this pilot and dossier."""
    if isinstance(action, OpenCase):
        return action.model_copy(update={"pilot": pilot})
    if not isinstance(action, OnDossier):
        return action
    bound = getattr(action, "binding", None)
    moved = {} if bound is None else {"binding": bound.model_copy(update={"dossier": dossier})}
    return action.model_copy(update={"dossier": dossier, **moved})
