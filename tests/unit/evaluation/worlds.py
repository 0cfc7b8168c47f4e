"""Small worlds for the evaluation's tests: units with a need, labels drawn from it, candidates that see
more or less of it. Everything comes from a seed; nothing here uses the code under test to find truths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from civic_ai.evaluation.lists import Lists, Setting, rank_lists
from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.scores import Terms
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.figure import Period
from civic_ai.records.predictions import CandidateRecord, Predictions, SplitRecord

from ..models.simulated import make_spec

FIRST = np.datetime64("2020-01-06")
EVERY = 7


def lists_of(scores: Any, labels: Any, capacity: int | None = 2, splits: Any = None, **more: Any) -> Lists:
    """Lists from (dates, units) arrays; every date in split 0 unless ``splits`` says otherwise; ``more`` are
    other columns, also (dates, units). Intervals hold 90 in 100 where there are any."""
    scores, labels = np.atleast_2d(np.asarray(scores, float)), np.atleast_2d(np.asarray(labels, float))
    dates, units = scores.shape
    split = np.zeros(dates, int) if splits is None else np.asarray(splits)
    as_of = FIRST + EVERY * np.arange(dates)
    columns = {"score": scores, "label": labels, **more}
    flat = {name: np.asarray(values, float).reshape(-1) for name, values in columns.items()}
    setting = Setting((), capacity, 0.9 if "lower" in more else None)
    return rank_lists(np.repeat(as_of, units), np.repeat(split, units), flat, setting)


def terms(**changes: Any) -> Terms:
    """What an evaluation of these worlds is held to; ``changes`` are its fields."""
    setting = Setting(changes.pop("splits", ("1", "2")), changes.pop("capacity", 6))
    made: dict[str, Any] = {
        "question": "ranking",
        "kind": "event",
        "objective": METRICS["recall_at_capacity"],
        "setting": setting,
        "overlap": 2,
        "level": 0.9,
        "seed": 7,
    }
    return Terms(**{**made, **changes})


def record_of(name: str) -> CandidateRecord:
    """How models would describe a candidate of these worlds."""
    order = ("recent_count", "year_count", "seasonal_index", "poisson_glm", "logistic_glm", "lightgbm")
    place = order.index(name)
    return CandidateRecord(name=name, is_baseline=place < 3, simplicity=place if place < 3 else place * 10)


def draw(
    *, kind: str = "event", dates: int = 48, units: int = 60, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """(rates, labels), each (dates, units): what is expected of each unit on each date, and what came."""
    rng = np.random.default_rng(seed)
    need = rng.gamma(0.8, 0.25, units)
    rates = np.clip(need * np.exp(0.2 * rng.standard_normal((dates, 1))), 0.004, 0.9)
    labels = rng.random(rates.shape) < rates if kind == "event" else rng.poisson(rates)
    return rates, labels.astype(float)


def blur(rates: np.ndarray, noise: float, seed: int) -> np.ndarray:
    """Rates seen through noise: the more of it, the worse the candidate."""
    rng = np.random.default_rng(seed)
    return np.clip(rates * np.exp(noise * rng.standard_normal(rates.shape)), 0.001, 0.95)


@dataclass
class World:
    """Scores of each candidate on all dates; the last ``lockbox`` dates are the lockbox."""

    scores: Mapping[str, np.ndarray]
    labels: np.ndarray
    splits: int = 4
    lockbox: int = 12
    kind: str = "event"
    capacity: int = 6
    end_is_doubtful: bool = False
    spec_changes: dict[str, Any] = field(default_factory=dict)

    @property
    def dates(self) -> np.ndarray:
        return FIRST + EVERY * np.arange(len(self.labels))

    @property
    def split_names(self) -> np.ndarray:
        tests = len(self.labels) - self.lockbox
        names = 1 + np.arange(tests) * self.splits // tests
        return np.array([*map(str, names), *["lockbox"] * self.lockbox])

    def table(self, names: Any, *, is_lockbox: bool) -> pa.Table:
        """The long table of a blob: tests only, or the lockbox only."""
        rows = np.flatnonzero((self.split_names == "lockbox") == is_lockbox)
        units = self.labels.shape[1]
        label = self.labels[rows].ravel()
        parts = [
            pa.table(
                {
                    "unit": pa.array([f"u{i:03}" for i in range(units)] * len(rows)).dictionary_encode(),
                    "as_of": pa.array(np.repeat(self.dates[rows], units)),
                    "split": pa.array(np.repeat(self.split_names[rows], units)),
                    "candidate": pa.array([name] * (units * len(rows))),
                    "score": pa.array(self.scores[name][rows].ravel()),
                    "label": pa.array(label, mask=np.isnan(label)),
                }
            )
            for name in names
        ]
        return pa.concat_tables(parts)

    def predictions(self, blob: str, panel: str = "0" * 64) -> Predictions:
        """The record of the test scores."""
        names = [*(str(i + 1) for i in range(self.splits)), "lockbox"]
        return Predictions(
            panel=panel,
            blob=blob,
            rows=1,
            candidates=tuple(record_of(name) for name in self.scores),
            splits=tuple(self._split(name) for name in names),
        )

    def _split(self, name: str) -> SplitRecord:
        days = self.dates[self.split_names == name]
        period = Period(first=days.min().item(), last=days.max().item())
        return SplitRecord(
            name=name,
            training=period,
            cutoff=str(days.min()),
            test=period,
            training_rows=1,
            training_events=1,
            test_rows=1,
            is_lockbox=name == "lockbox",
        )

    def spec(self) -> PilotSpec:
        """A spec with this world's kind and capacity; the horizon is two as-of dates."""
        changes = {"capacity": {"units_per_period": self.capacity, "who": "one crew"}, **self.spec_changes}
        return make_spec(pd.DataFrame({"as_of": self.dates.astype(object)}), self.kind, changes)


def make_world(*, kind: str = "event", dates: int = 60, model_noise: float = 0.1, **changes: Any) -> World:
    """Rules that see the need through counts, and a model that sees it through ``model_noise``."""
    rates, labels = draw(kind=kind, dates=dates)
    rng = np.random.default_rng(9)
    model = "logistic_glm" if kind == "event" else "poisson_glm"
    scores = {
        "recent_count": rng.poisson(4 * rates) / 4,
        "year_count": rng.poisson(20 * rates) / 20,
        "seasonal_index": rng.poisson(20 * rates) / 20,
        model: blur(rates, model_noise, 3),
        "lightgbm": blur(rates, model_noise + 0.1, 4),
    }
    return World(scores=scores, labels=labels, kind=kind, **changes)
