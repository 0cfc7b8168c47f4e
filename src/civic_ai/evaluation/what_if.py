"""What another capacity would find, and with declared hours and cost what it takes and what it saves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from civic_ai.evaluation.capacity import expected_curve, expected_found
from civic_ai.evaluation.lists import Floats, Lists
from civic_ai.evaluation.looked import Looked
from civic_ai.evaluation.statistic import Basis, Statistic, ratio
from civic_ai.evaluation.visits import IS_BASELINE
from civic_ai.records.evaluation import WhatIf
from civic_ai.records.figure import Figure, missing

MOST_POINTS = 1000
"""Points of the baseline's curve that are kept; between them it is read as a straight line."""


def what_if(looked: Looked) -> Iterator[WhatIf]:
    """One record for each capacity of ``capacity.what_if``, on the test periods. Empty where there is no
    list, or none was declared.

    Hours and cost are those of the visits made: no more than there are units on a date.
    """
    declared, lists = looked.spec.capacity, looked.tests.lists
    basis = looked.tests.whole.counting(looked.tests.anyone, len(looked.tests.anyone.sizes))
    is_rule = looked.champion == looked.baseline
    for units in declared.what_if if declared.units_per_period else ():
        ours, theirs = (found_per_period(lists[one], units) for one in (looked.champion, looked.baseline))
        more = basis.compared(ours, theirs, lambda one, other: one - other)
        visits = float(np.minimum(units, looked.tests.anyone.sizes).mean())
        yield WhatIf(
            units=units,
            found_per_period=basis.figure(ours),
            more_than_best_baseline=missing(IS_BASELINE, n=basis.n) if is_rule else more,
            hours_per_period=None if declared.hours_per_unit is None else visits * declared.hours_per_unit,
            cost_per_period=None if declared.cost_per_unit is None else visits * declared.cost_per_unit,
            cost_saved=_cost_saved(looked, units, basis),
        )


def found_per_period(lists: Lists, units: int) -> Statistic:
    """Events found in a period by ``units`` visits, equal scores in expectation."""
    return ratio(expected_found(lists, units), np.ones(len(lists.sizes)))


def visits_saved(champion: Lists, baseline: Lists, units: int) -> Statistic:
    """How many visits a period the baseline needs more, to find as much over all dates as the champion finds
    with ``units`` visits a period; negative where it needs fewer."""
    places = baseline.scores.shape[1]
    kept = np.linspace(0, places, min(places, MOST_POINTS) + 1).round().astype(np.int64)
    found, visits = expected_curve(baseline)[:, kept], np.minimum(kept, baseline.sizes[:, None])
    own = [expected_found(champion, units), np.minimum(units, champion.sizes), np.ones(len(champion.sizes))]

    def saved(totals: Floats) -> Floats:
        curves = totals[..., 3:].reshape(-1, 2, len(kept))
        needed = [_read(curve, total) for curve, total in zip(curves, totals[..., 0].ravel(), strict=True)]
        return np.asarray((np.reshape(needed, totals.shape[:-1]) - totals[..., 1]) / totals[..., 2])

    return Statistic(np.column_stack([*own, found, visits]).astype(np.float64), saved)


def _read(curve: Floats, found: float) -> float:
    """The fewest visits at which the curve (found, visits) reaches ``found``."""
    reached = min(int(np.searchsorted(curve[0], found)), curve.shape[1] - 1)
    part = curve[:, max(reached - 1, 0) : reached + 1]
    return float(np.interp(found, part[0], part[1]))


def _cost_saved(looked: Looked, units: int, basis: Basis) -> Figure | None:
    """What the visits cost a period that the baseline would need more for the same finds."""
    cost = looked.spec.capacity.cost_per_unit
    if cost is None:
        return None
    if looked.champion == looked.baseline:
        return missing(IS_BASELINE, n=basis.n)
    saved = visits_saved(looked.tests.lists[looked.champion], looked.tests.lists[looked.baseline], units)
    return basis.figure(saved.then(lambda visits: visits * cost))
