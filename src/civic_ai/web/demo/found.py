"""Found the demonstration: unpack its dossiers, enrol its people, take every step, on a calendar of its own.

The calendar ends today: a case that is in use was handed in half a year ago. Nothing is entered that the
workflow would refuse, and every step is signed by the key of the person who takes it.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.policy.load import load_policy
from civic_ai.review.envelope import seal_envelope
from civic_ai.review.key_files import KeyFile, make_key_file, note_key
from civic_ai.review.keys import enrol
from civic_ai.review.ledger import Ledger, found_ledger
from civic_ai.review.office import Office
from civic_ai.review.signatures import sign_statement
from civic_ai.store.workspace import Workspace
from civic_ai.web.demo.kept import Kept
from civic_ai.web.demo.people import CUSTODIAN, PLAYERS
from civic_ai.web.demo.pilots import PILOTS, DemoPilot
from civic_ai.web.demo.taking import Taking
from civic_ai.web.demo.ways import WAYS, Deed

SHIPPED = "dossiers.tar.xz"
LOG_NAME = "demonstration.example/ledger"
FIRST_HOUR = 9


@dataclass
class Calendar:
    """The ledger's clock while the demonstration is founded: each reading is a second later."""

    moment: datetime

    def __call__(self) -> datetime:
        """The next second."""
        self.moment += timedelta(seconds=1)
        return self.moment

    def turn_to(self, day: date) -> None:
        """The morning of this day, unless it has come already."""
        self.moment = max(self.moment, datetime.combine(day, time(FIRST_HOUR), UTC))


@dataclass(frozen=True)
class Scheduled:
    """One deed of one pilot, on its day; ``number``: of the deed in its case."""

    day: date
    case: int
    number: int
    deed: Deed


def found_demo(home: Path, today: date) -> Workspace:
    """The demonstration in the new folder ``home``, as it stands on ``today``.

    Raises :class:`RefusedError` where something stands there already.
    """
    if home.exists() and any(home.iterdir()):
        raise RefusedError.because(
            say("something stands in this folder already"),
            about=str(home),
            remedy=say("Name an empty folder for the demonstration, or none."),
        )
    workspace = Workspace(home)
    unpack(home)
    plan = schedule(today)
    calendar = Calendar(datetime.combine(plan[0].day - timedelta(days=7), time(FIRST_HOUR), UTC))
    office, keys = founded(workspace, calendar)
    taking = Taking(office, keys)
    kept = [_kept(workspace, office, pilot) for pilot in PILOTS]
    for one in plan:
        calendar.turn_to(one.day)
        taking.take(kept[one.case], one.deed, one.day)
    return workspace


def unpack(home: Path) -> None:
    """Write the shipped dossiers and what the cities say of their pilots: ``dossiers`` and ``pilots``."""
    home.mkdir(parents=True, exist_ok=True)
    shipped = files("civic_ai.web.demo") / SHIPPED
    with shipped.open("rb") as source, tarfile.open(fileobj=source, mode="r:xz") as archive:
        archive.extractall(home, filter="data")


def schedule(today: date) -> list[Scheduled]:
    """Every deed of every pilot in the order of its day; each case ends as many days ago as it says."""
    return sorted(
        (one for number, pilot in enumerate(PILOTS) for one in _of_case(number, pilot, today)),
        key=lambda one: (one.day, one.case, one.number),
    )


def _of_case(case: int, pilot: DemoPilot, today: date) -> Iterator[Scheduled]:
    way = WAYS[pilot.left_in]
    day = today - timedelta(days=pilot.days_ago + sum(deed.days for deed in way))
    for number, deed in enumerate(way):
        day += timedelta(days=deed.days)
        yield Scheduled(day, case, number, deed)


def founded(workspace: Workspace, calendar: Calendar) -> tuple[Office, dict[str, KeyFile]]:
    """The office on a new ledger, and everybody's key, enrolled by its custodian."""
    keys = workspace.folder / "keys"
    log = make_key_file(keys / "log.key", "log", LOG_NAME)
    people = {
        each.person: make_key_file(keys / f"{each.account}.key", "ed25519", each.person) for each in PLAYERS
    }
    ledger = found_ledger(f"sqlite:///{workspace.folder / 'ledger.sqlite'}", note_key(log), calendar)
    _enrol(ledger, people)
    return Office(ledger, load_policy(None), workspace.blobs), people


def _enrol(ledger: Ledger, people: dict[str, KeyFile]) -> None:
    custodian = people[CUSTODIAN]
    with ledger.writing() as book:
        for person in (CUSTODIAN, *(name for name in people if name != CUSTODIAN)):
            said = enrol(people[person].public_key, is_custodian=person == CUSTODIAN)
            book.append(seal_envelope(said, [sign_statement(said, custodian.public_key, custodian.key)]))


def _kept(workspace: Workspace, office: Office, pilot: DemoPilot) -> Kept:
    (dossier,) = workspace.dossiers(pilot.name).iterdir()
    return Kept(pilot, office.policy, workspace.folder / "pilots" / pilot.name, dossier)
