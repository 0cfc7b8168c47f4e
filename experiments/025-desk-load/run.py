"""50 readers and 10 voters at the desk at once, on SQLite and PostgreSQL; what pages cost, what is lost."""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(HERE)]

from client import Browser, Seen  # noqa: E402
from made import KEPT, VOTERS, Size, make_ledger, sessions, settings_file  # noqa: E402
from tests.laws.postgres import new_database, postgres_server  # noqa: E402
from tests.unit.review.made_ledger import key_file  # noqa: E402

from civic_ai.review.envelope import seal_envelope  # noqa: E402
from civic_ai.review.ledger import open_ledger  # noqa: E402
from civic_ai.review.signatures import sign_statement  # noqa: E402
from civic_ai.review.statement import read_statement  # noqa: E402
from civic_ai.web.demo.found import unpack  # noqa: E402
from civic_ai.web.settings_file import read_settings  # noqa: E402

PAGES = (
    ("queue", "/"),
    ("portfolio", "/portfolio/"),
    ("portfolio, filtered", "/portfolio/?attention=mine&sort=holds_until"),
    ("portfolio, words", "/portfolio/?words=which+pilot"),
    ("case", f"/cases/{KEPT}/"),
    ("meeting", f"/cases/{KEPT}/meeting/"),
    ("dossier", f"/cases/{KEPT}/dossiers/{{digest}}/"),
    ("register", "/register/"),
    ("keys", "/keys/"),
    ("verification", "/ledger/verification/"),
)
NOT_FOR_ALL = ("case", "meeting", "verification")
"""Pages that only some may open: those who have a part in the case, the auditor."""
Row = tuple[object, ...]
READER = "coa"
"""The coach takes part in every pilot: nobody's pages hold more."""
AUDITOR = "aud"
PAUSE = {"reader": 2.0, "voter": 1.0}
"""Seconds between two clicks, on average; uniformly from half to one and a half of it."""


@dataclass(frozen=True)
class Made:
    """A desk that was made: its file of settings, a session for everybody, the digest of the dossier."""

    settings: Path
    sessions: dict[str, str]
    digest: str
    size: Size
    entries: int


def make(home: Path, ledger: str, database: str, port: int, size: Size) -> Made:
    """In a process of its own: Django is told its settings once in each."""
    said = json.dumps([str(home), ledger, database, f"http://localhost:{port}", size.pilots, size.meetings])
    done = subprocess.run([sys.executable, __file__, "--make", said], check=True, stdout=subprocess.PIPE)
    found = json.loads(done.stdout)
    return Made(home / "desk.yaml", found["sessions"], found["digest"], size, found["entries"])


def make_here(said: str) -> None:
    """What :func:`make` starts."""
    home, ledger, database, address, pilots, meetings = json.loads(said)
    folder, size = Path(home), Size(pilots, meetings)
    file = settings_file(folder, ledger, database, address)
    unpack(folder / "unpacked")
    (dossier,) = (folder / "unpacked" / "dossiers" / KEPT).iterdir()
    entries = make_ledger(folder, ledger, size, dossier)
    print(json.dumps({"sessions": sessions(read_settings(file)), "digest": dossier.name, "entries": entries}))


@contextmanager
def served(made: Made, port: int) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The documented command; the seconds until it answered."""
    began = time.perf_counter()
    command = [str(Path(sys.executable).parent / "gunicorn"), "--config", "python:civic_ai.web.server"]
    environment = os.environ | {"CIVIC_AI_DESK": str(made.settings), "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}"], env=environment) as server:
        while True:
            assert server.poll() is None, "the desk did not start"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        try:
            yield server, time.perf_counter() - began
        finally:
            server.send_signal(signal.SIGTERM)


def load(made: Made, port: int, seconds: float) -> Seen:
    """Everybody at once; voters go on until their list of meetings or the time is over."""
    seen = Seen()

    async def everybody() -> None:
        until = time.perf_counter() + seconds
        readers = [
            _reads(Browser(port, session, seen), until, random.Random(person), made.digest)
            for person, session in made.sessions.items()
            if person not in VOTERS
        ]
        voters = [
            _votes(Browser(port, made.sessions[person], seen), person, until, made.size) for person in VOTERS
        ]
        await asyncio.gather(*readers, *voters)

    asyncio.run(everybody())
    return seen


async def _reads(browser: Browser, until: float, chance: random.Random, digest: str) -> None:
    await asyncio.sleep(chance.uniform(0, PAUSE["reader"]))
    pages = [page for page in PAGES if page[0] not in NOT_FOR_ALL]
    while time.perf_counter() < until:
        kind, path = chance.choice(pages)
        await browser.get(kind, path.format(digest=digest))
        await asyncio.sleep(PAUSE["reader"] * chance.uniform(0.5, 1.5))


async def _votes(browser: Browser, person: str, until: float, size: Size) -> None:
    chance, key = random.Random(person), key_file(person)
    for pilot in size.to_vote_in:
        await asyncio.sleep(PAUSE["voter"] * chance.uniform(0.5, 1.5))
        if time.perf_counter() > until:
            return
        await browser.get("meeting", f"/cases/{pilot}/meeting/")
        form = {"verdict": "approve", "reason": f"{person} read the dossier of {pilot}."}
        where = await browser.sends("vote, form", f"/cases/{pilot}/steps/vote/", form)
        if not where:
            continue
        statement = read_statement(await browser.get("statement", f"{where}statement.json"))
        signed = seal_envelope(statement, [sign_statement(statement, key.public_key, key.key)])
        entered = await browser.hands_in("vote, signed", where, signed.to_json())
        if entered:
            browser.seen.acknowledged.append((person, pilot, int(entered.rstrip("/").rpartition("/")[2])))


def lost(made: Made, ledger: str, seen: Seen) -> dict[str, int]:
    """What was acknowledged, against what stands."""
    entries = open_ledger(ledger).entries()
    said = [read_statement(entry.envelope.content) for entry in entries]
    votes = Counter(
        (str(one.predicate["by"]), one.subject[0].name) for one in said if one.predicate.get("kind") == "vote"
    )
    wrong = [
        one for one in seen.acknowledged
        if said[one[2]].predicate.get("by") != one[0] or said[one[2]].subject[0].name != one[1]
    ]  # fmt: skip
    return {
        "acknowledged": len(seen.acknowledged),
        "stand": sum(votes.values()),
        "lost": sum(votes[person, pilot] == 0 for person, pilot, _ in seen.acknowledged) + len(wrong),
        "doubled": sum(many > 1 for many in votes.values()),
    }


def pages_here(file: str, said: str) -> None:
    """What each page costs this process, in CPU seconds: noise of the machine does not inflate them."""
    sessions, digest, times = json.loads(said)
    os.environ["CIVIC_AI_DESK"] = file
    from civic_ai.web.start import from_environment

    began = time.process_time()
    application = from_environment()
    rows = [("start", "CPU seconds", time.process_time() - began)]
    for kind, path in PAGES if times else ():
        session = sessions[AUDITOR if kind == "verification" else READER]
        where, _, query = path.format(digest=digest).partition("?")
        took = []
        for _ in range(times + 1):
            environ = {
                "REQUEST_METHOD": "GET", "PATH_INFO": where, "QUERY_STRING": query,
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1",
                "HTTP_COOKIE": f"desk-session={session}", "wsgi.input": io.BytesIO(),
                "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
            }  # fmt: skip
            begins, status = time.process_time(), []
            body = b"".join(application(environ, lambda code, headers: status.append(code)))  # noqa: B023
            took.append(time.process_time() - begins)
            assert status == ["200 OK"], (path, status, body)
        rows += [(kind, "first", took[0]), *((kind, f"p{q}", at(took[1:], q)) for q in (50, 95, 99))]
    print(json.dumps([[*row[:2], round(row[2], 4)] for row in rows]))


def cost(made: Made, times: int) -> list[list[Any]]:
    """The rows of :func:`pages_here`, in a process of its own, each page made so often."""
    said = json.dumps([made.sessions, made.digest, times])
    child = [sys.executable, __file__, "--pages-of", str(made.settings), said]
    rows: list[list[Any]] = json.loads(subprocess.run(child, check=True, stdout=subprocess.PIPE).stdout)
    return rows


def at(values: Iterable[float], percent: float) -> float:
    """The value below which ``percent`` of them lie."""
    found = sorted(values)
    return found[min(len(found) - 1, int(len(found) * percent / 100))] if found else float("nan")


def memory(server: subprocess.Popen[bytes]) -> float:
    """Megabytes of the server's processes, what they share counted once."""
    listed = subprocess.run(["pgrep", "-P", str(server.pid)], capture_output=True, text=True, check=False)
    total = 0
    for pid in (str(server.pid), *listed.stdout.split()):
        rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in rolled.splitlines() if line.startswith("Pss:"))
    return total / 1024


def port_that_is_free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def measured(base: str, urls: tuple[str, str], given: argparse.Namespace, pilots: int) -> list[Row]:
    """One desk: made, served, used by everybody at once, checked."""
    which = f"{base}, {pilots} pilots"
    with tempfile.TemporaryDirectory(prefix="desk-load-") as name:
        return _measured(which, Path(name), urls, (given, pilots))


def _measured(
    which: str, folder: Path, urls: tuple[str, str], asked: tuple[argparse.Namespace, int]
) -> list[Row]:
    given, pilots = asked
    urls = (urls[0].format(folder=folder), urls[1].format(folder=folder))
    port, before = port_that_is_free(), os.getloadavg()[0]
    began = time.perf_counter()
    made = make(folder, *urls, port, Size(pilots, given.meetings))
    print(which, "made", made.entries, "entries in", round(time.perf_counter() - began, 1), "s", flush=True)
    rows: list[Row] = [(which, "load before", "1 minute", round(before, 2))]
    if given.pages and pilots == max(given.pilots) and which.startswith("sqlite"):
        rows += [(which, f"CPU: first {kind}", what, took) for kind, what, took in cost(made, 0)]
        rows += [(which, f"CPU: {kind}", what, took) for kind, what, took in cost(made, given.pages)]
    else:
        with served(made, port) as (_, seconds):
            rows.append((which, "first start", "seconds", round(seconds, 2)))
    with served(made, port) as (server, seconds):
        rows.append((which, "start", "seconds", round(seconds, 2)))
        rows.append((which, "memory", "MB, idle", round(memory(server))))
        seen = load(made, port, given.seconds)
        rows.append((which, "memory", "MB, after", round(memory(server))))
    for kind, took in sorted(seen.took.items()):
        rows.append((which, kind, "requests", len(took)))
        rows += [(which, kind, f"p{q}", round(at(took, q), 3)) for q in (50, 95, 99)]
    rows.append((which, "all", "errors", len(seen.wrong)))
    rows += [(which, "votes", what, many) for what, many in lost(made, urls[0], seen).items()]
    print(*seen.wrong[:10], sep="\n", flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--make")
    parser.add_argument("--pages-of", nargs=2)
    parser.add_argument("--pilots", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--meetings", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--pages", type=int, default=20, help="how often each page is made, for its CPU time")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    if given.make:
        make_here(given.make)
    elif given.pages_of:
        pages_here(*given.pages_of)
    else:
        report(given)


def report(given: argparse.Namespace) -> None:
    """Both databases; results.csv; 3 where anything was lost or went wrong."""
    rows: list[Row] = []
    for pilots in given.pilots:
        if given.only != "postgresql":
            urls = ("sqlite:///{folder}/ledger.sqlite", "sqlite:///{folder}/desk.sqlite")
            rows += measured("sqlite", urls, given, pilots)
        if given.only != "sqlite":
            with postgres_server() as url:
                assert url is not None, "PostgreSQL is not installed"
                rows += measured("postgresql", (url, new_database(url, "desk")), given, pilots)
    for row in rows:
        print(*row)
    with (HERE / "results.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(("database", "what", "of", "value"))
        writer.writerows(rows)
    faults = [row for row in rows if row[2] in ("errors", "lost", "doubled") and row[3]]
    sys.exit(3 if faults else 0)


if __name__ == "__main__":
    main()
