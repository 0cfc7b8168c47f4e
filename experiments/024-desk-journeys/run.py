"""Seven people decide at the desk, in a real browser: each language, to an approval and to a refusal.

``--base FOLDER``: where the city is founded and its pilot run once; a base that stands is used again.
"""

from __future__ import annotations

import argparse
import csv
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.desk.conftest import ARGUMENTS, CHROMIUM, Running, free_port, new_reader, started  # noqa: E402
from tests.desk.desk_walk import (  # noqa: E402
    Board,
    Handed,
    Person,
    Seat,
    Sign,
    approved,
    before_the_board,
    by_account,
    by_file,
    by_passkey,
    is_public,
    ledger_is_good,
    makes_passkey,
    opened,
    refused,
    sign_in,
    walk,
    with_authenticator,
)
from tests.desk.hands import Hands, Pointer, keyboard  # noqa: E402

from civic_ai.policy.load import load_policy  # noqa: E402
from civic_ai.review.handed_in import open_gates  # noqa: E402
from civic_ai.review.level import may_waive  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PILOT = "example-potholes"
PASSWORD = secrets.token_urlsafe(12)
PEOPLE: Mapping[str, str] = {
    "ona": "Ona Owner",
    "tec": "Tec Technical",
    "equ": "Equ Equity",
    "olga": "Olga Officer",
    "cha": "Cha Chair",
    "mia": "Mia Member",
    "com": "Com Resident",
}
CUSTODIAN = "olga"
SEATS = (
    Seat("ona", "owner"),
    Seat("ona", "developer"),
    Seat("tec", "technical_reviewer"),
    Seat("equ", "equity_reviewer"),
    Seat("olga", "governance_officer"),
    Seat("cha", "chair"),
    Seat("mia", "member"),
    Seat("com", "member", is_community=True),
)
Way = Literal["no scripts, account", "no scripts, file", "keyboard, file", "passkey"]
Outcome = Literal["approved", "refused"]


@dataclass(frozen=True)
class Walk:
    """One path of seven people."""

    language: str
    outcome: Outcome
    way: Way


PATHS = (
    Walk("en", "approved", "keyboard, file"),
    Walk("es", "approved", "passkey"),
    Walk("pt", "approved", "no scripts, account"),
    Walk("en", "refused", "passkey"),
    Walk("es", "refused", "no scripts, file"),
    Walk("pt", "refused", "keyboard, file"),
)


def say(home: Path, *words: object, stdin: str = "", codes: Sequence[int] = (0,)) -> None:
    """One command of civic-ai in a process of its own, on the workspace in ``home``."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    environment |= {"CIVIC_AI_HOME": str(home / "workspace"), "CIVIC_AI_LANGUAGE": "en"}
    command = [sys.executable, "-m", "civic_ai.cli", *map(str, words)]
    done = subprocess.run(command, check=False, env=environment, input=stdin, text=True, capture_output=True)
    print("civic-ai", *map(str, words[:3]), "->", done.returncode, flush=True)
    assert done.returncode in codes, done.stdout + done.stderr


def found(home: Path) -> None:
    """Keys, ledger, a sealed dossier, the report of a second run, an account key and an account for each."""
    keys = home / "workspace" / "keys"
    say(home, "keys", "new", keys / "log.key", "--name", "city.example/ledger", "--kind", "log")
    for account, person in PEOPLE.items():
        say(home, "keys", "new", home / "people" / f"{account}.key", "--name", person)
    custodian = ("--sign-with", home / "people" / f"{CUSTODIAN}.key")
    say(home, "ledger", "new", *custodian)
    for account, person in PEOPLE.items():
        if account != CUSTODIAN:
            say(home, "keys", "enroll", home / "people" / f"{account}.key.pub", *custodian)
        server = keys / "accounts" / f"{account}.key"
        say(home, "keys", "new", server, "--name", person, "--kind", "server")
        say(home, "keys", "enroll", f"{server}.pub", *custodian)
    pilot = ROOT / "pilots" / PILOT
    say(home, "run", pilot, "--quiet", codes=(0, 3))
    say(home, "reproduce", dossier_in(home), "--pilot", pilot, "--report", home / "report.json", "--quiet")


def dossier_in(home: Path) -> Path:
    """The one that the run sealed."""
    (dossier,) = (home / "workspace" / "dossiers" / PILOT).iterdir()
    return dossier


@contextmanager
def city(base: Path) -> Iterator[tuple[Path, Running]]:
    """A copy of the founded city with ``civic-ai desk`` at work, and an account for everybody."""
    with tempfile.TemporaryDirectory(prefix="journey-") as name:
        home, port = Path(name) / "city", free_port()
        shutil.copytree(base, home)
        for account, person in PEOPLE.items():
            say(home, "desk", "account", person, "--name", account, stdin=f"{PASSWORD}\n")
        workspace = home / "workspace"
        words = ("civic_ai.cli", "desk", "--port", str(port), "--workspace", str(workspace),
                 "--pilots", str(ROOT / "pilots"))  # fmt: skip
        with started(words, workspace, port) as running:
            yield home, running


def person(account: str, one: Walk, home: Path, running: Running, browser: Browser) -> Person:
    """Somebody in a browser of their own, with the hands and the signature of this path."""
    reader = new_reader(browser, running, one.language, scripts="no scripts" not in one.way)
    hands: Hands = keyboard(reader.page, one.language) if "keyboard" in one.way else Pointer()
    sign_in(reader, hands, account, PASSWORD)
    sign: Sign = by_file(home / "people" / f"{account}.key", home)
    if "account" in one.way:
        sign = by_account(PASSWORD)
    if "passkey" in one.way:
        with_authenticator(reader)
        sign = by_passkey if account != CUSTODIAN else sign
    return Person(PEOPLE[account], reader, hands, sign)


def take(one: Walk, base: Path, browser: Browser) -> tuple[int, float]:
    """One path from an empty desk to the public register; how many steps, in how many seconds."""
    with city(base) as (home, running):
        began = time.perf_counter()
        people = {account: person(account, one, home, running, browser) for account in PEOPLE}
        board = Board(PILOT, one.language, SEATS, people)
        if one.way == "passkey":
            for account in PEOPLE:
                if account != CUSTODIAN:
                    makes_passkey(people[account], people[CUSTODIAN])
        deeds = [opened(board), *before_the_board(board, handed_in(home, one))]
        deeds += {"approved": approved, "refused": refused}[one.outcome](board, handed_in(home, one))
        walk(board, deeds)
        seconds = time.perf_counter() - began
        wrong = [each.reader.complaints + each.reader.elsewhere for each in people.values()]
        assert not any(wrong), wrong
        assert ledger_is_good(home / "workspace")
        assert is_public(new_reader(browser, running, one.language), board, deeds)
        for each in people.values():
            each.reader.context.close()
    return len(deeds), round(seconds, 1)


def handed_in(home: Path, one: Walk) -> Handed:
    """What a path begins with."""
    dossier, policy = dossier_in(home), load_policy()
    waivers = {gate: may_waive(policy, "II", gate) for gate in open_gates(dossier, policy)}
    return Handed(dossier, home / "report.json", one.language, waivers, datetime.now(UTC).date())


def main() -> None:
    """Found once, take every path, write results.csv."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--only", help="paths whose language, outcome or way holds this")
    given = parser.parse_args()
    base: Path = given.base.resolve()
    if not (base / "report.json").is_file():
        found(base)
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        for one in PATHS:
            told = (one.language, one.outcome, one.way)
            if given.only is None or given.only in told:
                rows.append((f"{one.outcome} {one.language}", *told[::2], *take(one, base, browser)))
                print(*rows[-1], flush=True)
        browser.close()
    if given.only is None:
        with (HERE / "results.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(("path", "language", "way", "steps", "seconds"))
            writer.writerows(rows)


if __name__ == "__main__":
    main()
