"""What every group gets, as its question asks: a list's visits, a forecast's errors, or how long it waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from civic_ai.audit.audited import Audited, audit_sums
from civic_ai.audit.cells import Floats, Scored, forecast_cells, list_cells
from civic_ai.audit.disparity import group_counts
from civic_ai.audit.durations import DELAY_LEADING, DELAY_METRICS, Delays, audit_durations, delay_sums
from civic_ai.audit.given import Given, period_of
from civic_ai.audit.metrics import Asked, asked_of
from civic_ai.audit.rates import GroupSums, sum_groups
from civic_ai.audit.suppression import SHOWN_CELLS
from civic_ai.evaluation.chance import visit_chance
from civic_ai.models.survival import waits_until
from civic_ai.records.audit import GroupCount
from civic_ai.records.figure import Period
from civic_ai.records.policy import Policy

_FORECAST_CELLS = ("rows", "positives", "events")


@dataclass(frozen=True, eq=False)
class Measurement:
    """Figures and verdicts of every group, what they rest on, and metrics that had to be left out."""

    audited: Audited
    asked: Asked
    counts: tuple[GroupCount, ...]
    sums: Sequence[GroupSums]
    period: Period
    left_out: tuple[str, ...] = ()


def measure_groups(given: Given, policy: Policy) -> Measurement:
    """Every metric that the question asks for, in every group, over all test splits.

    Raises :class:`DataError` where no test row has an outcome yet.
    """
    measure = _measure_delays if given.panel.question == "durations" else _measure_rows
    return measure(given, given.tested(), policy)


def _measure_delays(given: Given, rows: pa.Table, policy: Policy) -> Measurement:
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
    seed = given.spec.seed
    sums = delay_sums(delays, given.groupings, given.clusters, seed=seed)
    return Measurement(
        audited=audit_durations(delays, sums, given.clusters, policy, seed=seed),
        asked=Asked(tuple(DELAY_METRICS), DELAY_LEADING),
        counts=tuple(count for part in sums for count in group_counts(part, _FORECAST_CELLS)),
        sums=sums,
        period=delays.period,
    )


def _measure_rows(given: Given, rows: pa.Table, policy: Policy) -> Measurement:
    """Visits or forecasts: sums over rows."""
    scored, period, question = given.scored(rows), period_of(rows), given.panel.question
    sums = sum_groups(
        _CELLS[question](scored, given), given.groupings, seed=given.spec.seed, clusters=given.clusters
    )
    asked = asked_of(question, given.spec.intervention)
    metrics = tuple(name for name in asked.metrics if name != "bias_ratio" or _predicts_numbers(given))
    shown = SHOWN_CELLS if given.evaluation.capacity is not None else _FORECAST_CELLS
    return Measurement(
        audited=audit_sums(sums, metrics, asked.leading, period, policy),
        asked=asked,
        counts=tuple(count for part in sums for count in group_counts(part, shown)),
        sums=sums,
        period=period,
        left_out=tuple(sorted(set(asked.metrics) - set(metrics))),
    )


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
