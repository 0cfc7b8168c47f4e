"""What a metric is: how it is measured, which way is better, and what it means to a resident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from civic_ai.evaluation.lists import Floats, Lists
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.statistic import Statistic, ratio

Values = TypeVar("Values", float, Floats)


@dataclass(frozen=True, eq=False)
class Metric:
    """One way to say how good a list is. ``measure`` takes the lists and the kind of label.

    ``reads`` says what it looks at: the *order* of the list holds for any score, a *rate* needs a
    probability (events), an expected count or expected days, an *interval* needs bounds. ``needs`` names
    what the lists must hold besides. ``optimum`` is the value of a perfect candidate (None: it depends on
    the data). ``direction`` says which way is better: ``higher``, ``lower``, or ``closer`` to the optimum.
    ``rests_on`` is what a figure's n counts. ``lift_on`` names the metric whose ratio is told as the lift
    where this one ``is_signed`` (it may be zero or negative, so that a ratio of it says nothing).
    ``high``, ``low`` and ``not_for`` are for people.
    """

    name: str
    measure: Callable[[Lists, Kind], Statistic]
    kinds: tuple[Kind, ...]
    reads: Literal["order", "rate", "interval"]
    direction: Literal["higher", "lower", "closer"]
    optimum: float | None
    rests_on: Literal["events", "visits", "rows", "intervals"]
    high: str
    low: str
    not_for: str
    needs: tuple[str, ...] = ()
    proportion_for: tuple[Kind, ...] = ()
    when_undefined: str = "no_events"
    is_signed: bool = False
    lift_on: str | None = None

    def gain(self, value: Floats, against: Floats) -> Floats:
        """``value`` over ``against``, turned so that more than 1 is better."""
        return against / value if self.direction == "lower" else value / against

    def ahead(self, value: Values, against: Values) -> Values:
        """How far ``value`` lies ahead of ``against``; negative when it is worse."""
        return against - value if self.direction == "lower" else value - against


def mean_over_rows(lists: Lists, loss: Callable[[Floats, Floats], Floats]) -> Statistic:
    """Mean over rows of a loss of score and label."""
    score = np.where(lists.filled, lists.scores, 1.0)
    return ratio(np.where(lists.filled, loss(score, lists.labels), 0.0).sum(axis=1), lists.sizes)


def mean_where_known(values: Floats) -> Statistic:
    """Mean of (dates, places) values over the rows where they are known."""
    return ratio(np.nansum(values, axis=1), np.isfinite(values).sum(axis=1))
