"""Live honest histories on a real ledger and verify each: how many false alarms?"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from pathlib import Path

from tests.laws.honest_histories import live

HERE = Path(__file__).parent
NAMES = ("seed", "steps", "state", "kinds", "false_alarms", "agrees")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--histories", type=int, default=200)
    given = parser.parse_args()
    kinds: Counter[str] = Counter()
    rows = []
    for seed in range(given.histories):
        with tempfile.TemporaryDirectory() as name:
            lived = live(Path(name), seed)
        kinds.update(lived.kinds)
        rows.append((seed, lived.steps, lived.state, len(lived.kinds), len(lived.faults), lived.agrees))
    with (HERE / "honest.csv").open("w", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows([NAMES, *rows])
    print(f"{len(rows)} histories, {sum(row[1] for row in rows)} steps of {len(kinds)} kinds")
    print(f"false alarms: {sum(row[4] for row in rows)}; not what the specification knows: "
          f"{sum(not row[5] for row in rows)}")  # fmt: skip
    print("ended in", dict(Counter(row[2] for row in rows)))
    print("in how many histories", dict(kinds.most_common()))


if __name__ == "__main__":
    main()
