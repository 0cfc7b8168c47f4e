"""What a city could say without a model: how long all cases took so far, or those of the case's own group.

Kaplan-Meier curves of the training rows, censored at the split's cutoff. A group with fewer than
:data:`LEAST_CASES` of them, or a case without a group, takes the curve of all; so does the part of a group's
curve that nobody of the group was watched long enough to show.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from civic_ai.core.canonical import canonical_json
from civic_ai.models.curves import Curves, from_hazards
from civic_ai.models.hazard_rows import ended_of
from civic_ai.models.rows import Training
from civic_ai.models.rules import Baseline
from civic_ai.models.scorer import Columns, Floats, ModelScorer
from civic_ai.models.survival import Integers, Waits, censor_at, waits_until
from civic_ai.records.predictions import FittedModel, Settings

GROUP = "baseline_group"
"""The panel's reserved column with the number of the case's group; NaN where it has none."""

LEAST_CASES = 30
"""Fewer training cases give a group no curve of its own."""

SETTINGS: Settings = {"method": "kaplan_meier", "least_cases": LEAST_CASES}


@dataclass(frozen=True)
class CurveScorer(ModelScorer):
    """One daily curve a group, the last one of all cases; ``has_own`` (groups,) says whose is its own."""

    file_name: ClassVar[str] = "curves.json"
    curves: Curves
    spent: Floats
    has_own: tuple[bool, ...]

    def score(self, frame: pd.DataFrame) -> Floats:
        """Mean days until done, of at most the horizon, one a row."""
        return np.asarray(self._means[self._of(frame)])

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """A curve's own scale is days."""
        return self.score(frame)

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """What the group adds to the mean of all (days), where it is read; the base is the mean of all."""
        base = np.full((len(frame), 1), self._means[-1])
        own = self.score(frame)[:, None] - base
        return np.hstack([own, base]) if self.features else base

    def columns(self, frame: pd.DataFrame) -> Columns:
        """``open_after_<d>``, one a row."""
        return self.curves.take(self._of(frame)).columns()

    def smallest_cell(self, frame: pd.DataFrame) -> int:
        """Rows of ``frame`` behind the curve that rests on the fewest."""
        own = np.append(np.array(self.has_own, dtype=bool), True)
        counts = np.bincount(_codes(self.matrix(frame), len(self.has_own)), minlength=len(own))
        counts[-1] = len(frame)
        return int(counts[own].min())

    def to_bytes(self) -> bytes:
        """The curves as canonical JSON."""
        return canonical_json(
            {
                "days": self.curves.days.tolist(),
                "open_after": self.curves.open_after.tolist(),
                "spent": self.spent.tolist(),
                "has_own": list(self.has_own),
            }
        )

    @classmethod
    def from_bytes(cls, model: FittedModel, content: bytes) -> Self:
        """The curves of the JSON."""
        read = json.loads(content)
        curves = Curves(np.array(read["days"]), np.array(read["open_after"], dtype=np.float64))
        return cls(model, curves, np.array(read["spent"], dtype=np.float64), tuple(read["has_own"]))

    @property
    def _means(self) -> Floats:
        return self.curves.restricted_mean(self.spent)

    def _of(self, frame: pd.DataFrame) -> Integers:
        """Which curve each row takes."""
        own = np.append(np.array(self.has_own, dtype=bool), True)
        code = _codes(self.matrix(frame), len(self.has_own))
        return np.asarray(np.where(own[code], code, len(self.has_own)))


def waits_of(training: Training) -> Waits:
    """How long the training cases had waited by the end of the split's cutoff, and which had ended."""
    cutoff = np.datetime64(training.split.cutoff, "D")
    days, ended = censor_at(training.as_of, training.label, ended_of(training.frame), cutoff)
    return waits_until(days, ended, training.rows.horizon_days)


def fit_curves(waits: Waits, group: Integers, groups: int) -> tuple[Curves, tuple[bool, ...]]:
    """Daily curves of ``groups`` groups and then of all cases, and which groups have their own.

    ``group``: the number of each case's group, ``groups`` where it has none.
    """
    own, every = waits.daily_table(group, groups + 1), waits.daily_table()
    hazards = np.where(own.at_risk > 0, own.hazard, every.hazard)
    hazards[-1] = every.hazard[0]
    curves = from_hazards(every.times.astype(np.int64), hazards)
    cases = np.bincount(group, minlength=groups)[:groups]
    return curves, tuple(bool(count >= LEAST_CASES) for count in cases)


def _fit(name: str, reads: tuple[str, ...], training: Training) -> CurveScorer:
    matrix = training.frame[list(reads)].to_numpy(dtype=np.float64)
    groups = int(np.nanmax(matrix, initial=-1.0)) + 1
    waits = waits_of(training)
    model = FittedModel(
        candidate=name,
        label_kind="duration",
        link="identity",
        horizon_days=training.rows.horizon_days,
        seed=0,
        features=reads,
        settings=SETTINGS,
        libraries={"numpy": version("numpy")},
    )
    curves, has_own = fit_curves(waits, _codes(matrix, groups), groups)
    return CurveScorer(model, curves, waits.daily_table().spent, has_own)


def _codes(matrix: Floats, groups: int) -> Integers:
    """The number of each row's group; ``groups`` (all cases) where it has none, or none that was seen."""
    if not matrix.shape[1]:
        return np.full(len(matrix), groups, dtype=np.int64)
    is_group = (matrix[:, 0] >= 0) & (matrix[:, 0] < groups)
    return np.where(is_group, matrix[:, 0], groups).astype(np.int64)


def _baseline(name: str, simplicity: int, reads: tuple[str, ...]) -> Baseline:
    return Baseline(name, simplicity, reads, SETTINGS, partial(_fit, name, reads))


CURVES = (_baseline("curve_of_all", 0, ()), _baseline("curve_of_group", 1, (GROUP,)))
"""The baselines of durations, simplest first."""
