"""How often do 90 % intervals hold the truth, by the length of a block? Writes results.csv beside it.

.venv/bin/python experiments/002-block-length/run.py
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from civic_ai.evaluation.statistic import ratio
from civic_ai.evaluation.uncertainty import block_length, resample_dates

CITIES = 400
TRUTH = 0.3
PERIODS = ((1, 20), (1, 26), (1, 52), (2, 26), (4, 13), (4, 26), (4, 52), (8, 52))
OVERLAPS = (1, 2, 4)
PERSISTENCE = (0.0, 0.5)


def wave(rng: np.random.Generator, weeks: int, persistence: float) -> np.ndarray:
    """What changes from week to week: an AR(1) of variance 1."""
    shock = rng.standard_normal(weeks) * np.sqrt(1 - persistence**2)
    level = np.empty(weeks)
    level[0] = rng.standard_normal()
    for week in range(1, weeks):
        level[week] = persistence * level[week - 1] + shock[week]
    return level


def period(
    rng: np.random.Generator, dates: int, overlap: int, persistence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Found and events of weekly lists whose labels look ``overlap`` weeks ahead; their ratio is TRUTH."""
    weeks = dates + overlap - 1
    events = np.full(weeks, 60)
    share = np.clip(TRUTH + 0.06 * wave(rng, weeks, persistence), 0.01, 0.59)
    found = rng.binomial(events, share)
    ahead = np.ones(overlap)
    return np.convolve(found, ahead, "valid"), np.convolve(events, ahead, "valid")


def coverage(splits: int, dates: int, overlap: int, persistence: float, block: int) -> float:
    """Share of cities whose interval holds the truth."""
    rng, held = np.random.default_rng(6), 0
    of_split = np.repeat(np.arange(splits), dates)
    for city in range(CITIES):
        pieces = [period(rng, dates, overlap, persistence) for _ in range(splits)]
        found, events = (np.concatenate(side) for side in zip(*pieces, strict=True))
        resampled = resample_dates(of_split, block, seed=city, replicates=500)
        interval = resampled.interval(ratio(found, events).replicates(resampled))
        held += interval is not None and interval[0] <= TRUTH <= interval[1]
    return held / CITIES


def table() -> Iterator[tuple[int | float, ...]]:
    for (splits, dates), overlap, persistence in product(PERIODS, OVERLAPS, PERSISTENCE):
        ours = block_length(np.repeat(np.arange(splits), dates), overlap)
        alone, chosen = (coverage(splits, dates, overlap, persistence, block) for block in (overlap, ours))
        yield splits, dates, overlap, persistence, ours, alone, chosen


if __name__ == "__main__":
    with (Path(__file__).parent / "results.csv").open("w", newline="", encoding="utf-8") as target:
        for stream in (target, sys.stdout):
            csv.writer(stream).writerow(
                [
                    "splits",
                    "dates",
                    "overlap",
                    "persistence",
                    "block",
                    "covered_by_overlap",
                    "covered_by_block",
                ]
            )
        for row in table():
            csv.writer(target).writerow(row)
            csv.writer(sys.stdout).writerow(row)
