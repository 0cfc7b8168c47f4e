"""When would each case have been dealt with, had a list decided the order? The same slots, other cases.

The City of Chicago's test of its food inspections (2014): every day keeps as many inspections as it had,
and the list decides which cases take them. Equal scores share their slots evenly, in expectation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from civic_ai.evaluation.lists import Floats, Integers, Lists, Mask


@dataclass(frozen=True, eq=False)
class Slots:
    """For each row: the day on which its turn comes on average over all orders of equal scores, and the
    chance that it stands in the first half of its list."""

    day: Floats
    early: Floats


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases with a due day, one value a row: the number of its list, its score, the days from the as-of date
    until it is due, whether it turned out to be an event."""

    lists: Integers
    score: Floats
    due: Floats
    event: Floats

    @cached_property
    def by_list(self) -> Slots:
        """Their turns when the list decides."""
        return fill_slots(self.lists, self.score, self.due)

    @cached_property
    def today(self) -> Slots:
        """Their turns as things are done today: in order of their due day."""
        return fill_slots(self.lists, -self.due, self.due)


def cases_of(lists: Lists) -> Cases:
    """The cases of every date that are due on a known day."""
    due = lists.more["due_in_days"]
    known = np.isfinite(due)
    return Cases(np.nonzero(known)[0], lists.scores[known], due[known], lists.labels[known])


def fill_slots(lists: Integers, score: Floats, due: Floats) -> Slots:
    """The slots of each list (``lists`` numbers them; one value a row), filled by falling ``score``.

    ``due`` is the day on which a case is dealt with today; the days of a list's cases are its slots.
    """
    by_day, by_score = np.lexsort((due, lists)), np.lexsort((-score, lists))
    its_list, its_score = lists[by_score], score[by_score]
    begins_list, begins_tie = _begins(its_list), _begins(its_list, its_score)
    first, size = _runs(begins_list)
    before, tied = _runs(begins_tie)
    tie = np.cumsum(begins_tie) - 1
    total = np.bincount(tie, due[by_day])
    half = size / 2 - (before - first)
    day, early = np.empty(len(due)), np.empty(len(due))
    day[by_score] = total[tie] / tied
    early[by_score] = np.clip(half / tied, 0.0, 1.0)
    return Slots(day, early)


def _begins(*keys: Floats | Integers) -> Mask:
    """True where a row differs in a key from the row before."""
    begins = np.ones(len(keys[0]), dtype=bool)
    begins[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return begins


def _runs(begins: Mask) -> tuple[Integers, Integers]:
    """For each row: where its run begins, and how many rows the run has."""
    run = np.cumsum(begins) - 1
    return np.flatnonzero(begins)[run], np.bincount(run)[run]
