"""What every group gets, as its question asks: a list's visits, a forecast's errors, or how long it waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from civic_ai.audit.audited import Audited, audit_measured
from civic_ai.audit.cells import Floats, Scored, forecast_cells, list_cells
from civic_ai.audit.disparity import Measured, group_counts, measure
from civic_ai.audit.durations import Delays, delay_cells, delay_sums, measure_delays
from civic_ai.audit.given import Given, period_of
from civic_ai.audit.metrics import METRICS, Asked, asked_for
from civic_ai.audit.rates import GroupSums, sum_groups
from civic_ai.audit.told import SHOWN_CELLS
from civic_ai.evaluation.chance import visit_chance
from civic_ai.models.survival import waits_until
from civic_ai.panel.groups import Grouping
from civic_ai.records.audit import GroupCount
from civic_ai.records.figure import Period
from civic_ai.records.policy import Policy

_FORECAST_CELLS = ("rows", "positives", "events")
_SAID_TO_BE_MISSING = ("bias_ratio",)
"""A metric that a simple rule may not have; a group's own mix of types is no loss where there is one type."""


Measure = Callable[[Sequence[Grouping]], Mapping[str, Sequence[Measured]]]
"""From groupings of the units to every metric that was asked for, by name, one entry a grouping."""


@dataclass(frozen=True, eq=False)
class Measurement:
    """Figures and verdicts of every group, what they rest on, and metrics that had to be left out.

    ``cells`` (units, cells): the sums of each unit. ``again`` measures other groupings of the same units.
    """

    audited: Audited
    asked: Asked
    counts: tuple[GroupCount, ...]
    sums: Sequence[GroupSums]
    period: Period
    cells: Floats
    again: Measure
    left_out: tuple[str, ...] = ()

    def leading(self, groupings: Sequence[Grouping]) -> dict[str, Sequence[Measured]]:
        """The metrics that decide, in other groupings; those that had to be left out are not there."""
        measured = self.again(groupings)
        return {name: measured[name] for name in self.asked.leading if name in measured}


def measure_groups(given: Given, policy: Policy) -> Measurement:
    """Every metric that the question asks for, in every group, over all test splits.

    Raises :class:`DataError` where no test row has an outcome yet.
    """
    rows, asked = given.tested(), asked_for(given.spec)
    prepare = _delays if given.panel.question == "durations" else _rows
    cells, again = prepare(given, rows, asked)
    measured = again(given.groupings)
    sums = [part.sums for part in next(iter(measured.values()))]
    shown = SHOWN_CELLS if given.evaluation.capacity is not None else _FORECAST_CELLS
    return Measurement(
        audited=audit_measured(measured, asked.leading, policy),
        asked=asked,
        counts=tuple(count for part in sums for count in group_counts(part, shown)),
        sums=sums,
        period=period_of(rows),
        cells=cells,
        again=again,
        left_out=tuple(name for name in _SAID_TO_BE_MISSING if name in set(asked.metrics) - set(measured)),
    )


def _delays(given: Given, rows: pa.Table, asked: Asked) -> tuple[Floats, Measure]:
    """How long each group waits, of which some still wait."""
    days = rows["label"].cast(pa.float64()).to_numpy()
    ended = rows["ended"].to_numpy().astype(bool)
    scored = given.scored(rows)
    delays = Delays(
        unit=scored.unit,
        type=given.types[scored.unit],
        waits=waits_until(days, ended, given.panel.horizon_days),
        predicted=scored.score,
        period=period_of(rows),
    )
    seed, clusters = given.spec.seed, given.clusters

    def again(groupings: Sequence[Grouping]) -> Mapping[str, Sequence[Measured]]:
        sums = delay_sums(delays, groupings, clusters, seed=seed)
        return measure_delays(delays, sums, clusters, seed=seed)

    return delay_cells(delays, len(clusters)), again


def _rows(given: Given, rows: pa.Table, asked: Asked) -> tuple[Floats, Measure]:
    """Visits or forecasts: sums over rows."""
    scored, period = given.scored(rows), period_of(rows)
    cells = _CELLS[given.panel.question](scored, given)
    metrics = [name for name in asked.metrics if name != "bias_ratio" or _predicts_numbers(given)]

    def again(groupings: Sequence[Grouping]) -> Mapping[str, Sequence[Measured]]:
        sums = sum_groups(cells, groupings, seed=given.spec.seed, clusters=given.clusters)
        return {name: measure(sums, METRICS[name], period) for name in metrics}

    return cells, again


def _predicts_numbers(given: Given) -> bool:
    """Whether the champion's scores are numbers of cases: the evaluation compared them with what came."""
    return given.evaluation.calibration.bias_ratio.value is not None


def _list_cells(scored: Scored, given: Given) -> Floats:
    capacity = given.evaluation.capacity
    assert capacity is not None, "a list has a capacity"
    return list_cells(scored, visit_chance(scored.day, scored.score, capacity), given.units.num_rows)


def _forecast_cells(scored: Scored, given: Given) -> Floats:
    return forecast_cells(scored, given.units.num_rows)


_CELLS: dict[str, Callable[[Scored, Given], Floats]] = {
    "ranking": _list_cells,
    "cases": _list_cells,
    "demand": _forecast_cells,
}
