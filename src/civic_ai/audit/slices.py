"""Places that are served worst, found without any protected attribute.

They are searched for on half of the areas and judged on the others: what is found and judged on the same
places always looks bad, and an honest split does not (Athey and Imbens 2016). No feature is a protected
attribute (the pilot's rules see to that), so the search needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.audit.cells import CELLS, Floats, Integers
from civic_ai.audit.conditions import Conditions, Flags, make_conditions, worst_served
from civic_ai.audit.contrasts import worst_of
from civic_ai.audit.disparity import Measured, group_figures, judge_disparities
from civic_ai.audit.given import Given
from civic_ai.audit.measured import Measurement
from civic_ai.audit.metrics import METRICS, Metric
from civic_ai.panel.groups import Grouping
from civic_ai.records.policy import Policy
from civic_ai.records.slices import ServedSlice, SliceSearch

MOST = 5
"""Slices that are judged for each metric."""
_ALL = "all"


def search_slices(given: Given, made: Measurement, policy: Policy) -> SliceSearch | None:
    """The slices that are served worst on every metric that decides; None where the pilot does not ask."""
    if not given.spec.audit.search_slices:
        return None
    conditions = make_conditions(unit_features(given))
    is_judged = other_half(given.clusters, given.spec.seed)
    metrics = [METRICS[name] for name in made.asked.leading if name in METRICS]
    found = [one for metric in metrics for one in _Search(made, metric, policy).slices(conditions, is_judged)]
    tried = len(conditions.words) * (len(conditions.words) + 1) // 2
    return SliceSearch(slices=tuple(found), tried=tried, verdict=worst_of([one.verdict for one in found]))


def other_half(clusters: Integers, seed: int) -> Flags:
    """(units,): whether the unit's area is in the half that judges; whole areas, drawn at random."""
    count = int(clusters.max()) + 1
    drawn = np.random.default_rng(seed).permutation(count) < count // 2
    judged: Flags = drawn[clusters]
    return judged


def unit_features(given: Given) -> dict[str, Floats]:
    """The mean of each numeric feature over the test dates, by unit; NaN where it is never known."""
    table, days = given.blobs.table(given.panel.blob), given.tested()["as_of"].cast(pa.date32())
    tested = table.filter(pc.is_in(table["as_of"].cast(pa.date32()), value_set=pc.unique(days)))
    unit, count = given.codes(tested), given.units.num_rows
    return {
        feature.name: _means(tested[feature.name], unit, count)
        for feature in given.panel.features
        if _is_number(tested.schema.field(feature.name).type)
    }


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _means(column: pa.ChunkedArray, unit: Integers, units: int) -> Floats:
    values = column.cast(pa.float64()).to_numpy()
    known = np.isfinite(values) & (unit >= 0)
    count = np.bincount(unit[known], minlength=units)
    total = np.bincount(unit[known], values[known], units)
    means: Floats = np.divide(total, count, out=np.full(units, np.nan), where=count > 0)
    return means


@dataclass(frozen=True, eq=False)
class _Search:
    """One metric: where it is worst, and whether that holds."""

    made: Measurement
    metric: Metric
    policy: Policy

    def slices(self, conditions: Conditions, is_judged: Flags) -> list[ServedSlice]:
        """The slices found on the one half with their verdicts on the other, worst first."""
        searched = Conditions(conditions.words, conditions.holds[~is_judged])
        residual, base = self._residual(~is_judged)
        found = worst_served(searched, residual, base, MOST)
        groupings = [
            _against_all(where.said(conditions), where.holds(conditions) & is_judged, is_judged)
            for where in found
            if (where.holds(conditions) & is_judged).any()
        ]
        if not groupings:
            return []
        family = self.made.leading(groupings).get(self.metric.name, ())
        return sorted(self._judged(family), key=self._harm)

    def _residual(self, inside: Flags) -> tuple[Floats, Floats]:
        """What each unit has beyond its part of the whole (below 0: served less), and what it divides by."""
        over, under = (
            self.made.cells[inside] @ np.array([float(side.get(cell, 0)) for cell in CELLS])
            for side in (self.metric.over, self.metric.under)
        )
        share = over.sum() / under.sum() if under.sum() > 0 else 0.0
        beyond = over - share * under
        return (beyond if self.metric.low_is_worse else -beyond), under

    def _judged(self, family: Sequence[Measured]) -> Iterator[ServedSlice]:
        level = self.policy.tolerances.confidence_level
        for measured, item in zip(family, judge_disparities(family, self.policy), strict=True):
            grouping = measured.sums.grouping
            figure = group_figures(measured, level)[0]
            yield ServedSlice(
                where=grouping.attribute,
                metric=self.metric.name,
                figure=figure.figure,
                ratio=item.ratio,
                joint=item.joint,
                verdict=item.verdict,
                needed=item.needed,
                needed_is_least=item.needed_is_least,
                events=figure.events,
                places=round(float(grouping.shares[:, 0].sum())),
            )

    def _harm(self, one: ServedSlice) -> float:
        value = 1.0 if one.ratio.value is None else one.ratio.value
        return value if self.metric.low_is_worse else -value


def _against_all(where: str, inside: Flags, everything: Flags) -> Grouping:
    """A slice beside everything that judges."""
    shares = np.column_stack([inside, everything]).astype(np.float64)
    return Grouping(where, ("slice", _ALL), _ALL, shares, np.ones(len(inside)))
