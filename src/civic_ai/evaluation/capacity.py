"""What is found when the city visits the first places of every list; equal scores resolved exactly.

Equal scores make the end of a list a matter of chance. Of ``tied`` units that share the last score,
``open`` are visited; under random order the events among them follow a hypergeometric distribution,
whose mean is known in closed form, and so are the unluckiest and the luckiest order. Nothing is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civic_ai.evaluation.lists import Floats, Integers, Lists, running_total

_SHARES_OF_CAPACITY = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)


@dataclass(frozen=True, eq=False)
class _Cut:
    """Where a list ends, for each date: places surely visited, places tied, visits open among them."""

    above: Integers
    tied: Integers
    open: Integers


def expected_found(lists: Lists, units: int) -> Floats:
    """(dates,): events found by visiting ``units`` places, averaged over all orders of equal scores."""
    cut = _cut(lists, units)
    sure = _at(lists.cumulative, cut.above)
    among_tied = _at(lists.cumulative, cut.above + cut.tied) - sure
    return sure + cut.open * among_tied / cut.tied


def expected_curve(lists: Lists) -> Floats:
    """(dates, places + 1): events found by visiting 0, 1, 2, ... places, averaged over all orders of equal
    scores; where a date has no more units, all of its events."""
    before = np.take_along_axis(lists.cumulative, lists.tied_from, axis=1)
    after = np.take_along_axis(lists.cumulative, lists.tied_until, axis=1)
    share = (np.arange(1, lists.scores.shape[1] + 1) - lists.tied_from) / (lists.tied_until - lists.tied_from)
    return np.concatenate([np.zeros((len(lists.sizes), 1)), before + share * (after - before)], axis=1)


def found_range(lists: Lists, units: int) -> tuple[Floats, Floats]:
    """(dates,) twice: events found under the unluckiest and the luckiest order of equal scores."""
    cut = _cut(lists, units)
    place = np.arange(lists.scores.shape[1])
    is_tied = (place >= cut.above[:, None]) & (place < (cut.above + cut.tied)[:, None])
    rising = np.sort(np.where(is_tied, lists.labels, np.inf), axis=1)
    rising[place >= cut.tied[:, None]] = 0.0
    total = running_total(rising)
    sure = _at(lists.cumulative, cut.above)
    unlucky = _at(total, cut.open)
    lucky = _at(total, cut.tied) - _at(total, cut.tied - cut.open)
    return sure + unlucky, sure + lucky


def random_found(lists: Lists, units: int) -> Floats:
    """(dates,): events found on average by visiting ``units`` units drawn by lot."""
    return lists.events * np.minimum(units, lists.sizes) / lists.sizes


def capacity_grid(lists: Lists) -> tuple[int, ...]:
    """Capacities for a curve: from a quarter to four times the real one, as far as there are units."""
    most = int(lists.sizes.max(initial=1))
    return tuple(sorted({min(max(round(lists.capacity * share), 1), most) for share in _SHARES_OF_CAPACITY}))


def _cut(lists: Lists, units: int) -> _Cut:
    visits = np.minimum(units, lists.sizes)
    last = _at(lists.scores, visits - 1)[:, None]
    above = np.count_nonzero(lists.scores > last, axis=1)
    tied = np.count_nonzero(lists.scores == last, axis=1)
    return _Cut(above=above, tied=tied, open=visits - above)


def _at(values: Floats, position: Integers) -> Floats:
    """One value of each row."""
    taken: Floats = np.take_along_axis(values, position[:, None], axis=1)[:, 0]
    return taken
