"""How much earlier would the same positives have been found, had the list decided the order of visits?

The City of Chicago's test of its food inspections (2014): every day keeps its number of visits, the list of
an as-of date only decides which of its cases comes when. Whoever makes the record may matter more than what
is visited, so the order is also decided anew within each observer's own visits only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from civic_ai.evaluation.lists import Floats, Integers
from civic_ai.evaluation.looked import Looked
from civic_ai.evaluation.slots import Cases
from civic_ai.evaluation.statistic import Basis, Statistic, ratio
from civic_ai.evaluation.trial import Trial
from civic_ai.evaluation.uncertainty import LEAST_BLOCKS, resample_dates
from civic_ai.records.evaluation import TimeToFind
from civic_ai.records.predictions import CandidateRecord

DUE = "due_in_days"


def times_to_find(looked: Looked) -> Iterator[TimeToFind]:
    """Of every candidate and rule on the tests, and of the champion and the best baseline in the lockbox.

    Empty where nothing says when a case is due. ``within_observer`` is told of models only: a rule that
    knows nothing but the observer has no order within one.
    """
    if DUE not in looked.tests.anyone.more:
        return
    for candidate in looked.predictions.candidates:
        yield _time_to_find(looked, looked.tests, candidate)
    for candidate in looked.chosen.looked_at:
        yield _time_to_find(looked, looked.lockbox, candidate)


@dataclass(frozen=True, eq=False)
class _Told:
    """Means over the events of a trial, and what they rest on. ``period`` numbers what is resampled."""

    cases: Cases
    period: Integers
    basis: Basis

    def mean(self, values: Floats) -> Statistic:
        """Mean over events of one value a case."""
        event, dates = self.cases.event, self.basis.resampled.weights.shape[1]
        return ratio(*(np.bincount(self.period, part, minlength=dates) for part in (event * values, event)))


def _time_to_find(looked: Looked, trial: Trial, candidate: CandidateRecord) -> TimeToFind:
    rows = looked.rows(trial, candidate.name)
    rows = rows[rows[DUE].notna()]
    cases = _cases(rows, rows["date"].to_numpy())
    told = _Told(cases, *_periods(looked, trial, cases))
    within = None
    if rows["observer"].notna().any() and not candidate.is_baseline:
        own = pd.MultiIndex.from_arrays([rows["date"], rows["observer"].cat.codes])
        by_observer = _cases(rows, pd.factorize(own)[0])
        within = told.basis.figure(told.mean(cases.due - by_observer.by_list.day))
    return TimeToFind(
        candidate=candidate.name,
        split=trial.whole.name,
        days_earlier=told.basis.figure(told.mean(cases.due - cases.by_list.day)),
        within_observer=within,
        first_half_today=told.basis.proportion(told.mean(cases.today.early)),
        first_half=told.basis.proportion(told.mean(cases.by_list.early)),
    )


def _cases(rows: pd.DataFrame, lists: Integers) -> Cases:
    score, due, event = (rows[name].to_numpy(dtype=np.float64) for name in ("score", DUE, "label"))
    return Cases(lists, score, due, event)


def _periods(looked: Looked, trial: Trial, cases: Cases) -> tuple[Integers, Basis]:
    """What is resampled, and what figures then rest on: blocks of as-of dates as everywhere.

    Where there are too few lists for that (one list of sixty days, as Chicago published), the days of the
    lists are drawn instead, one by one, with the order of visits as it is.
    """
    lists, events = trial.anyone, int(cases.event.sum())
    by_date = trial.whole.counting(lists, events, "no_events")
    if by_date.resampled.blocks >= LEAST_BLOCKS:
        return cases.lists, by_date
    day, days = pd.factorize(pd.MultiIndex.from_arrays([cases.lists, cases.due]), sort=True)
    its_list = days.get_level_values(0).to_numpy()
    resampled = resample_dates(its_list, 1, seed=looked.terms.seed)
    return day, replace(by_date, resampled=resampled)
