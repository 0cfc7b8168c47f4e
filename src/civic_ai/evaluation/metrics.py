"""Every metric in one table, by its name."""

from __future__ import annotations

from civic_ai.evaluation.duration_metrics import METRICS_OF_DURATIONS
from civic_ai.evaluation.metric import Metric
from civic_ai.evaluation.metrics_of_intervals import METRICS_OF_INTERVALS
from civic_ai.evaluation.metrics_of_order import METRICS_OF_ORDER
from civic_ai.evaluation.metrics_of_rates import METRICS_OF_RATES
from civic_ai.evaluation.metrics_of_time import METRICS_OF_TIME
from civic_ai.evaluation.recalibration import Kind

_TABLES = (METRICS_OF_ORDER, METRICS_OF_TIME, METRICS_OF_RATES, METRICS_OF_INTERVALS, METRICS_OF_DURATIONS)

METRICS: dict[str, Metric] = {metric.name: metric for table in _TABLES for metric in table}
"""Every metric by its name."""


def metrics_for(kind: Kind, *, gives_rates: bool, holds: frozenset[str]) -> tuple[Metric, ...]:
    """The metrics that mean something for a kind of label and of score, where the lists hold what they
    need."""
    return tuple(
        metric
        for metric in METRICS.values()
        if kind in metric.kinds and holds.issuperset(metric.needs) and (gives_rates or metric.reads != "rate")
    )
