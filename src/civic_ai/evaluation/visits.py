"""What a board can picture: the curve over capacities, and what 100 visits find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civic_ai.evaluation.capacity import capacity_grid, expected_found, found_range, random_found
from civic_ai.evaluation.lists import Floats, Lists
from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.scope import Scope
from civic_ai.evaluation.statistic import ratio
from civic_ai.records.evaluation import CurvePoint, Per100Visits, TieRange
from civic_ai.records.figure import Figure, missing

RANDOM = "random"
"""The name under which visits drawn by lot stand beside the candidates."""

IS_BASELINE = "is_the_best_baseline"
"""Why a comparison is missing: a rule is not compared with itself."""

_RECALL, _PRECISION = METRICS["recall_at_capacity"], METRICS["precision_at_capacity"]


def tie_range(candidate: str, lists: Lists) -> TieRange:
    """Events found at capacity over all dates: on average over orders of equal scores, worst, best."""
    worst, best = found_range(lists, lists.capacity)
    expected = expected_found(lists, lists.capacity)
    return TieRange(
        candidate=candidate, expected=float(expected.sum()), worst=float(worst.sum()), best=float(best.sum())
    )


def capacity_curve(shown: Mapping[str, Lists], scope: Scope, kind: Kind) -> Iterator[CurvePoint]:
    """Share of all events found at each capacity of the grid, by each of ``shown`` and by lot."""
    anyone = next(iter(shown.values()))
    for units in capacity_grid(anyone):
        for name, found in _found(shown, units).items():
            share = scope.figure_of(ratio(found, anyone.events), anyone, _RECALL, kind)
            yield CurvePoint(candidate=name, units=units, found=share)


def per_100_visits(
    shown: Mapping[str, Lists], best_baseline: str, scope: Scope, kind: Kind
) -> Iterator[Per100Visits]:
    """What 100 visits by each of ``shown`` and by lot find, and what is missed at capacity."""
    anyone = shown[best_baseline]
    visits = scope.basis(anyone, _PRECISION)
    found = _found(shown, anyone.capacity)
    rates = {name: ratio(each, anyone.visits) for name, each in found.items()}
    for name, each in found.items():
        more = visits.compared(rates[name], rates[best_baseline], lambda one, other: 100 * (one - other))
        recall = scope.figure_of(ratio(each, anyone.events), anyone, _RECALL, kind)
        yield Per100Visits(
            candidate=name,
            found=_line(scope.figure_of(rates[name], anyone, _PRECISION, kind), 0, 100),
            missed_share=_line(recall, 1, -1),
            more_than_best_baseline=missing(IS_BASELINE, n=visits.n) if name == best_baseline else more,
        )


def _found(shown: Mapping[str, Lists], units: int) -> dict[str, Floats]:
    """(dates,) for each way of choosing: events found by visiting ``units`` places."""
    found = {name: expected_found(lists, units) for name, lists in shown.items()}
    return found | {RANDOM: random_found(next(iter(shown.values())), units)}


def _line(figure: Figure, start: float, slope: float) -> Figure:
    """``start + slope * figure``, its bounds in order."""
    moved = {name: getattr(figure, name) for name in ("value", "lower", "upper")}
    moved = {name: None if value is None else start + slope * value for name, value in moved.items()}
    if slope < 0:
        moved["lower"], moved["upper"] = moved["upper"], moved["lower"]
    return figure.model_copy(update=moved)
