"""Every metric of every candidate, in each split and over all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from civic_ai.evaluation.lists import Lists, Mask
from civic_ai.evaluation.metrics import METRICS, Metric, metrics_for
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.statistic import Basis, Statistic
from civic_ai.evaluation.uncertainty import Replicates, block_length, resample_dates
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import Score
from civic_ai.records.figure import Figure, missing
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import CandidateRecord, Predictions

ALL = "all"
NO_RATE = "score_is_not_a_probability"
NO_ROWS = "no_matured_rows"


@dataclass(frozen=True)
class Terms:
    """What an evaluation is held to: declared beforehand by the pilot and the policy."""

    kind: Kind
    objective: Metric
    capacity: int
    splits: tuple[str, ...]
    overlap: int
    level: float
    seed: int

    def metrics(self, candidate: CandidateRecord) -> tuple[Metric, ...]:
        """What can be measured of a candidate: a rule's score is a count, so it is a rate for counts,
        but no probability of an event."""
        return metrics_for(self.kind, gives_rates=self.kind == "count" or not candidate.is_baseline)


def terms_of(spec: PilotSpec, predictions: Predictions, policy: Policy) -> Terms:
    """The terms. ``overlap``: so many as-of dates in a row share part of their label's horizon."""
    return Terms(
        kind=spec.label.kind,
        objective=METRICS[spec.objective],
        capacity=spec.capacity.units_per_period,
        splits=tuple(split.name for split in predictions.splits if not split.is_lockbox),
        overlap=math.ceil(spec.label.horizon_days / spec.as_of.every_days),
        level=policy.tolerances.confidence_level,
        seed=spec.seed,
    )


@dataclass(frozen=True, eq=False)
class Scope:
    """Some of the as-of dates, under a name, resampled once for all candidates: all are paired."""

    name: str
    dates: Mask
    resampled: Replicates
    level: float

    def basis(self, lists: Lists, metric: Metric) -> Basis:
        """What a figure of ``metric`` on these ``lists`` rests on."""
        counts = {"events": lists.events.sum(), "visits": lists.visits.sum(), "rows": lists.sizes.sum()}
        return Basis(
            resampled=self.resampled,
            level=self.level,
            n=round(float(counts[metric.rests_on])),
            period=lists.period,
            when_undefined=metric.when_undefined,
        )

    def figure(self, lists: Lists, metric: Metric, kind: Kind) -> Figure:
        """A metric of the ``lists`` of this scope's dates."""
        if not len(lists.sizes):
            return missing(NO_ROWS)
        return self.figure_of(metric.measure(lists, kind), lists, metric, kind)

    def figure_of(self, statistic: Statistic, lists: Lists, metric: Metric, kind: Kind) -> Figure:
        """A statistic that is read like ``metric`` (what a lottery finds, what another capacity finds)."""
        basis = self.basis(lists, metric)
        return basis.proportion(statistic) if kind in metric.proportion_for else basis.figure(statistic)


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
        for metric in terms.metrics(candidate):
            figure = scope.figure(part, metric, terms.kind)
            yield Score(candidate=candidate.name, split=scope.name, metric=metric.name, figure=figure)


def objective_of(lists: Lists, terms: Terms) -> Statistic:
    """The declared objective on these lists."""
    return terms.objective.measure(lists, terms.kind)
