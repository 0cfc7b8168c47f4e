"""How often does the audit find what was planted, and how often does it cry wolf?

nice .venv/bin/python experiments/015-auditor-scorecard/run.py            makes replicates, resumable
.venv/bin/python experiments/015-auditor-scorecard/run.py --table         writes the tables from the store
... --again label_change       judges what stands again by one audit whose code has changed, resumable
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from acceptance import RECOVERED  # noqa: E402
from cheap import DESIGNS, look_at_design  # noqa: E402
from cheap_model import MODEL_DESIGNS  # noqa: E402
from look import Look  # noqa: E402
from look_city import look_at_delays, look_at_recall, look_at_reporting  # noqa: E402
from look_model import look_at_label_change, look_at_leaks, look_at_observer  # noqa: E402
from recovery import EQUAL, TOWNS, looks_at_recovery, stream_of  # noqa: E402
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning  # noqa: E402
from store import Cell, Store, product_digest  # noqa: E402
from tables import write_tables  # noqa: E402
from town import CONDITIONS, SIZES, Town, make_town, random_for  # noqa: E402

EVERYWHERE: tuple[Callable[[Town, int], Look], ...] = (
    look_at_reporting,
    look_at_delays,
    look_at_recall,
    look_at_observer,
    look_at_label_change,
)
A_TURN = {"city": 1, "recovery": 3, "metrics": 10}
"""How many replicates of a cell are made before the next cell's turn."""


def make_city(cell: Cell, number: int) -> dict[str, Any]:
    """One full city, looked at by every audit; leaks are searched where one was planted, or nothing was."""
    town = make_town(
        CONDITIONS[cell.condition], cell.size, random_for("city", cell.condition, cell.size, number)
    )
    audits = EVERYWHERE + ((look_at_leaks,) if cell.condition in ("none", "leak") else ())
    return {"incidents": town.incidents, "looks": [asdict(look(town, number)) for look in audits]}


def make_metrics(cell: Cell, number: int) -> dict[str, Any]:
    """One cheap replicate."""
    rng = random_for("metrics", cell.condition, cell.size, number)
    if cell.condition in DESIGNS:
        look = look_at_design(cell.condition, cell.size, rng, number)
    else:
        look = MODEL_DESIGNS[cell.condition].look(cell.size, rng, number)
    return {"incidents": cell.size, "looks": [asdict(look)]}


def make_recovery(cell: Cell, number: int) -> dict[str, Any]:
    """The full city of the same number, or one that lacks what makes it hard to recover what was planted."""
    rng = random_for("city", stream_of(cell.condition), cell.size, number)
    town = make_town(TOWNS[cell.condition], cell.size, rng)
    return {"incidents": town.incidents, "looks": [asdict(look) for look in looks_at_recovery(town, number)]}


MAKE = {"city": make_city, "recovery": make_recovery, "metrics": make_metrics}
DECIDING = ("as_drawn", "links_kept", "as_modelled", EQUAL)
"""The towns by which that is judged; the others only say what each cause takes."""
CELLS = [Cell("city", name, size) for size in SIZES for name in CONDITIONS]
CELLS += [Cell("recovery", name, RECOVERED) for name in TOWNS]
CELLS += [Cell("metrics", name, size) for size in SIZES for name in (*DESIGNS, *MODEL_DESIGNS)]


def missing(store: Store, wanted: Mapping[Cell, int]) -> Iterator[tuple[Cell, int]]:
    """What is still to be made, every cell in turn, so that all have some replicates early; ``wanted``: how
    many of each cell."""
    done = {cell: {line["number"] for line in store.read(cell)} for cell in wanted}
    for turn in range(max(-(-most // A_TURN[cell.level]) for cell, most in wanted.items())):
        for cell, most in wanted.items():
            many = A_TURN[cell.level]
            for number in range(turn * many, min((turn + 1) * many, most)):
                if number not in done[cell]:
                    yield cell, number


def look_again(store: Store, audit: str, product: str) -> None:
    """Judge every city and quick draw that stands again by one audit; the other looks stay."""
    (look_at,) = (look for look in EVERYWHERE if look.__name__ == f"look_at_{audit}")
    for cell in (each for each in CELLS if each.level != "recovery"):
        for line in store.read(cell):
            judged = {look["audit"]: look for look in line["looks"]}
            if audit not in judged or line.get("again", {}).get(audit) == product:
                continue
            judged[audit] = _looked_at(cell, line["number"], look_at)
            again = {**line.get("again", {}), audit: product}
            store.append(cell, {**line, "looks": list(judged.values()), "again": again})


def _looked_at(cell: Cell, number: int, look_at: Callable[[Town, int], Look]) -> dict[str, Any]:
    if cell.level == "metrics":
        (made,) = make_metrics(cell, number)["looks"]
        return dict(made)
    rng = random_for("city", cell.condition, cell.size, number)
    return asdict(look_at(make_town(CONDITIONS[cell.condition], cell.size, rng), number))


def main() -> None:
    """Make replicates until all are made or the time is over, or write the tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--store", type=Path, default=ROOT / "workspace" / "scorecard")
    asked.add_argument("--cities", type=int, default=200)
    asked.add_argument("--recoveries", type=int, default=600)
    asked.add_argument("--deciding", type=int, default=5000)
    asked.add_argument("--replicates", type=int, default=2000)
    asked.add_argument("--minutes", type=float, default=float("inf"))
    asked.add_argument("--table", action="store_true")
    asked.add_argument("--again", metavar="AUDIT")
    given = asked.parse_args()
    warnings.simplefilter(
        "ignore", PerfectSeparationWarning
    )  # true rates are fitted exactly: they are the truth
    store, begun, product = Store(given.store), time.monotonic(), product_digest()
    if given.table:
        write_tables(store, CELLS, ROOT)
        return
    if given.again:
        look_again(store, given.again, product)
        return
    of_level = {"city": given.cities, "recovery": given.recoveries, "metrics": given.replicates}
    wanted = {cell: of_level[cell.level] for cell in CELLS}
    wanted |= {Cell("recovery", name, RECOVERED): given.deciding for name in DECIDING}
    for cell, number in missing(store, wanted):
        if time.monotonic() - begun > 60 * given.minutes:
            return
        cpu = time.process_time()
        made = MAKE[cell.level](cell, number)
        spent = round(time.process_time() - cpu, 3)
        store.append(cell, {"number": number, "product": product, "cpu": spent, **made})


if __name__ == "__main__":
    main()
