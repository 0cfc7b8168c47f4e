"""The simple rules that a city could use without any model, as one multiplication each.

Places: a count of the unit's own past, scaled to the horizon (METHODS 2.2; the seasonal rule is "mean times
seasonal index", Brown 1959; last value and seasonal naive are the naive forecasts of Hyndman and
Athanasopoulos 2021). Cases: who came first, and the rate of the case's group or observer so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError

from civic_ai.core.errors import CivicError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.models.rows import Training
from civic_ai.models.scorer import Floats, ModelScorer, feature_matrix
from civic_ai.records.predictions import CandidateRecord, FittedModel, LabelKind, Settings
from civic_ai.records.record import Record


@dataclass(frozen=True)
class Baseline:
    """A way of scoring that needs no training. It runs wherever the panel has all columns that it ``reads``.

    ``fit`` makes its scorer from the training rows of a split; most rules take nothing from them.
    """

    name: str
    simplicity: int
    reads: tuple[str, ...]
    settings: Settings
    fit: Callable[[Training], ModelScorer]

    @property
    def record(self) -> CandidateRecord:
        """What the predictions' record says of it."""
        return CandidateRecord(
            name=self.name, is_baseline=True, simplicity=self.simplicity, settings=self.settings
        )


class Rule(Record):
    """A panel column times a constant, times a second column if it has an ``index``.

    ``window_days``: days that the column counts, where it is to be scaled to the horizon. ``sign`` is -1
    where the lowest comes first.
    """

    name: str
    column: str
    window_days: Annotated[int, Field(ge=1)] | None = None
    index: str | None = None
    sign: Literal[1, -1] = 1

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

    def scorer(self, label_kind: LabelKind, horizon_days: int) -> RuleScorer:
        """The rule for labels of a kind that look ``horizon_days`` ahead."""
        model = FittedModel(
            candidate=self.name,
            label_kind=label_kind,
            link="identity",
            horizon_days=horizon_days,
            seed=0,
            features=self.reads,
            settings=self.settings,
            libraries={},
            learned=False,
        )
        return RuleScorer(model, self)


@dataclass(frozen=True)
class RuleScorer(ModelScorer):
    """Column x constant x index. For places: expected rows in the horizon, whatever the label's kind (it
    may exceed 1: it ranks units, it is no probability). For cases: a rate, or a rank, the first highest.

    It is sealed like any model: its file is the rule, word for word.
    """

    file_name: ClassVar[str] = "rule.json"
    rule: Rule

    def raw_scores(self, frame: pd.DataFrame) -> Floats:
        """A rule's own scale is its score."""
        return np.asarray(self.contributions(frame).sum(axis=1))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """The column's part; the index' part (column's part x (index - 1)); base 0."""
        values = feature_matrix(frame, self.features)
        window = self.rule.window_days
        factor = self.rule.sign * (1.0 if window is None else self.model.horizon_days / window)
        base = values[:, :1] * factor
        return np.hstack([base, base * (values[:, 1:] - 1.0), np.zeros_like(base)])

    def smallest_cell(self, frame: pd.DataFrame) -> int:
        """All of them: what a rule says comes from no row in particular."""
        return len(frame)

    def to_bytes(self) -> bytes:
        """The rule as canonical JSON."""
        return self.rule.to_json()

    @classmethod
    def from_bytes(cls, model: FittedModel, content: bytes) -> Self:
        """The rule of the JSON.

        Raises :class:`RefusedError` unless it is one, and the one that ``model.json`` tells of.
        """
        try:
            rule = Rule.model_validate_json(content)
        except ValidationError as error:
            raise _refused(say("the file is not a rule of bundle/1"), model) from error
        if (rule.name, rule.reads, rule.settings) != (model.candidate, model.features, model.settings):
            raise _refused(say("the rule is another one than model.json tells of"), model)
        return cls(model, rule)


def _take(rule: Rule, training: Training) -> RuleScorer:
    return rule.scorer(training.rows.label_kind, training.rows.horizon_days)


def _refused(says: Message, model: FittedModel) -> CivicError:
    return RefusedError.because(
        says, about=model.candidate, remedy=say("Run the pilot again; do not load this file.")
    )
