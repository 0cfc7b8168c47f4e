"""Processes that append to one ledger: killed at random moments, or many at once.

Each is a process of its own (forked, so that it need not load everything again) with connections of its own.
For each vote it appends it writes down the payload, after the commit: that is what was acknowledged.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from civic_ai.review.ledger import open_ledger
from tests.unit.review.made_ledger import ANA, LOG, vote

_FORK = multiprocessing.get_context("fork")
_MANY = 100_000


@dataclass(frozen=True)
class Killed:
    """What writers said that it stands, and how many of them were killed while they wrote."""

    acknowledged: frozenset[str]
    kills: int


def kill_writers(url: str, folder: Path, draw: random.Random, kills: int) -> Killed:
    """Start a writer, kill it with SIGKILL at a random moment after its first word, and so on."""
    acknowledged: set[str] = set()
    for number in range(kills):
        told = folder / f"told-{number}.txt"
        writer = start(url, told, number, _MANY)
        while writer.is_alive() and not told.stat().st_size:
            time.sleep(0.002)
        time.sleep(draw.random() * 0.1)
        writer.kill()
        writer.join()
        assert writer.exitcode == -signal.SIGKILL
        acknowledged |= words(told)
    return Killed(frozenset(acknowledged), kills)


def write_at_once(url: str, folder: Path, writers: int) -> Killed:
    """One append from each of many processes, all of them waiting for the same signal."""
    gate = folder / "gate"
    running = [start(url, folder / f"told-{number}.txt", number, 1, gate) for number in range(writers)]
    time.sleep(0.5)
    gate.touch()
    for one in running:
        one.join()
    assert [one.exitcode for one in running] == [0] * writers
    told = [words(folder / f"told-{number}.txt") for number in range(writers)]
    assert all(len(one) == 1 for one in told)
    return Killed(frozenset().union(*told), 0)


def start(url: str, told: Path, writer: int, count: int, gate: Path | None = None) -> BaseProcess:
    """A process that appends ``count`` votes of its own, once ``gate`` stands."""
    told.touch()
    made = _FORK.Process(target=write, args=(url, told, range(writer * _MANY, writer * _MANY + count), gate))
    made.start()
    return made


def words(told: Path) -> set[str]:
    """The payloads that were acknowledged; a word cut off by the kill is none."""
    return set(told.read_text().split("\n")[:-1])


def write(url: str, told: Path, numbers: range, gate: Path | None) -> None:
    """Append one vote for each number; write each down once it stands."""
    while gate is not None and not gate.exists():
        time.sleep(0.005)
    ledger = open_ledger(url, LOG)
    with told.open("a") as out:
        for number in numbers:
            envelope = vote(number, ANA)
            with ledger.writing() as book:
                book.append(envelope)
            out.write(envelope.payload + "\n")
            out.flush()
