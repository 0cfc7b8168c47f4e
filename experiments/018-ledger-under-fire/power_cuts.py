"""1,000 power cuts: what a disk may hold after each, replayed from the system calls of a real writer.

strace records what a writer asks of the disk. A cut at a random call keeps what was synced before, and of the
rest any 512-byte sectors, truncations and removals. The ledger that this leaves is opened and verified.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.laws.ledger_writers import write
from tests.unit.review.made_ledger import START, TRUST, found

from civic_ai.core.errors import CivicError
from civic_ai.review import ledger_engine
from civic_ai.review.ledger import open_ledger
from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_verification import verify_ledger

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
        for act, at, data in self.pending:
            for start in range(0, max(len(data), 1), SECTOR):
                if draw is None or draw.random() < share:
                    made = applied(made, act, at + start, data[start : start + SECTOR])
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


def record(folder: Path, synchronous: str) -> list[tuple[str, str, int, bytes]]:
    """The calls of a writer of ``VOTES`` votes: act, file name, place, bytes."""
    trace = folder / "trace.txt"
    me = [sys.executable, __file__, "--write", str(folder), "--synchronous", synchronous]
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
    calls: list[tuple[str, str, int, bytes]], start: dict[str, bytes], draw: random.Random
) -> tuple[bool, str]:
    """Whether an acknowledged vote is lost, and what verification says, after one cut."""
    files, acknowledged = {name: File(content) for name, content in start.items()}, set[str]()
    for act, name, at, data in calls[: draw.randrange(len(calls) + 1)]:
        one = files.setdefault(name, File())
        if act == "ack":
            acknowledged |= set(data.decode().split())
        elif act in ("fsync", "fdatasync"):
            one.durable, one.pending = one.after(None), []
        else:
            one.pending.append((act, at, data))
    with tempfile.TemporaryDirectory() as name:
        for file, one in files.items():
            if (content := one.after(draw)) is not None and file != "told.txt":
                (Path(name) / file).write_bytes(content)
        return judge(Path(name), acknowledged)


def judge(folder: Path, acknowledged: set[str]) -> tuple[bool, str]:
    try:
        exported = export(open_ledger(f"sqlite:///{folder}/ledger.sqlite").snapshot())
    except CivicError:
        return bool(acknowledged), "cannot be opened"
    checked = verify_ledger(exported, TRUST, START + timedelta(days=36500))
    stands = {entry.envelope.payload for entry, _ in checked.admitted}
    return not acknowledged <= stands, "good" if checked.is_good else "faults"


def measure(synchronous: str, cuts: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        found(folder)
        start = {"ledger.sqlite": (folder / "ledger.sqlite").read_bytes()}
        calls = record(folder, synchronous)
    told = [cut(calls, start, random.Random(number)) for number in range(cuts)]
    says = [one for _, one in told]
    kinds = {kind: says.count(kind) for kind in ("good", "faults", "cannot be opened")}
    acknowledged = sum(data.count(b"\n") for act, _, _, data in calls if act == "ack")
    lost = sum(is_lost for is_lost, _ in told)
    head = {"synchronous": synchronous, "calls": len(calls), "votes": acknowledged, "cuts": cuts}
    return head | {"cuts_that_lost": lost} | kinds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=1000)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--synchronous", default="FULL")
    given = parser.parse_args()
    if given.write:
        pragmas = (one.replace("FULL", given.synchronous) for one in ledger_engine._PRAGMAS)
        ledger_engine._PRAGMAS = tuple(pragmas)
        write(f"sqlite:///{given.write}/ledger.sqlite", given.write / "told.txt", range(VOTES), None)
        return
    rows = [measure("FULL", given.cuts), measure("OFF", given.cuts // 5)]
    print(*rows, sep="\n")
    with (HERE / "power_cuts.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
