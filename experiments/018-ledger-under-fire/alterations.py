"""5,010 random alterations of an honest ledger, 334 of each kind: is each found, and named rightly?

A tenth of them are a law (``tests/laws/test_ledger_laws.py``); these are the same kinds, drawn anew.

PYTHONPATH=src:. nice .venv/bin/python experiments/018-ledger-under-fire/alterations.py
"""

from __future__ import annotations

import csv
import random
import tempfile
from pathlib import Path

from tests.laws.ledger_alterations import ALTERATIONS
from tests.laws.test_ledger_laws import TODAY
from tests.unit.review.made_ledger import TRUST, history

from civic_ai.review.ledger_verification import verify_ledger

HERE, EACH, ENTRIES = Path(__file__).parent, 334, 40


def main() -> None:
    """One line a kind of alteration: how many were tried, found, named rightly and at the right entry."""
    seed = random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory() as folder, (HERE / "alterations.csv").open("w", newline="") as file:
        honest, lines = history(Path(folder), ENTRIES), csv.writer(file)
        lines.writerow(["alteration", "tried", "found", "named", "at_its_entry", "seed"])
        for alter in ALTERATIONS:
            draw, found, named, placed = random.Random(f"{alter.__name__} {seed}"), 0, 0, 0
            for _ in range(EACH):
                altered = alter(honest, draw)
                told = verify_ledger(altered.exported, TRUST, TODAY).findings
                faults = [one for one in told if one.is_fault]
                rightly = [one for one in faults if one.kind in altered.kinds]
                found += bool(faults)
                named += bool(rightly)
                placed += altered.entry is None or altered.entry in [one.entry for one in rightly]
            lines.writerow([alter.__name__, EACH, found, named, placed, seed])
            print(alter.__name__, EACH, found, named, placed, flush=True)


if __name__ == "__main__":
    main()
