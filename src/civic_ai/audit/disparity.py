"""How well the list serves each group: figures with intervals, ratios to the reference with verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.cells import CELLS
from civic_ai.audit.contrasts import (
    Contrasts,
    Seen,
    detectable_ratio,
    events_needed,
    judge,
    most_needed,
)
from civic_ai.audit.metrics import Metric
from civic_ai.audit.rates import GroupSums, Rates, few_clusters, rates
from civic_ai.audit.told import SHOWN_CELLS
from civic_ai.evaluation.uncertainty import Interval
from civic_ai.records.audit import Disparity, GroupCount, GroupFigure
from civic_ai.records.figure import Figure, Period, Verdict, missing
from civic_ai.records.policy import Policy

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """One metric of one attribute, ready to be told: sums, rates and the period they cover."""

    sums: GroupSums
    metric: Metric
    rates: Rates
    period: Period | None

    @property
    def errors(self) -> Floats:
        """Standard error of each group's log rate."""
        return self.rates.error(self.sums.units)

    @property
    def events(self) -> Floats:
        """Cases in each group."""
        return self.sums.events

    @property
    def base(self) -> Floats:
        """(groups,): what the metric divides by, each case counted once."""
        signs = [self.metric.under.get(cell, 0) for cell in CELLS]
        counted: Floats = self.sums.counts @ np.array(signs, dtype=np.float64)
        return counted


def measure(sums: Sequence[GroupSums], metric: Metric, period: Period | None) -> list[Measured]:
    """``metric`` in every group of every attribute."""
    return [Measured(part, metric, rates(part, metric), period) for part in sums]


def group_counts(sums: GroupSums, shown: Sequence[str] = SHOWN_CELLS) -> list[GroupCount]:
    """What the figures of each group of an attribute rest on; None for cells that are not ``shown``."""
    nothing = dict.fromkeys(SHOWN_CELLS)
    return [
        GroupCount(
            attribute=sums.grouping.attribute,
            group=group,
            units=round(float(units), 2),
            **nothing | {cell: float(row[CELLS.index(cell)]) for cell in shown},
        )
        for group, row, units in zip(sums.grouping.groups, sums.counts, sums.units, strict=True)
    ]


def group_figures(measured: Measured, level: float) -> list[GroupFigure]:
    """The metric in each group with its interval (on the log scale, Student's t with units - 1)."""
    made, freedom = measured.rates, measured.sums.units - 1
    intervals = Contrasts(made.log, measured.errors, freedom, made.logs).own(level)
    return [
        GroupFigure(
            attribute=measured.sums.grouping.attribute,
            group=group,
            metric=measured.metric.name,
            figure=_group_figure(measured, i, intervals[i], level),
            events=round(float(measured.events[i])),
        )
        for i, group in enumerate(measured.sums.grouping.groups)
    ]


def _group_figure(measured: Measured, i: int, interval: Interval | None, level: float) -> Figure:
    value, n = float(measured.rates.value[i]), round(float(measured.rates.n[i]))
    if not np.isfinite(value):
        return missing(measured.metric.why_missing, n=n)
    most = 1.0 if measured.metric.is_share else np.inf
    lower, upper = (None, None) if interval is None else (min(interval[0], value), max(interval[1], value))
    return Figure(
        value=value,
        lower=lower,
        upper=None if upper is None else min(upper, most),
        level=level,
        n=n,
        period=measured.period,
    )


def judge_disparities(family: Sequence[Measured], policy: Policy) -> list[Disparity]:
    """One metric's ratios to the reference groups, over all attributes, judged as one family.

    A ratio with fewer than ``policy.limits.group_events`` cases on one side is ``insufficient_evidence``.
    """
    pairs = [_pairs(measured) for measured in family]
    contrasts = Contrasts(
        log_ratio=np.concatenate([pair.log_ratio for pair in pairs]),
        error=np.concatenate([pair.error for pair in pairs]),
        freedom=np.concatenate([pair.freedom for pair in pairs]),
        draws=np.concatenate([pair.draws for pair in pairs], axis=1),
    )
    level = policy.tolerances.confidence_level
    intervals = zip(contrasts.own(level), contrasts.joint(level), strict=True)
    judged = zip(contrasts.error, contrasts.critical(level), intervals, strict=True)
    groups = [(one, group) for one, pair in zip(family, pairs, strict=True) for group in pair.groups]
    return [
        _disparity(measured, group, _Judged(float(error), float(critical), *both), policy)
        for (measured, group), (error, critical, both) in zip(groups, judged, strict=True)
    ]


@dataclass(frozen=True)
class _Judged:
    """What is known of one ratio: its error, how wide its joint interval is in errors, and its intervals."""

    error: float
    critical: float
    own: Interval | None
    joint: Interval | None


@dataclass(frozen=True, eq=False)
class _Pairs(Contrasts):
    """The contrasts of one attribute; ``groups`` are the positions of the groups, without the reference."""

    groups: tuple[int, ...] = ()


def _pairs(measured: Measured) -> _Pairs:
    made, units, reference = measured.rates, measured.sums.units, measured.sums.grouping.reference
    groups = tuple(i for i in range(len(units)) if i != reference)
    chosen = list(groups)
    logs = made.logs[:, chosen] - made.logs[:, [reference]]
    fewest = np.minimum(units[chosen], units[reference])
    spread = logs.std(axis=0)
    floor = np.hypot(made.error_floor[chosen], made.error_floor[reference])
    return _Pairs(
        log_ratio=made.log[chosen] - made.log[reference],
        error=np.maximum(spread * few_clusters(fewest), floor),
        freedom=fewest - 1,
        draws=(logs - logs.mean(axis=0)) / np.where(spread > 0, spread, 1.0),
        groups=groups,
    )


def _disparity(measured: Measured, group: int, judged: _Judged, policy: Policy) -> Disparity:
    grouping, tolerances = measured.sums.grouping, policy.tolerances
    events = (float(measured.events[group]), float(measured.events[grouping.reference]))
    is_enough = min(events) >= policy.limits.group_events
    verdict: Verdict = "insufficient_evidence"
    if is_enough:
        verdict = judge(judged.own, judged.joint, tolerances.disparity_ratio)
    needed = None
    if verdict == "insufficient_evidence":
        needed = _needed(measured, group, judged.error, policy)
    own, joint = (_ratio_figure(measured, group, interval, policy) for interval in (judged.own, judged.joint))
    return Disparity(
        attribute=grouping.attribute,
        group=grouping.groups[group],
        reference_group=grouping.reference_group,
        metric=measured.metric.name,
        ratio=own,
        joint=joint,
        verdict=verdict,
        needed=needed,
        needed_is_least=needed is not None and needed >= most_needed(_counted(measured, group)),
        detectable=_detectable(measured, group, judged, policy) if is_enough else None,
    )


def _detectable(measured: Measured, group: int, judged: _Judged, policy: Policy) -> float | None:
    made, reference = measured.rates, measured.sums.grouping.reference
    seen = Seen(
        error=judged.error,
        of_group=float(measured.errors[group]),
        log_ratio=float(made.log[group] - made.log[reference]),
        critical=judged.critical,
    )
    return detectable_ratio(seen, policy.tolerances.disparity_ratio)


def _needed(measured: Measured, group: int, error: float, policy: Policy) -> int | None:
    """Cases in each group, of those that the ratio's n counts; where the error is not known (one unit), as if
    every case stood for itself."""
    reference = measured.sums.grouping.reference
    made, counted = measured.rates, _counted(measured, group)
    alone = float(np.hypot(made.error_floor[group], made.error_floor[reference]))
    needed = events_needed(
        float(made.log[group] - made.log[reference]),
        error if np.isfinite(error) else alone,
        counted,
        policy.tolerances.disparity_ratio,
    )
    events = min(float(measured.events[group]), float(measured.events[reference]))
    least = policy.limits.group_events * max(min(counted) / events, 1.0) if events > 0 else 0.0
    return None if needed is None else max(needed, math.ceil(least))


def _counted(measured: Measured, group: int) -> tuple[float, float]:
    """What the metric is measured on in the group and in its reference group."""
    n = measured.rates.n
    return float(n[group]), float(n[measured.sums.grouping.reference])


def _ratio_figure(measured: Measured, group: int, interval: Interval | None, policy: Policy) -> Figure:
    reference = measured.sums.grouping.reference
    n = round(float(measured.rates.n[group]))
    top, bottom = float(measured.rates.value[group]), float(measured.rates.value[reference])
    if not (np.isfinite(top) and np.isfinite(bottom) and bottom > 0):
        return missing(measured.metric.why_missing, n=n)
    value = top / bottom
    lower, upper = (None, None) if interval is None else (min(interval[0], value), max(interval[1], value))
    return Figure(
        value=value,
        lower=lower,
        upper=upper,
        level=policy.tolerances.confidence_level,
        n=n,
        period=measured.period,
    )
