"""Every metric of every candidate, in each split and over all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from civic_ai.evaluation.lists import Lists, Mask, Setting
from civic_ai.evaluation.metric import Metric
from civic_ai.evaluation.metrics import METRICS, metrics_for
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.scope import Scope
from civic_ai.evaluation.statistic import Statistic
from civic_ai.evaluation.uncertainty import block_length, resample_dates
from civic_ai.pilot.spec import PilotSpec, Question
from civic_ai.records.evaluation import Score
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import CandidateRecord, Predictions

ALL = "all"
NO_RATE = "score_is_not_a_probability"

CHANCES = ("group_rate", "observer_rate")
"""Rules of cases whose score is a chance."""

ORDERS = ("arrival_order",)
"""Rules whose score is an order and no number of anything."""


@dataclass(frozen=True)
class Terms:
    """What an evaluation is held to: declared beforehand by the pilot and the policy."""

    question: Question
    kind: Kind
    objective: Metric
    setting: Setting
    overlap: int
    level: float
    seed: int

    @property
    def splits(self) -> tuple[str, ...]:
        """The test splits in order of time."""
        return self.setting.splits

    @property
    def capacity(self) -> int | None:
        """Units visited on each date; None where the question is no list."""
        return self.setting.capacity

    def metrics(self, candidate: CandidateRecord, lists: Lists) -> tuple[Metric, ...]:
        """What can be measured of a candidate, given what it says and what its lists hold."""
        rates = self.gives_rates(candidate)
        return metrics_for(self.kind, gives_rates=rates, holds=lists.holds)

    def gives_rates(self, candidate: CandidateRecord) -> bool:
        """Does its score mean something by itself? Models' always. A rule of places tells a count, which is
        no chance of an event."""
        return self.kind != "event" or not candidate.is_baseline or candidate.name in CHANCES


def terms_of(spec: PilotSpec, predictions: Predictions, policy: Policy) -> Terms:
    """The terms."""
    return Terms(
        question=spec.question,
        kind=spec.label.kind,
        objective=METRICS[spec.objective],
        setting=Setting(
            splits=tuple(split.name for split in predictions.splits if not split.is_lockbox),
            capacity=spec.capacity.units_per_period,
            interval_level=predictions.interval_level,
        ),
        overlap=_overlap(spec),
        level=policy.tolerances.confidence_level,
        seed=spec.seed,
    )


def _overlap(spec: PilotSpec) -> int:
    """On how many as-of dates in a row the same event is counted: a place's label is told again on every
    date within the horizon, a case is scored once. Waits of neighbouring lists run through the same days of
    work: a third of the horizon makes a block (three overlaps) one horizon long."""
    if spec.question == "cases":
        return 1
    shared = 1 / 3 if spec.question == "durations" else spec.label.steps
    return math.ceil(spec.label.horizon_days * shared / spec.as_of.every_days)


def make_scope(name: str, lists: Lists, dates: Mask, terms: Terms) -> Scope:
    """A scope over the marked dates of ``lists`` (those of any candidate: all have the same dates)."""
    splits = lists.split[dates]
    resampled = resample_dates(splits, block_length(splits, terms.overlap), seed=terms.seed)
    return Scope(name, dates, resampled, terms.level)


def score_lists(
    candidate: CandidateRecord, lists: Lists, scopes: Iterable[Scope], terms: Terms
) -> Iterator[Score]:
    """All metrics of one candidate in each scope."""
    for scope in scopes:
        part = lists.where(scope.dates)
        for metric in terms.metrics(candidate, part):
            figure = scope.figure(part, metric, terms.kind)
            yield Score(candidate=candidate.name, split=scope.name, metric=metric.name, figure=figure)


def objective_of(lists: Lists, terms: Terms) -> Statistic:
    """The declared objective on these lists."""
    return terms.objective.measure(lists, terms.kind)
