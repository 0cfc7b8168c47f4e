"""Small worlds for the evaluation's tests: units with a need, labels drawn from it, candidates that see
more or less of it. Everything comes from a seed; nothing here uses the code under test to find truths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def rank(day: np.ndarray, capacity: int | None = 2, **columns: Any) -> Lists:
    """Lists from rows: the day of each, and its columns; all in one split."""
    flat = {name: np.asarray(values, float) for name, values in columns.items()}
    return rank_lists(day, np.zeros(len(day), int), flat, Setting(("1",), capacity))


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
    models = ("poisson_glm", "logistic_glm", "lightgbm")
    if name in models:
        return CandidateRecord(name=name, is_baseline=False, simplicity=30 + 10 * models.index(name))
    rules = ("recent_count", "year_count", "seasonal_index", "arrival_order", "group_rate", "observer_rate")
    place = (*rules, "curve_of_all").index(name)
    return CandidateRecord(name=name, is_baseline=True, simplicity=place % 3)


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
    """Scores of each candidate on all dates; the last ``lockbox`` dates are the lockbox.

    A column of ``scores`` and ``labels`` is a unit (``names``), or one step of one. ``more`` holds further
    columns of the table, (dates, columns); ``bounds`` makes intervals of scores, ``curve`` further columns.
    ``areas``, ``types`` and ``observers`` have one entry a column.
    """

    scores: Mapping[str, np.ndarray]
    labels: np.ndarray
    splits: int = 4
    lockbox: int = 12
    kind: str = "event"
    capacity: int = 6
    end_is_doubtful: bool = False
    rows_in_gaps: int | None = None
    spec_changes: dict[str, Any] = field(default_factory=dict)
    names: Sequence[str] = ()
    areas: Sequence[str | None] = ()
    types: Sequence[str | None] = ()
    observers: Sequence[str | None] = ()
    more: Mapping[str, np.ndarray] = field(default_factory=dict)
    bounds: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None = None
    curve: Callable[[np.ndarray], Mapping[str, np.ndarray]] | None = None

    @property
    def unit_names(self) -> list[str]:
        """The unit of each column."""
        return list(self.names) or [f"u{i:03}" for i in range(self.labels.shape[1])]

    @property
    def units(self) -> pa.Table:
        """The units' table; areas by turns unless they are given."""
        columns = len(self.unit_names)
        kept = {
            "unit": self.unit_names,
            "area": list(self.areas) or [f"a{i % 5}" for i in range(columns)],
            "type": list(self.types) or [None] * columns,
            "observer": list(self.observers) or [None] * columns,
        }
        frame = pd.DataFrame(kept).drop_duplicates("unit")
        return pa.table({name: pa.array(frame[name], pa.string(), from_pandas=True) for name in kept})

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
                    "unit": pa.array(self.unit_names * len(rows)).dictionary_encode(),
                    "as_of": pa.array(np.repeat(self.dates[rows], units)),
                    "split": pa.array(np.repeat(self.split_names[rows], units)),
                    "candidate": pa.array([name] * (units * len(rows))),
                    "score": pa.array(self.scores[name][rows].ravel()),
                    "label": pa.array(label, mask=np.isnan(label)),
                    **self._further(self.scores[name][rows], rows),
                }
            )
            for name in names
        ]
        return pa.concat_tables(parts)

    def _further(self, scores: np.ndarray, rows: np.ndarray) -> dict[str, pa.Array]:
        """Further columns; the first split has no intervals, as nothing was known before it."""
        further = {
            name: pa.array(values[rows].ravel(), from_pandas=True) for name, values in self.more.items()
        }
        if self.curve is not None:
            further |= {name: pa.array(values.ravel()) for name, values in self.curve(scores).items()}
        if self.bounds is not None:
            is_first = np.repeat(self.split_names[rows] == "1", scores.shape[1])
            for name, bound in zip(("lower", "upper"), self.bounds(scores), strict=True):
                further[name] = pa.array(bound.ravel(), mask=is_first)
        return further

    def predictions(self, blob: str, panel: str = "0" * 64) -> Predictions:
        """The record of the test scores."""
        names = [*(str(i + 1) for i in range(self.splits)), "lockbox"]
        return Predictions(
            panel=panel,
            blob=blob,
            rows=1,
            candidates=tuple(record_of(name) for name in self.scores),
            splits=tuple(self._split(name) for name in names),
            interval_level=None if self.bounds is None else 0.9,
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


AREAS, TYPES, STEPS = 4, ("lamp", "hole", "tree"), 3


def make_demand(*, dates: int = 60, model_noise: float = 0.1, **changes: Any) -> World:
    """Counts by area, type and step: the weather of a date moves all of them, and the model sees it.

    Columns stand by area, then type, then step; intervals are what a Poisson law would say, roughly.
    """
    rng = np.random.default_rng(5)
    size = rng.gamma(3.0, 1.0, (AREAS, len(TYPES), STEPS)).reshape(-1)
    rates = size * np.exp(0.3 * rng.standard_normal((dates, 1)))
    place = [(area, kind) for area in range(AREAS) for kind in TYPES for _ in range(STEPS)]
    scores = {
        "recent_count": np.tile(size, (dates, 1)) * 1.3,
        "year_count": np.tile(size, (dates, 1)),
        "poisson_glm": blur(rates / 100, model_noise, 3) * 100,
    }
    step = np.tile(np.arange(STEPS), AREAS * len(TYPES))
    types = {"column": "kind", "values": {kind: [kind] for kind in TYPES}}
    made: dict[str, Any] = {
        "names": [f"a{area}-{kind}" for area, kind in place],
        "areas": [f"a{area}" for area, _ in place],
        "types": [kind for _, kind in place],
        "more": {
            "step": np.tile(step, (dates, 1)),
            "scale": np.tile(np.sqrt(2 * size), (dates, 1)),
        },
        "bounds": lambda score: (
            np.floor(score - 1.7 * np.sqrt(score)).clip(0),
            score + 1.9 * np.sqrt(score),
        ),
    }
    spec = {
        "unit": {"name": "area", "from": "requests", "area": "area_id", "types": types},
        "label": {"from": "requests", "horizon_days": 7, "kind": "count", "steps": STEPS},
        "capacity": {"who": "one crew", "hours_per_unit": 2.0, "hours_by_type": {"tree": 5.0}},
        "objective": "mean_poisson_deviance",
        "models": {"candidates": ["poisson_glm"]},
    }
    wanted = {**made, **changes, "spec_changes": {**spec, **changes.pop("spec_changes", {})}}
    return World(scores=scores, labels=rng.poisson(rates).astype(float), kind="count", **wanted)


def make_cases(*, dates: int = 60, observed: bool = True, **changes: Any) -> World:
    """Cases that are due within a week; some observers find more, and a model sees that and a little more."""
    rng = np.random.default_rng(8)
    cases = 40
    observer = rng.integers(0, 4, cases)
    rate = np.array([0.05, 0.1, 0.25, 0.5])[observer] if observed else np.full(cases, 0.2)
    odds = rate / (1 - rate) * np.exp(0.8 * rng.standard_normal((dates, cases)))
    chance = odds / (1 + odds)
    due = np.sort(rng.integers(1, 8, (dates, cases)), axis=1)[:, rng.permutation(cases)].astype(float)
    scores = {
        "arrival_order": 1 - due / 10,
        "observer_rate": np.tile(rate, (dates, 1)),
        "logistic_glm": chance,
    }
    spec = {
        "unit": {"name": "inspection", "from": "requests", "case": ["id"], "due_on": "inspected_on"},
        "label": {"from": "requests", "horizon_days": 14, "kind": "event", "known_at": "known_at"},
        "objective": "days_earlier",
        "models": {"candidates": ["logistic_glm"]},
        "capacity": {"units_per_period": 6, "who": "inspectors"},
    }
    made: dict[str, Any] = {"observers": [f"o{one}" for one in observer], "more": {"due_in_days": due}}
    wanted = {**made, **changes, "spec_changes": {**spec, **changes.pop("spec_changes", {})}}
    labels = (rng.random(chance.shape) < chance).astype(float)
    return World(scores=scores, labels=labels, kind="event", **wanted)


TAU = 28


def make_durations(*, dates: int = 60, watched: float = 40.0, **changes: Any) -> World:
    """Exponential waits of which some were lost sight of; the model sees each one's rate, the rule none.

    The score is the restricted mean; intervals are the true quantiles, of at most the horizon.
    """
    rng = np.random.default_rng(12)
    cases = 60
    mean = rng.gamma(3.0, 4.0, (dates, cases))
    wait = np.ceil(rng.exponential(mean))
    lost = np.floor(rng.exponential(watched, mean.shape)) + 1
    days = np.minimum(np.minimum(wait, lost), TAU)

    def restricted(scale: np.ndarray) -> np.ndarray:
        return scale * (1 - np.exp(-TAU / scale))

    grid = np.linspace(0.1, 400, 40_000)

    def scale_of(score: np.ndarray) -> np.ndarray:
        return np.interp(score, restricted(grid), grid)

    spec = {
        "unit": {"name": "request", "from": "requests", "case": ["id"]},
        "label": {"from": "requests", "horizon_days": TAU, "kind": "duration", "ended_at": "closed_at"},
        "capacity": {"who": "one crew"},
        "objective": "integrated_brier_score",
        "models": {"candidates": ["lightgbm"]},
    }
    made: dict[str, Any] = {
        "more": {"ended": (wait <= np.minimum(lost, TAU))},
        "types": [("lamp", "hole")[i % 2] for i in range(cases)],
        "curve": lambda score: {f"open_after_{d}": np.exp(-d / scale_of(score)) for d in (7, 14, TAU)},
        "bounds": lambda score: tuple(
            np.clip(np.ceil(-scale_of(score) * np.log(open_)), 1, TAU) for open_ in (0.95, 0.05)
        ),
    }
    wanted = {**made, **changes, "spec_changes": {**spec, **changes.pop("spec_changes", {})}}
    scores = {"curve_of_all": np.full_like(mean, restricted(mean).mean()), "lightgbm": restricted(mean)}
    return World(scores=scores, labels=days, kind="duration", **wanted)
