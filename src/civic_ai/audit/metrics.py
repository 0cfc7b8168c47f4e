"""The metrics of the audit as a table: each a ratio of sums, what the board's questions propose."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.pilot.metric_tree import choose_metrics, proposal_for, propose
from civic_ai.pilot.spec import PilotSpec


@dataclass(frozen=True)
class Metric:
    """A ratio of sums: ``over`` and ``under`` name cells with their sign.

    ``is_share`` bounds it by 1. ``is_relative`` divides it by the same ratio over all units, so that 1 is
    an even share. ``rests_on`` is its n, where that is not what it divides by. ``low_is_worse``: a group with
    a lower value than others is served less well.
    """

    name: str
    over: dict[str, int]
    under: dict[str, int]
    is_share: bool = True
    is_relative: bool = False
    rests_on: dict[str, int] | None = None
    low_is_worse: bool = True

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
        Metric("exposure_by_rank", {"exposure": 1}, {"events": 1}, is_share=False, is_relative=True),
        Metric(
            "bias_ratio",
            {"events": 1},
            {"predicted": 1},
            is_share=False,
            rests_on={"events": 1},
            low_is_worse=False,
        ),
        Metric(
            "false_positive_rate",
            {"selected": 1, "hits": -1},
            {"rows": 1, "positives": -1},
            low_is_worse=False,
        ),
        Metric("false_discovery_rate", {"selected": 1, "hits": -1}, {"selected": 1}, low_is_worse=False),
        Metric(
            "absolute_error_per_event",
            {"absolute_error": 1},
            {"events": 1},
            is_share=False,
            low_is_worse=False,
        ),
        Metric("mean_poisson_deviance", {"deviance": 1}, {"rows": 1}, is_share=False, low_is_worse=False),
        Metric("worst_shortfall", {"shortfall": 1}, {"events": 1}, low_is_worse=False),
        Metric("interval_coverage", {"covered": 1}, {"told": 1}),
    )
}
"""Recall: of a group's cases, the share that is visited (equal opportunity: Hardt, Price & Srebro 2016).
Service per need: share of visits over share of cases. Exposure by rank: sum of 1 / log2(1 + rank) on the list
over the sum of cases, against the same of all (Singh and Joachims 2018; METHODS 3.1). Bias ratio: cases that
came per case predicted. False positive rate and false discovery rate: visits without cause, of all quiet
places and of all visits.
Worst shortfall: of all that came, the share beyond the forecast in the rows where it fell shortest."""

COVERAGE = METRICS["interval_coverage"]
"""Of the lockbox, and judged by itself; see :mod:`civic_ai.audit.coverage`."""


@dataclass(frozen=True)
class Asked:
    """Which metrics a question asks for, most telling first, and which of them decide the worst verdict."""

    metrics: tuple[str, ...]
    leading: tuple[str, ...]


def asked_of(question: str, intervention: str, *, is_limited: bool = False) -> Asked:
    """What the board's questions propose for a kind of pilot (METHODS 3.1). ``is_limited``: a list is visited
    from its top down to the city's capacity, so that it matters how high a group stands on it."""
    _, proposal = propose(question, intervention, is_limited)
    return Asked(proposal.shown, proposal.decide)


def asked_for(spec: PilotSpec) -> Asked:
    """What is measured in every group of a pilot, and what decides: as chosen, else as proposed."""
    return Asked(proposal_for(spec)[1].shown, choose_metrics(spec).chosen)
