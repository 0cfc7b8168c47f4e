"""The metrics of the audit as a table: each a ratio of sums, chosen by what a visit does to people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A ratio of sums: ``over`` and ``under`` name cells with their sign.

    ``is_share`` bounds it by 1. ``is_relative`` divides it by the same ratio over all units, so that 1 is
    an even share. ``rests_on`` is its n, where that is not what it divides by.
    """

    name: str
    over: dict[str, int]
    under: dict[str, int]
    is_share: bool = True
    is_relative: bool = False
    rests_on: dict[str, int] | None = None

    @property
    def why_missing(self) -> str:
        """The reason where there is nothing to measure it on."""
        return "no_positives" if self.under == {"events": 1} else "no_rows"


METRICS = {
    metric.name: metric
    for metric in (
        Metric("recall", {"found": 1}, {"events": 1}),
        Metric("selection_rate", {"selected": 1}, {"rows": 1}),
        Metric("precision", {"hits": 1}, {"selected": 1}),
        Metric("service_per_need", {"selected": 1}, {"events": 1}, is_share=False, is_relative=True),
        Metric("bias_ratio", {"events": 1}, {"predicted": 1}, is_share=False, rests_on={"events": 1}),
        Metric("false_positive_rate", {"selected": 1, "hits": -1}, {"rows": 1, "positives": -1}),
        Metric("false_discovery_rate", {"selected": 1, "hits": -1}, {"selected": 1}),
        Metric("absolute_error_per_event", {"absolute_error": 1}, {"events": 1}, is_share=False),
        Metric("mean_poisson_deviance", {"deviance": 1}, {"rows": 1}, is_share=False),
        Metric("worst_shortfall", {"shortfall": 1}, {"events": 1}),
        Metric("interval_coverage", {"covered": 1}, {"told": 1}),
    )
}
"""Recall: of a group's cases, the share that is visited (equal opportunity: Hardt, Price & Srebro 2016).
Service per need: share of visits over share of cases. Bias ratio: cases that came per case predicted.
False positive rate and false discovery rate: visits without cause, of all quiet places and of all visits.
Worst shortfall: of all that came, the share beyond the forecast in the rows where it fell shortest."""

COVERAGE = METRICS["interval_coverage"]
"""Of the lockbox, and judged by itself; see :mod:`civic_ai.audit.coverage`."""

_ASSISTIVE = ("recall", "service_per_need", "selection_rate", "precision", "bias_ratio")
_PUNITIVE = ("false_positive_rate", "false_discovery_rate", "selection_rate", "precision", "bias_ratio")
METRICS_FOR = {
    "assistive": _ASSISTIVE,
    "punitive": _PUNITIVE,
    "mixed": tuple(dict.fromkeys((*_ASSISTIVE[:2], *_PUNITIVE[:2], *_ASSISTIVE))),
}
"""Metrics by what a visit does to people, most telling first (METHODS 3.1)."""

LEADING = {
    "assistive": ("recall",),
    "punitive": ("false_positive_rate",),
    "mixed": ("recall", "false_positive_rate"),
}
"""The metrics that decide the worst verdict. A visit that helps must reach each group's cases about
equally; a visit that can punish must spare each group's quiet places about equally."""

_FORECAST = ("bias_ratio", "absolute_error_per_event", "mean_poisson_deviance", "worst_shortfall")


@dataclass(frozen=True)
class Asked:
    """Which metrics a question asks for, most telling first, and which of them decide the worst verdict."""

    metrics: tuple[str, ...]
    leading: tuple[str, ...]


def asked_of(question: str, intervention: str) -> Asked:
    """What is measured in every group. A forecast of demand selects nobody: it must expect of each group
    about as many requests as come from it (METHODS 3.1)."""
    if question == "demand":
        return Asked(_FORECAST, _FORECAST[:1])
    return Asked(METRICS_FOR[intervention], LEADING[intervention])
