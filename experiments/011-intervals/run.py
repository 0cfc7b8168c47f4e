"""Scaled conformal intervals around one mean, and conformalised quantile regression (CQR), on counts.

Run `PYTHONPATH=experiments .venv/bin/python experiments/011-intervals/run.py`; it writes `results.csv`.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from mapie.regression import ConformalizedQuantileRegressor
from measure import write_results
from numpy.typing import NDArray

from civic_ai.models import boosting
from civic_ai.models.intervals import Bounds, Forecasts, conformal_bounds, size_groups

UNITS, WEEKS, LEARN, CALIBRATE, ROUNDS, LEVEL, SEEDS = 80, 200, 104, 156, 150, 0.9, 6
WORLDS = {"noise follows the mean": 8.0, "noisier in the wet": 1.0}
TREES = {name: value for name, value in boosting.TREES.items() if name != "num_threads"}
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class City:
    """Weekly counts of units; gamma shapes the noise, smaller in the wet where it is wilder."""

    matrix: Floats
    label: Floats
    week: NDArray[np.int64]

    @property
    def is_wet(self) -> NDArray[np.bool_]:
        return self.matrix[:, 1] > 0.5

    @property
    def is_test(self) -> NDArray[np.bool_]:
        return self.week >= CALIBRATE


def make_city(seed: int, wet_shape: float) -> City:
    rng = np.random.default_rng(seed)
    level = np.tile(rng.gamma(0.8, 2.0, UNITS) + 0.05, WEEKS)
    week = np.repeat(np.arange(WEEKS), UNITS)
    rain = rng.normal(size=WEEKS)[week]
    season = 2 * np.pi * week / 52
    shape = np.where(rain > 0.5, wet_shape, 8.0)
    mean = level * np.exp(0.3 * np.sin(season) + 0.3 * rain)
    label = rng.poisson(mean * rng.gamma(shape, 1 / shape)).astype(float)
    return City(np.column_stack([rng.poisson(level * 13), rain, np.sin(season), np.cos(season)]), label, week)


def trees(city: City, settings: dict[str, object]) -> lgb.LGBMRegressor:
    model = lgb.LGBMRegressor(n_estimators=ROUNDS, n_jobs=1, random_state=1, **TREES, **settings)
    return model.fit(city.matrix[city.week < LEARN], city.label[city.week < LEARN])


def scaled(city: City) -> Bounds:
    """As civic-ai does it: by size of the forecast, adaptive over time."""
    mean = trees(city, {"objective": "poisson"}).predict(city.matrix)
    as_of = np.datetime64("2020-01-06") + 7 * city.week
    known = np.where(city.week < LEARN, np.nan, city.label)
    group = size_groups(mean, mean[(city.week >= LEARN) & ~city.is_test])
    forecasts = Forecasts(as_of, as_of + 7, group, mean, known)
    bounds = conformal_bounds(forecasts, level=LEVEL, first=as_of[city.is_test].min())
    return Bounds(bounds.lower[city.is_test], bounds.upper[city.is_test])


def quantiles(city: City) -> Bounds:
    """CQR (Romano, Patterson and Candes 2019) by MAPIE, in whole numbers from 0."""
    models = [trees(city, {"objective": "quantile", "alpha": share}) for share in (0.05, 0.95, 0.5)]
    made = ConformalizedQuantileRegressor(models, confidence_level=LEVEL, prefit=True)
    calibrate = (city.week >= LEARN) & ~city.is_test
    made.conformalize(city.matrix[calibrate], city.label[calibrate])
    _, interval = made.predict_interval(city.matrix[city.is_test])
    lower = np.maximum(np.ceil(interval[:, 0, 0] - 1e-9), 0.0)
    return Bounds(lower, np.maximum(np.floor(interval[:, 1, 0] + 1e-9), lower))


def judge(city: City, method: Callable[[City], Bounds]) -> list[float]:
    """Coverage, coverage in the wet, mean width, interval score (Gneiting and Raftery 2007), CPU seconds."""
    begun = time.process_time()
    bounds = method(city)
    spent = time.process_time() - begun
    label = city.label[city.is_test]
    outside = np.maximum(bounds.lower - label, 0) + np.maximum(label - bounds.upper, 0)
    width, held = bounds.upper - bounds.lower, outside == 0
    score = width + 2 / (1 - LEVEL) * outside
    return [held.mean(), held[city.is_wet[city.is_test]].mean(), width.mean(), score.mean(), spent]


def main() -> None:
    warnings.simplefilter("ignore")
    rows = []
    for world, shape in WORLDS.items():
        cities = [make_city(seed, shape) for seed in range(SEEDS)]
        for name, method in (("scaled, by size, adaptive", scaled), ("CQR", quantiles)):
            judged = np.array([judge(city, method) for city in cities])
            told = ("coverage", "coverage_wet", "width", "interval_score", "cpu_s")
            means = dict(zip(told, judged.mean(axis=0).round(3).tolist(), strict=True))
            rows.append(
                {"world": world, "method": name, **means, "lowest_coverage": judged[:, 0].min().round(3)}
            )
    write_results(__file__, rows)


if __name__ == "__main__":
    main()
