"""The simple rules that a city could use without any model, as one multiplication each.

Places: a count of the unit's own past, scaled to the horizon (METHODS 2.2; the seasonal rule is "mean times
seasonal index", Brown 1959; last value and seasonal naive are the naive forecasts of Hyndman and
Athanasopoulos 2021). Cases: who came first, and the rate of the case's group or observer so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from civic_ai.models.rows import Training
from civic_ai.models.scorer import Columns, Floats, Scorer, feature_matrix
from civic_ai.records.predictions import CandidateRecord, Settings


@dataclass(frozen=True)
class Baseline:
    """A way of scoring that needs no model. It runs wherever the panel has all columns that it ``reads``.

    ``fit`` makes its scorer from the training rows of a split; most rules take nothing from them.
    """

    name: str
    simplicity: int
    reads: tuple[str, ...]
    settings: Settings
    fit: Callable[[Training], Scorer]

    @property
    def record(self) -> CandidateRecord:
        """What the predictions' record says of it."""
        return CandidateRecord(
            name=self.name, is_baseline=True, simplicity=self.simplicity, settings=self.settings
        )


@dataclass(frozen=True)
class Rule:
    """A panel column times a constant, times a second column if it has an ``index``.

    ``window_days``: days that the column counts, where it is to be scaled to the horizon. ``sign`` is -1
    where the lowest comes first.
    """

    name: str
    column: str
    window_days: int | None = None
    index: str | None = None
    sign: int = 1

    @property
    def settings(self) -> Settings:
        """What the predictions' record says of the rule."""
        return {
            "column": self.column,
            "window_days": self.window_days or "none",
            "index": self.index or "none",
            "sign": self.sign,
        }

    @property
    def reads(self) -> tuple[str, ...]:
        """The panel columns that it multiplies."""
        return (self.column,) if self.index is None else (self.column, self.index)

    def as_baseline(self, simplicity: int) -> Baseline:
        """The rule as a baseline; ``simplicity`` 0 is the simplest."""
        return Baseline(self.name, simplicity, self.reads, self.settings, partial(_take, self))


@dataclass(frozen=True)
class RuleScorer:
    """Column x constant x index. For places: expected rows in the horizon, whatever the label's kind (it
    may exceed 1: it ranks units, it is no probability). For cases: a rate, or a rank, the first highest.
    """

    rule: Rule
    horizon_days: int
    link = "identity"

    @property
    def candidate(self) -> str:
        """The rule's name."""
        return self.rule.name

    @property
    def features(self) -> tuple[str, ...]:
        """The baseline columns of the panel that the rule reads."""
        return self.rule.reads

    def score(self, frame: pd.DataFrame) -> Floats:
        """What the rule says, one a row."""
        return np.asarray(self.contributions(frame).sum(axis=1))

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """A rule's own scale is its score."""
        return self.score(frame)

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """The column's part; the index' part (column's part x (index - 1)); base 0."""
        values = feature_matrix(frame, self.features)
        window = self.rule.window_days
        factor = self.rule.sign * (1.0 if window is None else self.horizon_days / window)
        base = values[:, :1] * factor
        return np.hstack([base, base * (values[:, 1:] - 1.0), np.zeros_like(base)])

    def columns(self, frame: pd.DataFrame) -> Columns:
        """Nothing beside the score."""
        return {}


def _take(rule: Rule, training: Training) -> RuleScorer:
    return RuleScorer(rule, training.rows.horizon_days)
