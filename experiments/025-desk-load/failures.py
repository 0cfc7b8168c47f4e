"""A running desk is killed, locked out of its ledger, or out of disk while ten vote: what is seen and stands.

A voter whose vote was not acknowledged hands the same signed file in again, as a person would.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from run import HERE, Made, lost, make, port_that_is_free, served

from civic_ai.review.envelope import seal_envelope
from civic_ai.review.signatures import sign_statement
from civic_ai.review.statement import read_statement

sys.path.insert(0, str(HERE.parents[1]))
from client import Browser, Seen
from made import VOTERS, Size, key_file

TRIES, PAUSE = 60, 0.5
Harm = Callable[[int, Made, Event], None]


def kill_workers(server: int, made: Made, over: Event) -> None:
    """SIGKILL to a worker, again and again; gunicorn forks another."""
    chance = random.Random(7)
    while not over.wait(chance.uniform(0.3, 1)):
        found = subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True, check=False)
        if found.stdout.split():
            with suppress(ProcessLookupError):
                os.kill(int(chance.choice(found.stdout.split())), signal.SIGKILL)
                Counted.harms += 1


def lock_ledger(server: int, made: Made, over: Event) -> None:
    """Another process holds the ledger for longer than a page waits."""
    while not over.wait(0.2):
        held = sqlite3.connect(made.settings.parent / "ledger.sqlite", isolation_level=None, timeout=30)
        held.execute("BEGIN IMMEDIATE")
        Counted.harms += 1
        over.wait(24)
        held.execute("ROLLBACK")
        held.close()
        over.wait(30)


def fill_disk(server: int, made: Made, over: Event) -> None:
    """No file of the server's processes may grow beyond what the ledger has now; later it may again."""
    over.wait(2)
    found = subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True, check=False)
    full = max(path.stat().st_size for path in made.settings.parent.glob("*.sqlite*"))
    for pid in map(int, found.stdout.split()):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        Counted.harms += 1
    over.wait(6)
    for pid in map(int, found.stdout.split()):
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Counted:
    """How often harm was done."""

    harms = 0


async def votes(browser: Browser, person: str, size: Size, answers: Counter[str]) -> None:
    """Vote in each meeting; whatever is not acknowledged is asked again."""
    key = key_file(person)
    for pilot in size.to_vote_in:
        form = {"verdict": "approve", "reason": f"{person} read the dossier of {pilot}."}
        path = f"/cases/{pilot}/steps/vote/"
        where = await again(lambda path=path, form=form: browser.sends("form", path, form), answers, browser)
        body = await again(
            lambda where=where: browser.get("statement", f"{where}statement.json"), answers, browser
        )
        statement = read_statement(body)
        signed = seal_envelope(statement, [sign_statement(statement, key.public_key, key.key)]).to_json()
        send = lambda where=where, signed=signed: browser.hands_in("signed", where, signed)  # noqa: E731
        entered = await again(send, answers, browser)
        browser.seen.acknowledged.append((person, pilot, int(entered.rstrip("/").rpartition("/")[2])))


async def again(ask, answers: Counter[str], browser: Browser):  # type: ignore[no-untyped-def]
    """The answer, after as many tries as it takes; what else was seen is counted."""
    for _ in range(TRIES):
        before = len(browser.seen.wrong)
        found = await ask()
        if len(browser.seen.wrong) == before:
            return found
        answers[browser.seen.wrong[-1].rpartition(": ")[2]] += 1
        await asyncio.sleep(PAUSE)
    raise TimeoutError(browser.seen.wrong[-1])


def harmed(name: str, harm: Harm, meetings: int) -> tuple[object, ...]:
    """Everybody votes while harm is done."""
    Counted.harms, port, answers = 0, port_that_is_free(), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="desk-harm-") as folder:
        urls = (f"sqlite:///{folder}/ledger.sqlite", f"sqlite:///{folder}/desk.sqlite")
        made = make(Path(folder), *urls, port, Size(meetings + 5, meetings))
        seen, over, began = Seen(), Event(), time.perf_counter()

        async def everybody() -> None:
            await asyncio.gather(
                *(votes(Browser(port, made.sessions[who], seen), who, made.size, answers) for who in VOTERS)
            )

        with served(made, port) as (server, _):
            doing = Thread(target=harm, args=(server.pid, made, over))
            doing.start()
            try:
                asyncio.run(everybody())
            finally:
                over.set()
                doing.join()
        found = lost(made, urls[0], seen)
        seconds = round(time.perf_counter() - began, 1)
        seen_by_people = " ".join(f"{what}:{many}" for what, many in sorted(answers.items()))
        return (name, Counted.harms, *found.values(), seen_by_people, seconds)


def main() -> None:
    """Write failures.csv; 3 where a vote was lost or doubled, or a page was without words (500)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--meetings", type=int, default=8)
    given = parser.parse_args()
    rows = [
        harmed("kill -9 of workers", kill_workers, given.meetings),
        harmed("ledger locked by another process", lock_ledger, 1),
        harmed("disk full", fill_disk, given.meetings),
    ]
    head = (
        "what",
        "harms",
        "acknowledged",
        "stand",
        "lost",
        "doubled",
        "answers that were no success",
        "seconds",
    )
    for row in (head, *rows):
        print(*row)
    with (HERE / "failures.csv").open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows((head, *rows))
    sys.exit(3 if any(row[4] or row[5] or "500" in str(row[6]) for row in rows) else 0)


if __name__ == "__main__":
    main()
