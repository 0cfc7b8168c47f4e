"""Do the champion's intervals hold in the lockbox, for every group?

An interval that holds nine times in ten on average may hold seven times in ten where few people live, and
nobody would plan for the worse weeks there (Romano, Barber, Sabatti & Candes 2020: equalized coverage).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.audit.cells import Floats, sum_cells
from civic_ai.audit.contrasts import worst_of
from civic_ai.audit.disparity import Measured, group_figures, measure
from civic_ai.audit.given import Given, period_of
from civic_ai.audit.metrics import COVERAGE
from civic_ai.audit.rates import GroupSums, sum_groups
from civic_ai.records.audit import GroupFigure
from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.policy import Policy


@dataclass(frozen=True)
class Covered:
    """Coverage in every group, the verdict over all of them, and the group in which intervals hold least."""

    figures: tuple[GroupFigure, ...] = ()
    verdict: Verdict = "unknown"
    worst: GroupFigure | None = None


def measure_coverage(given: Given, policy: Policy) -> Covered:
    """Coverage of the champion's intervals in the lockbox by group, joined with the evaluation's over all.

    Nothing is known where no row of the lockbox has both an interval and an outcome.
    """
    told = told_rows(given)
    if not told.num_rows:
        return Covered()
    sums = sum_groups(
        coverage_cells(told, given),
        given.groupings,
        seed=given.spec.seed,
        clusters=given.clusters,
        basis="told",
    )
    parts = measure(sums, COVERAGE, period_of(told))
    return judge_coverage(parts, given.evaluation.coverage_verdict, policy)


def judge_coverage(parts: Sequence[Measured], overall: Verdict, policy: Policy) -> Covered:
    """The worst of ``overall`` and the verdicts of all groups with enough to tell.

    Enough: as many rows as ``policy.limits.group_events``; what a smaller group shows is chance.
    """
    level = policy.tolerances.confidence_level
    figures = [figure for part in parts for figure in group_figures(part, level)]
    enough = {name for part in parts for name in _enough(part.sums, policy.limits.group_events)}
    judged = [item for item in figures if (item.attribute, item.group) in enough]
    verdicts = [coverage_verdict(item.figure, policy) for item in judged]
    return Covered(
        figures=tuple(figures),
        verdict=worst_of([overall, *verdicts]),
        worst=min(judged, key=lambda item: (item.figure.value, item.attribute, item.group), default=None),
    )


def coverage_verdict(covered: Figure, policy: Policy) -> Verdict:
    """Pass: the interval of coverage lies above the promised level less the tolerated shortfall."""
    least = policy.tolerances.interval_level - policy.tolerances.coverage_shortfall
    if covered.lower is None or covered.upper is None:
        return "insufficient_evidence"
    if covered.lower > least:
        return "pass"
    return "fail" if covered.upper < least else "insufficient_evidence"


def told_rows(given: Given) -> pa.Table:
    """The champion's lockbox rows with an interval and an outcome."""
    table = given.blobs.table(given.evaluation.lockbox_blob)
    known = [pc.equal(table["candidate"], given.evaluation.champion)]
    known += [pc.is_valid(table[name]) for name in ("label", "lower", "upper")]
    chosen = known[0]
    for condition in known[1:]:
        chosen = pc.and_(chosen, condition)
    return table.filter(chosen)


def coverage_cells(told: pa.Table, given: Given) -> Floats:
    """(units, cells): rows with an interval, and those in which it held."""
    label, lower, upper = (
        told[name].cast(pa.float64()).to_numpy().astype(np.float64) for name in ("label", "lower", "upper")
    )
    held = ((lower <= label) & (label <= upper)).astype(np.float64)
    return sum_cells({"told": np.ones(len(held)), "covered": held}, given.codes(told), given.units.num_rows)


def _enough(sums: GroupSums, least: int) -> set[tuple[str, str]]:
    grouping = sums.grouping
    deciding = grouping.deciding_groups(sums.events)
    return {
        (grouping.attribute, group)
        for group, rows in zip(grouping.groups, sums.events, strict=True)
        if rows >= least and group in deciding
    }
