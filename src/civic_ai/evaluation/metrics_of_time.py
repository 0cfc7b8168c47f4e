"""Metrics of cases that are due on a day: how much earlier the list would have come to the right ones."""

from __future__ import annotations

import numpy as np

from civic_ai.evaluation.lists import Floats, Lists
from civic_ai.evaluation.metric import Metric
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.slots import Cases, cases_of
from civic_ai.evaluation.statistic import Statistic, ratio

_NEEDS = ("due_in_days",)


def days_earlier(lists: Lists, _: Kind) -> Statistic:
    """Mean over events of the day on which it was due less the day on which the list comes to it.

    Each day keeps as many cases as it had, within the list of one as-of date (City of Chicago 2014).
    """
    cases = cases_of(lists)
    return _mean_over_events(lists, cases, cases.due - cases.by_list.day)


def days_until_found(lists: Lists, _: Kind) -> Statistic:
    """Mean over events of the days from the as-of date until the list comes to it."""
    cases = cases_of(lists)
    return _mean_over_events(lists, cases, cases.by_list.day)


def first_half(lists: Lists, _: Kind) -> Statistic:
    """Share of events in the first half of the cases of their list, equal scores in expectation."""
    cases = cases_of(lists)
    return _mean_over_events(lists, cases, cases.by_list.early)


def _mean_over_events(lists: Lists, cases: Cases, values: Floats) -> Statistic:
    dates = len(lists.sizes)
    above = np.bincount(cases.lists, cases.event * values, minlength=dates)
    return ratio(above, np.bincount(cases.lists, cases.event, minlength=dates))


METRICS_OF_TIME = (
    Metric(
        "days_earlier",
        days_earlier,
        kinds=("event",),
        reads="order",
        direction="higher",
        needs=_NEEDS,
        optimum=None,
        rests_on="events",
        is_signed=True,
        lift_on="days_until_found",
        high="With the same visits a day, problems would have been found days earlier.",
        low="At 0 or below, the order of today finds problems as early or earlier.",
        not_for="claiming that more is found: the same cases are visited, only in another order.",
    ),
    Metric(
        "days_until_found",
        days_until_found,
        kinds=("event",),
        reads="order",
        direction="lower",
        needs=_NEEDS,
        optimum=None,
        rests_on="events",
        high="Problems wait for many days after the list is made.",
        low="Problems are found soon after the list is made.",
        not_for="comparing lists of different length: a longer list takes more days.",
    ),
    Metric(
        "first_half",
        first_half,
        kinds=("event",),
        reads="order",
        direction="higher",
        needs=_NEEDS,
        optimum=None,
        rests_on="events",
        proportion_for=("event",),
        high="Most problems are found in the first half of the visits.",
        low="At one half, the order of visits does not bring problems forward.",
        not_for="deciding how many visits to make: it looks at one point of the list only.",
    ),
)
"""How early the list comes to what is wrong."""
