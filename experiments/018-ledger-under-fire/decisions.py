"""50 members vote at once through the office, and deciders are killed, on SQLite and on PostgreSQL.

PYTHONPATH=src:. nice .venv/bin/python experiments/018-ledger-under-fire/decisions.py
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from tests.laws.office_judge import judge, votes_by_hand
from tests.laws.office_writers import clock, found_board, kill_deciders, told_in, vote_at_once
from tests.laws.postgres import new_database, postgres_server
from tests.unit.review.made_case import PEOPLE, policy
from tests.unit.review.made_ledger import LOG
from tests.unit.review.made_office import PILOT, TO_APPROVAL, enrol_all

from civic_ai.core.canonical import canonical_json
from civic_ai.records.action import read_action
from civic_ai.records.ledger import SignedEnvelope
from civic_ai.review.history import read_step
from civic_ai.review.ledger import found_ledger
from civic_ai.review.ledger_export import export
from civic_ai.review.office import Entered, Office
from civic_ai.review.statement import read_statement
from civic_ai.review.workflow import next_case
from civic_ai.store.blobs import Blobs

HERE, MEMBERS, ROUND = Path(__file__).parent, 50, 20
Row = dict[str, object]
Trial = Callable[[str, Path], Row]


def votes(url: str, folder: Path) -> Row:
    """One vote of everybody, and whether the decision holds just the votes that stand."""
    office = found_board(url, folder, MEMBERS)
    before = len(office.ledger.entries())
    found = asdict(judge(office, vote_at_once(url, folder, MEMBERS), before))
    decided = office.case(PILOT).decisions[-1].votes
    by_hand = votes_by_hand(export(office.ledger.snapshot()))
    return found | {"case_is_right": [(one.by, one.verdict) for one in decided] == list(by_hand.items())}


def kills(seed: int) -> Trial:
    """Kills on one ledger, and whether every case holds its steps once and in order."""

    def trial(url: str, folder: Path) -> Row:
        ledger = found_ledger(url, LOG, clock)
        enrol_all(ledger, [person for person, _ in PEOPLE])
        office, before = Office(ledger, policy(), Blobs(folder / "blobs")), len(ledger.entries())
        told = kill_deciders(url, folder, random.Random(seed), ROUND)
        return asdict(judge(office, told, before)) | {"case_is_right": in_order(office)}

    return trial


def in_order(office: Office) -> bool:
    """Whether each pilot's steps are the way to an approval, and the last one's a beginning of it."""
    ways = [[(s.action.kind, s.action.by) for s in office.steps(pilot)] for pilot in office.cases()]
    whole = [(kind, by) for kind, by, *_ in TO_APPROVAL]
    return all(way == whole for way in ways[:-1]) and ways[-1] == whole[: len(ways[-1])]


def control(url: str, folder: Path) -> Row:
    """The same at an office that judges too early: who finds a case that no longer folds, dies."""
    office = found_board(url, folder, MEMBERS)
    before = len(office.ledger.entries())
    Office.enter = enter_too_early  # type: ignore[method-assign]
    with suppress(AssertionError):
        vote_at_once(url, folder, MEMBERS)
    return asdict(judge(office, told_in(folder), before)) | {"case_is_right": False}


def enter_too_early(self: Office, envelope: SignedEnvelope) -> Entered:
    """The step is judged by what stands before the transaction begins, not within it."""
    statement = read_statement(envelope.content)
    action = read_action(canonical_json(statement.predicate))
    case = next_case(self.case(PILOT), action, self.policy)
    with self.ledger.writing() as book:
        admitted = book.admit(envelope)
        entry = book.append(envelope)
        step = read_step(entry.number, entry.moment.date(), admitted)
    return Entered(entry, step, case)


def row(what: str, url: str, trial: Trial) -> Row:
    """One trial in a folder of its own."""
    began = time.time()
    with tempfile.TemporaryDirectory() as name:
        found = trial(url.format(folder=name), Path(name))
    head = {"what": what, "database": url.partition(":")[0].partition("+")[0]}
    made = head | found | {"seconds": round(time.time() - began, 1)}
    print(made, flush=True)
    return made


def trials(server: str, rounds: int, number_of_kills: int) -> Iterator[Row]:
    """Each trial on both databases; the control last."""
    numbers = itertools.count()
    for make in (
        lambda: "sqlite:///{folder}/ledger.sqlite",
        lambda: new_database(server, f"n{next(numbers)}"),
    ):
        for _ in range(rounds):
            yield row(f"{MEMBERS} vote at once", make(), votes)
        for seed in range(number_of_kills // ROUND):
            yield row("kill -9", make(), kills(seed))
    yield row("control: judged too early", "sqlite:///{folder}/ledger.sqlite", control)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with postgres_server() as server:
        assert server is not None, "PostgreSQL is not installed"
        rows = list(trials(server, given.rounds, given.kills))
    with (HERE / "decisions.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
