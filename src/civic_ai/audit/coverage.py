"""Do the champion's intervals hold in the lockbox, for every group?

An interval that holds nine times in ten on average may hold seven times in ten where few people live, and
nobody would plan for the worse weeks there (Romano, Barber, Sabatti & Candes 2020: equalized coverage).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.audit.cells import Floats, sum_cells
from civic_ai.audit.contrasts import worst_of
from civic_ai.audit.disparity import Measured, group_figures, measure
from civic_ai.audit.given import Given
from civic_ai.audit.metrics import COVERAGE
from civic_ai.audit.rates import GroupSums, sum_groups
from civic_ai.evaluation.coverage import bound_totals, coverage_verdict, with_weight
from civic_ai.records.audit import GroupFigure
from civic_ai.records.figure import Period, Verdict
from civic_ai.records.policy import Policy


@dataclass(frozen=True)
class Covered:
    """Coverage in every group, the verdict over all of them, and the group in which intervals hold least."""

    figures: tuple[GroupFigure, ...] = ()
    verdict: Verdict = "unknown"
    worst: GroupFigure | None = None


def measure_coverage(given: Given, policy: Policy) -> Covered:
    """Coverage of the champion's intervals in the lockbox by group, joined with the evaluation's over all.

    Every outcome counts once, shared out by residents where an attribute is. Nothing is known where no
    outcome of the lockbox has an interval.
    """
    told = told_outcomes(given, policy)
    if not len(told):
        return Covered()
    sums = sum_groups(
        coverage_cells(told, given.units.num_rows),
        [grouping.by_case for grouping in given.groupings],
        seed=given.spec.seed,
        clusters=given.clusters,
        basis="told",
    )
    parts = measure(sums, COVERAGE, Period(first=told["as_of"].min().date(), last=told["as_of"].max().date()))
    return judge_coverage(parts, given.evaluation.coverage_verdict, policy)


def judge_coverage(parts: Sequence[Measured], overall: Verdict, policy: Policy) -> Covered:
    """The worst of ``overall`` and the verdicts of all groups with enough to tell.

    Enough: as many outcomes as ``policy.limits.group_events``; what a smaller group shows is chance.
    """
    tolerances = policy.tolerances
    figures = [figure for part in parts for figure in group_figures(part, tolerances.confidence_level)]
    enough = {name for part in parts for name in _enough(part.sums, policy.limits.group_events)}
    judged = [item for item in figures if (item.attribute, item.group) in enough]
    promised = (tolerances.interval_level, tolerances.coverage_shortfall)
    return Covered(
        figures=tuple(figures),
        verdict=worst_of([overall, *(coverage_verdict(item.figure, *promised) for item in judged)]),
        worst=min(judged, key=lambda item: (item.figure.value, item.attribute, item.group), default=None),
    )


def told_outcomes(given: Given, policy: Policy) -> pd.DataFrame:
    """The champion's outcomes in the lockbox that have an interval: unit, as_of, label, lower, upper, weight.

    Of counts and durations these are rows; of events the number of them in an area on a date, which stands
    for the area's first unit, since all units of an area belong to the same groups.
    """
    tables = [given.blobs.table(blob) for blob in (given.predictions.blob, given.evaluation.lockbox_blob)]
    tests, lockbox = (champions_rows(table, given) for table in tables)
    if given.panel.label_kind != "event":
        outcomes = with_weight(lockbox, given.panel.horizon_days) if len(lockbox) else lockbox
    else:
        totals = [sum_by_area(rows) for rows in (tests, lockbox)]
        outcomes = bound_totals(
            given.evaluation.champion,
            totals,
            given.predictions,
            horizon_days=given.panel.horizon_days,
            level=policy.tolerances.interval_level,
        )[1]
    return outcomes[outcomes["lower"].notna()] if "lower" in outcomes else outcomes.iloc[:0]


def champions_rows(table: pa.Table, given: Given) -> pd.DataFrame:
    """The champion's rows with an outcome, and the code, area and type of their units."""
    chosen = pc.and_(pc.equal(table["candidate"], given.evaluation.champion), pc.is_valid(table["label"]))
    rows = table.filter(chosen)
    frame: pd.DataFrame = rows.drop_columns(["unit", "split", "candidate"]).to_pandas(date_as_object=False)
    units = given.units.select(["area", "type"]).to_pandas()
    codes = given.codes(rows)
    return frame.assign(unit=codes, **{name: units[name].to_numpy()[codes] for name in units})


def sum_by_area(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums of score and label by date, area and type; ``unit`` is the first of each. Units without an area
    are one more area, as in the evaluation."""
    grouped = rows.groupby(["as_of", "area", "type"], dropna=False)
    return grouped.agg({"score": "sum", "label": "sum", "unit": "first"}).reset_index()


def coverage_cells(told: pd.DataFrame, units: int) -> Floats:
    """(units, cells): outcomes with an interval, by weight, and those in which it held."""
    held = (told["lower"] <= told["label"]) & (told["label"] <= told["upper"])
    weight = told["weight"].to_numpy(dtype=float)
    columns = {"told": weight, "covered": weight * held.to_numpy(dtype=float)}
    return sum_cells(columns, told["unit"].to_numpy(), units)


def _enough(sums: GroupSums, least: int) -> set[tuple[str, str]]:
    grouping = sums.grouping
    deciding = grouping.deciding_groups(sums.events)
    return {
        (grouping.attribute, group)
        for group, rows in zip(grouping.groups, sums.events, strict=True)
        if rows >= least and group in deciding
    }
