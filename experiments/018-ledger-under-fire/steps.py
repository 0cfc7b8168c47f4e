"""What one step through the office costs on ledgers of 200, 2,000 and 20,000 entries.

PYTHONPATH=src:. nice .venv/bin/python experiments/018-ledger-under-fire/steps.py
"""

from __future__ import annotations

import csv
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from tests.unit.review.made_case import DIGESTS, act, deed
from tests.unit.review.made_ledger import key_file, said
from tests.unit.review.made_office import TO_APPROVAL, about_pilot, office_in

from civic_ai.records.ledger import SignedEnvelope
from civic_ai.review.history import statement_of
from civic_ai.review.office import Office

HERE, SIZES, ROUNDS = Path(__file__).parent, (200, 2_000, 20_000), 3


def history(office: Office) -> Iterator[SignedEnvelope]:
    """The steps of one pilot after another, each up to its approval."""
    for number in itertools.count():
        pilot = f"pilot-{number}"
        for kind, by, role, given in TO_APPROVAL:
            action = about_pilot(act(deed(kind, by, role, **given)), pilot, DIGESTS["A"])
            about = None if kind == "open_case" else DIGESTS["A"]
            yield said(statement_of(pilot, action, about, office.policy), key_file(by))


def grow(office: Office, steps: Iterator[SignedEnvelope], size: int) -> None:
    """Append until the ledger has ``size`` entries, in one transaction."""
    missing = size - len(office.ledger.entries())
    with office.ledger.writing() as book:
        for envelope in itertools.islice(steps, missing):
            book.append(envelope)


def cpu(act_: Callable[[], object]) -> float:
    """CPU seconds, the median of a few."""
    told = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        act_()
        told.append(time.process_time() - begun)
    return median(told)


def comments(office: Office) -> Iterator[SignedEnvelope]:
    """Steps that can always be taken in the first pilot's case."""
    for number in itertools.count():
        action = act(deed("comment", "coa", "coach")).model_copy(update={"text": f"word {number}"})
        yield said(statement_of("pilot-0", action, DIGESTS["A"], office.policy), key_file("coa"))


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        office = office_in(Path(name))
        steps, words = history(office), comments(office)
        for size in SIZES:
            grow(office, steps, size)
            comment = act(deed("comment", "coa", "coach"))
            prepare = cpu(lambda comment=comment: office.prepare("pilot-0", comment))
            enter = cpu(lambda: office.enter(next(words)))
            told = {"prepare_ms": f"{prepare * 1000:.1f}", "enter_ms": f"{enter * 1000:.1f}"}
            rows.append({"entries": size, **told})
            print(rows[-1], flush=True)
    with (HERE / "steps.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
