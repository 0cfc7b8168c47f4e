"""People who decide at one office, each from a process of their own: all at once, or killed while they do.

Every process takes its steps by the same call as ``civic-ai decide``, and notes what it was told once it was
told: that the step stands, or why it was refused.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import random
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from civic_ai.core.errors import RefusedError
from civic_ai.records.action import Action
from civic_ai.records.ledger import SignedEnvelope
from civic_ai.review.history import statement_of
from civic_ai.review.ledger import found_ledger, open_ledger
from civic_ai.review.office import Office
from civic_ai.review.statement import Statement
from civic_ai.store.blobs import Blobs
from tests.unit.review.made_case import DIGESTS, PEOPLE, act, deed, policy
from tests.unit.review.made_case import day as day_of
from tests.unit.review.made_ledger import LOG, key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, about_pilot, enrol_all

_FORK = multiprocessing.get_context("fork")
_HANDS_UP = next(number for number, step in enumerate(TO_APPROVAL) if step[0] == "open_meeting")
_PATIENCE = 240
"""Seconds after which a process that waits for the others is stuck."""
Told = list["Word"]
Run = Callable[["Window"], None]


@dataclass(frozen=True)
class Word:
    """What one process was told of one step: ``refusal`` is empty where the step stands."""

    by: str
    kind: str
    payload: str
    refusal: str


@dataclass(frozen=True)
class Window:
    """A window of the office in a process of its own, and the file in which it notes what it was told."""

    office: Office
    notes: Path

    def take(self, pilot: str, action: Action) -> Word:
        """Prepare, sign and enter one step, as ``civic-ai decide`` does; what the person was told."""
        signed: list[SignedEnvelope] = []

        def sign(statement: Statement) -> SignedEnvelope:
            signed.append(said(statement, key_file(action.by)))
            return signed[0]

        try:
            self.office.sign_and_enter(pilot, action, sign)
            refusal = ""
        except RefusedError as error:
            refusal = error.text()
        return self._noted(action, self._payload(pilot, action, signed), refusal)

    def _payload(self, pilot: str, action: Action, signed: list[SignedEnvelope]) -> str:
        """What was signed; where it was refused before that, what would have been."""
        about = getattr(action, "dossier", DIGESTS["A"])
        return (signed or [said(statement_of(pilot, action, about, self.office.policy))])[0].payload

    def _noted(self, action: Action, payload: str, refusal: str) -> Word:
        word = Word(action.by, action.kind, payload, refusal)
        with self.notes.open("a") as out:
            out.write(json.dumps(asdict(word)) + "\n")
        return word


def clock() -> datetime:
    """One clock for all processes, on the tiny city's first day."""
    return datetime.combine(day_of(0), datetime.min.time(), UTC) + timedelta(
        seconds=time.monotonic() % 80_000
    )


def board(members: int) -> tuple[tuple[str, str], ...]:
    """The people of the tiny city, with so many members; the first speaks for residents."""
    more = (f"m{number:02}" for number in range(members - sum(role == "member" for _, role in PEOPLE)))
    return (*PEOPLE, *((name, "member") for name in more))


def found_board(url: str, folder: Path, members: int) -> Office:
    """A new office whose board is in a meeting at which nobody has voted."""
    people = board(members)
    ledger = found_ledger(url, LOG, clock)
    enrol_all(ledger, dict.fromkeys(person for person, _ in people))
    made = Window(Office(ledger, policy(), Blobs(folder / "blobs")), folder / "before.txt")
    seats = tuple(person for person, role in people if role in ("chair", "member"))
    changed: dict[str, dict[str, Any]] = {"open_case": {"people": people}, "open_meeting": {"present": seats}}
    for kind, by, role, given in TO_APPROVAL[: _HANDS_UP + 1]:
        word = made.take(PILOT, act(deed(kind, by, role, **{**given, **changed.get(kind, {})})))
        assert not word.refusal, word
    return made.office


def vote_at_once(url: str, folder: Path, members: int) -> Told:
    """Everybody votes at one signal, each from a process. Every fifth member votes for and against from two
    windows, the next clicks twice, the next leaves meanwhile; the chair closes the vote from two windows."""
    jobs: list[Run] = [_closes, _closes, _votes("cha", "chair", "approve")]
    names = [person for person, role in board(members) if role == "member"]
    for number, name in enumerate(names):
        more = {
            0: [_votes(name, "member", "reject")],
            1: [_votes(name, "member", "approve")],
            2: [_leaves(name)],
        }
        jobs += [_votes(name, "member", "approve"), *more.get(number % 5, [])]
    gate, running = folder / "gate", list[BaseProcess]()
    for number, job in enumerate(jobs):
        running.append(_FORK.Process(target=_run, args=(url, folder, number, job, gate)))
        running[-1].start()
    time.sleep(0.5)
    gate.touch()
    for one in running:
        one.join(_PATIENCE)
    assert [one.exitcode for one in running] == [0] * len(jobs)
    return told_in(folder)


def told_in(folder: Path) -> Told:
    """What all processes noted; a line cut off by a kill is none."""
    notes = sorted(folder.glob("told-*.txt"))
    return [Word(**json.loads(line)) for one in notes for line in one.read_text().split("\n")[:-1]]


def _run(url: str, folder: Path, number: int, job: Run, gate: Path) -> None:
    while not gate.exists():
        time.sleep(0.005)
    job(_at(url, folder, number))


def _at(url: str, folder: Path, number: int) -> Window:
    office = Office(open_ledger(url, LOG, clock), policy(), Blobs(folder / "blobs"))
    return Window(office, notes_of(folder, number))


def notes_of(folder: Path, number: int) -> Path:
    """Where the process of that number notes what it was told."""
    notes = folder / f"told-{number}.txt"
    notes.touch()
    return notes


def _votes(by: str, role: str, verdict: str) -> Run:
    return lambda desk: _once(desk, deed("vote", by, role, verdict=verdict))


def _leaves(by: str) -> Run:
    return lambda desk: _once(desk, deed("declare_conflict", by, "member", person=by))


def _once(desk: Window, what: dict[str, object]) -> None:
    desk.take(PILOT, act(what))


def _closes(desk: Window) -> None:
    """Close the vote as soon as that may be done, by this window or the other."""
    until = time.monotonic() + _PATIENCE
    while desk.office.case(PILOT).meeting is not None and time.monotonic() < until:
        desk.take(PILOT, act(deed("close_vote", "cha", "chair")))


def kill_deciders(url: str, folder: Path, draw: random.Random, kills: int) -> Told:
    """A process decides on one pilot after another; it is killed with SIGKILL at a random moment after its
    first step, and the next goes on from what stands."""
    for number in range(kills):
        notes = notes_of(folder, number)
        decider = _FORK.Process(target=_decide, args=(url, folder, number))
        decider.start()
        while decider.is_alive() and not notes.stat().st_size:
            time.sleep(0.002)
        time.sleep(draw.random() * 0.15)
        decider.kill()
        decider.join()
        assert decider.exitcode == -signal.SIGKILL
    return told_in(folder)


def _decide(url: str, folder: Path, number: int) -> None:
    desk = _at(url, folder, number)
    for pilot in (f"pilot-{number}" for number in itertools.count()):
        for kind, by, role, given in TO_APPROVAL[len(desk.office.steps(pilot)) :]:
            desk.take(pilot, about_pilot(act(deed(kind, by, role, **given)), pilot, DIGESTS["A"]))
