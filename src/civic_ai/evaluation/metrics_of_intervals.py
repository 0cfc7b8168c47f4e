"""Metrics that read intervals: how often they hold, how wide they are, and what their ends are worth."""

from __future__ import annotations

import numpy as np

from civic_ai.evaluation.lists import Floats, Lists
from civic_ai.evaluation.metric import Metric, mean_where_known
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.statistic import Statistic

_NEEDS = ("interval", "lower", "upper")


def interval_coverage(lists: Lists, _: Kind) -> Statistic:
    """Share of outcomes that lie in their interval, ends included; rows without one are left out."""
    lower, upper = lists.more["lower"], lists.more["upper"]
    is_held = (lower <= lists.labels) & (lists.labels <= upper)
    return mean_where_known(np.where(np.isfinite(lower), is_held, np.nan))


def interval_width(lists: Lists, _: Kind) -> Statistic:
    """Mean of upper less lower, in the label's own unit."""
    return mean_where_known(lists.more["upper"] - lists.more["lower"])


def pinball_lower(lists: Lists, _: Kind) -> Statistic:
    """Pinball loss of the interval's lower end as a quantile (Koenker and Bassett 1978)."""
    return _pinball(lists, lists.more["lower"], 0.5 - lists.interval_level / 2)


def pinball_upper(lists: Lists, _: Kind) -> Statistic:
    """Pinball loss of the interval's upper end as a quantile (Koenker and Bassett 1978)."""
    return _pinball(lists, lists.more["upper"], 0.5 + lists.interval_level / 2)


def _pinball(lists: Lists, bound: Floats, share: float) -> Statistic:
    above = lists.labels - bound
    return mean_where_known(np.maximum(share * above, (share - 1) * above))


METRICS_OF_INTERVALS = (
    Metric(
        "interval_coverage",
        interval_coverage,
        kinds=("count",),
        reads="interval",
        direction="closer",
        needs=_NEEDS,
        optimum=None,
        rests_on="intervals",
        proportion_for=("count",),
        when_undefined="no_rows",
        high="What came lay within the stated range as often as promised, or more often.",
        low="What came lay outside the stated range more often than promised.",
        not_for="choosing a forecast: a range that is wide enough always holds.",
    ),
    Metric(
        "interval_width",
        interval_width,
        kinds=("count",),
        reads="interval",
        direction="lower",
        needs=_NEEDS,
        optimum=0.0,
        rests_on="intervals",
        when_undefined="no_rows",
        high="The range is wide: the city must plan for quiet and for busy weeks.",
        low="The range is narrow: the city can plan closely, if the range also holds.",
        not_for="use without coverage: a narrow range that does not hold misleads.",
    ),
    Metric(
        "pinball_lower",
        pinball_lower,
        kinds=("count",),
        reads="interval",
        direction="lower",
        needs=_NEEDS,
        optimum=0.0,
        rests_on="intervals",
        when_undefined="no_rows",
        high="The lower end lies far from where the few quiet weeks fall.",
        low="The lower end lies close to where the few quiet weeks fall.",
        not_for="comparing places of different size: it grows with the counts.",
    ),
    Metric(
        "pinball_upper",
        pinball_upper,
        kinds=("count",),
        reads="interval",
        direction="lower",
        needs=_NEEDS,
        optimum=0.0,
        rests_on="intervals",
        when_undefined="no_rows",
        high="The upper end lies far from where the few busy weeks fall.",
        low="The upper end lies close to where the few busy weeks fall.",
        not_for="comparing places of different size: it grows with the counts.",
    ),
)
"""How far the stated ranges can be relied upon."""
