"""Bounds on what may hide within areas (the method of bounds: Duncan and Davis 1953).

A resident is given the service of the area (METHODS 3.5). Who of an area is served is not seen: all of its
misses might fall on one group. How bad that could be follows from the area's sums and shares alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from civic_ai.audit.bootstrap import sum_clusters
from civic_ai.audit.cells import CELLS, Floats, Integers
from civic_ai.audit.given import Given
from civic_ai.audit.measured import Measurement
from civic_ai.audit.metrics import METRICS, Metric
from civic_ai.panel.groups import UNKNOWN, Grouping
from civic_ai.records.within import WithinAreas


def bound_within_areas(given: Given, made: Measurement) -> tuple[WithinAreas, ...]:
    """Bounds on every share that decides, for each group of every attribute that is given as shares."""
    shares = [
        grouping for grouping in given.groupings if given.spec.audit.attributes[grouping.attribute].shares
    ]
    metrics = [METRICS[name] for name in made.asked.leading if name in METRICS and METRICS[name].is_share]
    return tuple(
        bound
        for metric in metrics
        for grouping in shares
        for bound in bounds(grouping, made.cells, given.area_codes, metric)
    )


def bounds(grouping: Grouping, cells: Floats, areas: Integers, metric: Metric) -> Iterator[WithinAreas]:
    """Bounds on ``metric``, a share, for each group. ``cells`` (units, cells), ``areas`` (units,): codes.

    Of an area with n cases of which x are reached, a group with the part s of its residents has s n cases; of
    these between max(0, s n - (n - x)) and min(s n, x) are reached. Areas weigh as in the group's figure.
    """
    over, under = (cells @ _signs(side) for side in (metric.over, metric.under))
    for i, group in enumerate(grouping.groups):
        if group == UNKNOWN:
            continue
        columns = np.column_stack([over, under, grouping.shares[:, i] * under, grouping.shares[:, i] * over])
        reached, cases, own, even = sum_clusters(columns * grouping.residents[:, None], areas).T
        least = np.maximum(0.0, own - (cases - reached))
        most = np.minimum(own, reached)
        total = own.sum()
        lower, value, upper = (
            float(part.sum() / total) if total > 0 else None for part in (least, even, most)
        )
        yield WithinAreas(
            attribute=grouping.attribute,
            group=group,
            metric=metric.name,
            value=value,
            lower=lower,
            upper=upper,
            areas=int((own > 0).sum()),
        )


def _signs(side: dict[str, int]) -> Floats:
    return np.array([float(side.get(cell, 0)) for cell in CELLS])
