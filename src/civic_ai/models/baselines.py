"""The simple rules that a city could use without any model. They always run and always appear.

Each multiplies a trailing count of the unit's own history up to the horizon. Source: METHODS 2.2;
in forecasting, the seasonal rule is "mean times seasonal index" (Brown 1959).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from civic_ai.models.scorer import Floats, feature_matrix
from civic_ai.records.predictions import CandidateRecord, Settings

RECENT_DAYS = 28
YEAR_DAYS = 364


@dataclass(frozen=True)
class Rule:
    """A baseline: which trailing count, over how many days, and the season's index if it has one."""

    name: str
    simplicity: int
    count: str
    window_days: int
    index: str | None = None

    @property
    def record(self) -> CandidateRecord:
        """What the predictions' record says of the rule."""
        settings: Settings = {
            "count": self.count,
            "window_days": self.window_days,
            "index": self.index or "none",
        }
        return CandidateRecord(
            name=self.name, is_baseline=True, simplicity=self.simplicity, settings=settings
        )


RULES = (
    Rule("recent_count", 0, "baseline_recent_count", RECENT_DAYS),
    Rule("year_count", 1, "baseline_year_count", YEAR_DAYS),
    Rule("seasonal_index", 2, "baseline_year_count", YEAR_DAYS, index="baseline_season_index"),
)
BASELINES: Mapping[str, Rule] = {rule.name: rule for rule in RULES}


@dataclass(frozen=True)
class RuleScorer:
    """Expected rows in the horizon: count x horizon / window, times the season's index.

    For event labels this is a count too (it may exceed 1): it ranks units, it is no probability.
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
        return (self.rule.count,) if self.rule.index is None else (self.rule.count, self.rule.index)

    def score(self, frame: pd.DataFrame) -> Floats:
        """Expected label rows within the horizon, one a row."""
        return np.asarray(self.contributions(frame).sum(axis=1))

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """A rule's own scale is its score."""
        return self.score(frame)

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """The count's part; the season's part (count's part x (index - 1)); base 0."""
        values = feature_matrix(frame, self.features)
        base = values[:, :1] * (self.horizon_days / self.rule.window_days)
        season = base * (values[:, 1:] - 1.0)
        return np.hstack([base, season, np.zeros_like(base)])


def rule_scorer(name: str, horizon_days: int) -> RuleScorer:
    """The baseline called ``name`` for labels that look ``horizon_days`` ahead."""
    return RuleScorer(BASELINES[name], horizon_days)
