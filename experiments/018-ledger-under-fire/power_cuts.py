"""1,000 power cuts: what a disk may hold after each, replayed from the system calls of a real writer.

strace records what a writer asks of the disk. A cut at a random call keeps what was synced before, and of the
rest any 512-byte sectors, truncations and removals. The ledger that this leaves is opened and verified. The
writer appends to the ledger, or (`--through office`) is a board that votes as by `civic-ai decide`.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.laws.ledger_writers import write
from tests.laws.office_judge import judge as judge_office
from tests.laws.office_judge import votes_by_hand
from tests.laws.office_writers import Window, Word, board, clock, found_board
from tests.unit.review.made_case import act, deed, policy
from tests.unit.review.made_ledger import LOG, START, TRUST, found
from tests.unit.review.made_office import PILOT

from civic_ai.core.errors import CivicError
from civic_ai.review import ledger_engine
from civic_ai.review.ledger import open_ledger
from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.office import Office
from civic_ai.store.blobs import Blobs

HERE, SECTOR, VOTES = Path(__file__).parent, 512, 25
CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat"
CALL = re.compile(r'^\d+ +(\w+)\((?:AT_FDCWD[^,]*, )?(?:\d+<([^>]*)>|"([^"]*)")(.*)\) = \d+$')


@dataclass
class File:
    """What is on the disk for certain, and what was asked since the last sync; None: no file."""

    durable: bytes | None = None
    pending: list[tuple[str, int, bytes]] = field(default_factory=list)

    def after(self, draw: random.Random | None) -> bytes | None:
        """The content: all of what was asked (no ``draw``), or any part of it."""
        made = None if self.durable is None else bytearray(self.durable)
        share = 1.0 if draw is None else draw.choice([0.0, 0.3, 0.7, 0.95])
        for how, at, data in self.pending:
            for start in range(0, max(len(data), 1), SECTOR):
                if draw is None or draw.random() < share:
                    made = applied(made, how, at + start, data[start : start + SECTOR])
        return None if made is None else bytes(made)


def applied(content: bytearray | None, act: str, at: int, data: bytes) -> bytearray | None:
    if act == "unlink":
        return None
    made = bytearray() if content is None else content
    size = at if act == "ftruncate" else max(len(made), at + len(data))
    made.extend(b"\0" * (size - len(made)))
    del made[size:]
    if act == "write":
        made[at : at + len(data)] = data
    return made


def record(folder: Path, synchronous: str, through: str) -> list[tuple[str, str, int, bytes]]:
    """The calls of a writer of ``VOTES`` votes: act, file name, place, bytes."""
    trace = folder / "trace.txt"
    me = [sys.executable, __file__, "--write", str(folder), "--synchronous", synchronous]
    me += ["--through", through]
    subprocess.run(["strace", "-f", "-y", "-xx", "-s", "200000", "-e", CALLS, "-o", trace, *me], check=True)
    return [call for line in trace.read_text().splitlines() if (call := read_call(line, folder))]


def read_call(line: str, folder: Path) -> tuple[str, str, int, bytes] | None:
    found_ = CALL.match(line)
    if not found_:
        return None
    act, named, path, rest = found_[1], found_[2], found_[3], found_[4]
    place = Path(unhex(named or path).decode())
    if place.parent != folder or place.name.endswith(("-shm", "trace.txt")):
        return None
    if act in ("write", "pwrite64"):
        data = unhex(rest.split('"')[1])
        at = int(rest.rsplit(",", 1)[1]) if act == "pwrite64" else -1
        return ("ack" if place.name == "told.txt" else "write", place.name, at, data)
    return (act.removesuffix("at"), place.name, int(rest.strip(", ")) if act == "ftruncate" else 0, b"")


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def cut(
    calls: list[tuple[str, str, int, bytes]], start: dict[str, bytes], draw: random.Random, judged: Judge
) -> tuple[bool, str]:
    """Whether an acknowledged vote is lost, and what verification says, after one cut."""
    files, told = {name: File(content) for name, content in start.items()}, b""
    for how, name, at, data in calls[: draw.randrange(len(calls) + 1)]:
        one = files.setdefault(name, File())
        if how == "ack":
            told += data
        elif how in ("fsync", "fdatasync"):
            one.durable, one.pending = one.after(None), []
        else:
            one.pending.append((how, at, data))
    with tempfile.TemporaryDirectory() as name:
        for file, one in files.items():
            if (content := one.after(draw)) is not None and file != "told.txt":
                (Path(name) / file).write_bytes(content)
        return judged(Path(name), told.decode())


Judge = Callable[[Path, str], tuple[bool, str]]


def judge(folder: Path, told: str) -> tuple[bool, str]:
    acknowledged = set(told.split())
    try:
        exported = export(open_ledger(f"sqlite:///{folder}/ledger.sqlite").snapshot())
    except CivicError:
        return bool(acknowledged), "cannot be opened"
    checked = verify_ledger(exported, TRUST, START + timedelta(days=36500))
    stands = {entry.envelope.payload for entry, _ in checked.admitted}
    return not acknowledged <= stands, "good" if checked.is_good else "faults"


def judge_decisions(blobs: Path, before: int) -> Judge:
    """Of a board: each step that a person was told stands, stands once; the ledger verifies and the case
    folds again; its votes are those counted by hand from the raw JSON; and the office goes on."""

    def judged(folder: Path, told: str) -> tuple[bool, str]:
        words = [Word(**json.loads(line)) for line in told.splitlines()]
        try:
            office = office_at(folder, blobs)
            found_ = judge_office(office, words, before)
            case, by_hand = office.case(PILOT), votes_by_hand(export(office.ledger.snapshot()))
            said = Window(office, folder / "next.txt").take(PILOT, act(deed("comment", "coa", "coach")))
        except (CivicError, ValueError):
            return bool(words), "cannot be opened"
        votes = case.decisions[-1].votes if case.meeting is None else case.meeting.votes
        is_whole = [(one.by, one.verdict) for one in votes] == list(by_hand.items())
        return found_.lost > 0, "good" if found_.is_right and is_whole and not said.refusal else "faults"

    return judged


def office_at(folder: Path, blobs: Path) -> Office:
    return Office(open_ledger(f"sqlite:///{folder}/ledger.sqlite", LOG, clock), policy(), Blobs(blobs))


def decide(folder: Path) -> None:
    """Everybody votes, then the chair states what the votes gave; each is noted once the person was told."""
    window = Window(office_at(folder, folder / "blobs"), folder / "told.txt")
    voters = [(name, role) for name, role in board(VOTES - 1) if role in ("chair", "member")]
    for name, role in voters:
        window.take(PILOT, act(deed("vote", name, role)))
    window.take(PILOT, act(deed("close_vote", "cha", "chair")))


def measure(synchronous: str, cuts: int, through: str) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder, judged = Path(name).resolve(), judge
        if through == "office":
            office = found_board(f"sqlite:///{folder}/ledger.sqlite", folder, VOTES - 1)
            judged = judge_decisions(folder / "blobs", len(office.ledger.entries()))
            office.ledger.engine.dispose()
        else:
            found(folder)
        start = {"ledger.sqlite": (folder / "ledger.sqlite").read_bytes()}
        calls = record(folder, synchronous, through)
        told = [cut(calls, start, random.Random(number), judged) for number in range(cuts)]
    says = [one for _, one in told]
    kinds = {kind: says.count(kind) for kind in ("good", "faults", "cannot be opened")}
    acknowledged = sum(data.count(b"\n") for how, _, _, data in calls if how == "ack")
    lost = sum(is_lost for is_lost, _ in told)
    head = {"through": through, "synchronous": synchronous, "calls": len(calls)}
    return head | {"acknowledged": acknowledged, "cuts": cuts, "cuts_that_lost": lost} | kinds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=1000)
    parser.add_argument("--through", choices=["ledger", "office"], default="ledger")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--synchronous", default="FULL")
    given = parser.parse_args()
    if given.write:
        pragmas = (one.replace("FULL", given.synchronous) for one in ledger_engine._PRAGMAS)
        ledger_engine._PRAGMAS = tuple(pragmas)
        if given.through == "office":
            decide(given.write)
        else:
            write(f"sqlite:///{given.write}/ledger.sqlite", given.write / "told.txt", range(VOTES), None)
        return
    rows = []
    for synchronous, cuts in (("FULL", given.cuts), ("OFF", given.cuts // 5)):
        rows.append(measure(synchronous, cuts, given.through))
        print(rows[-1], flush=True)
    name = "power_cuts.csv" if given.through == "ledger" else "power_cuts_office.csv"
    with (HERE / name).open("w", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
