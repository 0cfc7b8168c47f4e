"""Kill writers of a ledger with SIGKILL at random moments; let many append at once; count what was lost."""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tests.laws.ledger_writers import Killed, kill_writers, write_at_once
from tests.unit.review.made_ledger import START, TRUST, found

from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_verification import verify_ledger

HERE = Path(__file__).parent
ROUND = 20
"""Kills on one ledger before a new one is founded: a longer one only slows each append down."""


def row(what: str, folder: Path, written: Killed, began: float) -> dict[str, object]:
    """What stands against what was acknowledged."""
    from civic_ai.review.ledger import open_ledger

    exported = export(open_ledger(f"sqlite:///{folder}/ledger.sqlite").snapshot())
    checked = verify_ledger(exported, TRUST, START + timedelta(days=36500))
    stands = {entry.envelope.payload for entry, _ in checked.admitted}
    return {
        "what": what,
        "kills": written.kills,
        "acknowledged": len(written.acknowledged),
        "lost": len(written.acknowledged - stands),
        "stands_unacknowledged": len(stands - written.acknowledged) - 1,
        "is_good": checked.is_good,
        "seconds": round(time.time() - began, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    rows = []
    for number in range(given.kills // ROUND + given.rounds):
        with tempfile.TemporaryDirectory() as name:
            folder, began = Path(name), time.time()
            found(folder)
            url = f"sqlite:///{folder}/ledger.sqlite"
            if number < given.kills // ROUND:
                made, what = kill_writers(url, folder, random.Random(number), ROUND), "kill -9"
            else:
                made, what = write_at_once(url, folder, 50), "50 at once"
            rows.append(row(what, folder, made, began))
            print(rows[-1], flush=True)
    with (HERE / "results.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
