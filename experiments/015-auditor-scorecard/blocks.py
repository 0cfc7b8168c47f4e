"""How long should the blocks be, and what should be asked, where months hang together? (decision 0013)

OPENBLAS_NUM_THREADS=1 .venv/bin/python experiments/015-auditor-scorecard/blocks.py [draws]  writes blocks.csv

The p-value of the first jump, for blocks of several lengths, over quick draws of a city where nothing jumps
but months hang together, where nothing jumps, and where the label's mean rises by .1.
"""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from cheap_model import _BEGIN, EDGE_DAYS, MODEL_DESIGNS, ChangeDesign, Floats  # noqa: E402
from town import YEARS, random_for  # noqa: E402

from civic_ai.audit.jumps import Series  # noqa: E402
from civic_ai.audit.label_changes import periods_of  # noqa: E402

LENGTHS, ASKED, ORDERS = (1, 4, 6, 8), (0.04, 0.03, 0.025, 0.02), 1999
CELLS = (("label_change_boundary", 30_000), ("label_change_none", 10_000), ("label_change", 10_000))


def series_of(condition: str, size: int, number: int) -> Series:
    """The monthly label of one quick draw."""
    design = MODEL_DESIGNS[condition]
    assert isinstance(design, ChangeDesign)
    rng = random_for("metrics", condition, size, number)
    day = np.sort(rng.integers(0, YEARS * 365, size))
    changed = int(rng.integers(EDGE_DAYS, YEARS * 365 - EDGE_DAYS))
    label = (rng.random(size) < design._chance(day, changed, rng)).astype(np.float64)
    return periods_of(None, _BEGIN + day, label).series


def reordered(values: Floats, rng: np.random.Generator, length: int) -> Floats:
    """(periods, orders): the values in blocks of ``length``, in random order, begun anywhere."""
    n, blocks = len(values), math.ceil(len(values) / length)
    order = rng.permuted(np.tile(np.arange(blocks), (ORDERS, 1)), axis=1)
    places = (order[:, :, None] * length + np.arange(length)).reshape(ORDERS, -1)
    kept = places[places < n].reshape(ORDERS, n)
    made: Floats = values[(kept + rng.integers(0, n, (ORDERS, 1))) % n].T
    return made


def p_values(series: Series, number: int) -> list[float]:
    """Of the first jump, by the length of the blocks."""
    search, rng = series._search([]), np.random.default_rng(number)
    clearest = search._explained(search._residual).max()
    made = []
    for length in LENGTHS:
        others = search._rest(reordered(search._residual, rng, length))
        beyond = (search._explained(others).max(axis=0) >= clearest).sum()
        made.append(float((1 + beyond) / (1 + ORDERS)))
    return made


def main() -> None:
    """Write the share of draws in which a jump is found."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with Path(__file__).with_name("blocks.csv").open("w", newline="") as target:
        out = csv.writer(target, lineterminator="\n")
        out.writerow(["condition", "incidents", "draws", "block_months", "asked", "found"])
        for condition, size in CELLS:
            found = np.array([p_values(series_of(condition, size, one), one) for one in range(draws)])
            for length, column in zip(LENGTHS, found.T, strict=True):
                for asked in ASKED:
                    share = float((column <= asked).mean())
                    out.writerow([condition, size, draws, length, asked, round(share, 4)])


if __name__ == "__main__":
    main()
