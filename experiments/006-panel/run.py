"""Trailing counts and label of 2,300 areas x 500 weeks x 5 types: cube, pandas and polars, equal values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from measure import alternately, ratio, write_results

from civic_ai.panel.cube import DailyCounts, build_cube

SERIES, WEEKS, ROWS = 2_300 * 5, 500, 10_000_000
WINDOWS, HORIZON = (1, 4, 13, 52), 4
"""In weeks: the windows of the example pilot, 7 to 364 days, and a label of 28 days."""


@dataclass(frozen=True)
class Weekly:
    """Counts that are not zero, by series and week, as a group-by gives them."""

    series: Any
    week: Any
    n: Any


def main() -> None:
    """Three sides in turn; every value of every column must be equal."""
    counted = _counts()
    sides: dict[str, Callable[[], Any]] = {
        "cube": lambda: _cube(counted),
        "polars": lambda: _polars(counted),
        "pandas": lambda: _pandas(counted),
    }
    times = alternately(sides, rounds=3)
    for name, spent in times.items():
        for column, values in times["cube"].result.items():
            assert np.array_equal(values, spent.result[column]), (name, column)
    write_results(
        __file__,
        [
            {"side": name, **spent.row(), "over_the_cube": ratio(spent, times["cube"])}
            for name, spent in times.items()
        ],
    )


def _counts() -> Weekly:
    """Ten million requests over the series, uneven as cities are."""
    rng = np.random.default_rng(1)
    level = rng.gamma(0.5, 1.0, SERIES)
    n = rng.poisson((level / level.sum() * ROWS / WEEKS)[:, None], (SERIES, WEEKS))
    series, week = np.nonzero(n)
    return Weekly(series, week, n[series, week])


def _cube(counted: Weekly) -> dict[str, Any]:
    """As ``panel/feature_counts.py`` does it: a week is known at its end, the label is what comes after."""
    ends = np.arange(WEEKS) * 7 + 6
    daily = DailyCounts(counted.series, counted.week * 7 + 3, counted.n)
    reach = [ends, *(ends - 7 * weeks for weeks in WINDOWS), ends + 7 * HORIZON]
    cube = build_cube(daily, reach, SERIES)
    made = {f"last_{weeks}": cube.between(ends - 7 * weeks, ends).T.ravel() for weeks in WINDOWS}
    return made | {"label": cube.between(ends, ends + 7 * HORIZON).T.ravel()}


def _pandas(counted: Weekly) -> dict[str, Any]:
    every = pd.MultiIndex.from_product([range(SERIES), range(WEEKS)], names=["series", "week"])
    given = pd.Series(counted.n, index=pd.MultiIndex.from_arrays([counted.series, counted.week]))
    n = given.reindex(every, fill_value=0)
    by = n.groupby(level="series")
    made = {
        f"last_{weeks}": by.rolling(weeks, min_periods=1).sum().to_numpy().astype(np.int64)
        for weeks in WINDOWS
    }
    total = by.cumsum()
    later = total.groupby(level="series").shift(-HORIZON)
    end = total.groupby(level="series").transform("last")
    return made | {"label": (later.fillna(end) - total).to_numpy().astype(np.int64)}


def _polars(counted: Weekly) -> dict[str, Any]:
    given = pl.DataFrame({"series": counted.series, "week": counted.week, "n": counted.n})
    every = pl.DataFrame({"series": np.arange(SERIES)}).join(
        pl.DataFrame({"week": np.arange(WEEKS)}), how="cross"
    )
    frame = every.join(given, on=["series", "week"], how="left").with_columns(pl.col("n").fill_null(0))
    total = pl.col("n").cum_sum().over("series")
    made = frame.sort("series", "week").with_columns(
        *(
            pl.col("n").rolling_sum(weeks, min_samples=1).over("series").alias(f"last_{weeks}")
            for weeks in WINDOWS
        ),
        label=total.shift(-HORIZON).over("series").fill_null(total.last().over("series")) - total,
    )
    return {name: made[name].to_numpy() for name in (*(f"last_{weeks}" for weeks in WINDOWS), "label")}


if __name__ == "__main__":
    main()
