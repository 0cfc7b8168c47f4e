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
from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.roc import area_interval
from civic_ai.evaluation.slots import Cases
from civic_ai.evaluation.statistic import Basis, Statistic, ratio
from civic_ai.evaluation.trial import Trial
from civic_ai.evaluation.uncertainty import LEAST_BLOCKS, resample_dates
from civic_ai.records.evaluation import TimeToFind
from civic_ai.records.figure import Figure
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
class _Events:
    """The events among the cases of a trial: what is resampled (``period`` numbers it), and what figures
    then rest on."""

    period: Integers
    basis: Basis

    def mean(self, values: Floats) -> Statistic:
        """Mean of one value an event."""
        periods = self.basis.resampled.weights.shape[1]
        above = np.bincount(self.period, values, minlength=periods)
        return ratio(above, np.bincount(self.period, minlength=periods))


def _time_to_find(looked: Looked, trial: Trial, candidate: CandidateRecord) -> TimeToFind:
    rows = looked.rows(trial, candidate.name)
    rows = rows[rows[DUE].notna()]
    cases = _cases(rows, rows["date"].to_numpy())
    is_event = cases.event > 0
    events = _events(looked, trial, cases.lists[is_event])
    within = None
    if rows["observer"].notna().any() and not candidate.is_baseline:
        own = pd.MultiIndex.from_arrays([rows["date"], rows["observer"].cat.codes])
        by_observer = _cases(rows, pd.factorize(own)[0]).by_list
        within = events.basis.figure(events.mean((cases.due - by_observer.day)[is_event]))
    return TimeToFind(
        candidate=candidate.name,
        split=trial.whole.name,
        days_earlier=events.basis.figure(events.mean((cases.due - cases.by_list.day)[is_event])),
        within_observer=within,
        first_half_today=events.basis.proportion(events.mean(cases.today.early[is_event])),
        first_half=events.basis.proportion(events.mean(cases.by_list.early[is_event])),
        area_under_roc=_area_under_roc(trial, candidate.name),
    )


def _area_under_roc(trial: Trial, candidate: str) -> Figure:
    """Of all cases as one list; where there are too few lists to resample, cases are what varies."""
    lists, scope = trial.lists[candidate], trial.whole
    figure = scope.figure(lists, METRICS["area_under_roc_overall"], "event")
    if figure.value is None or figure.lower is not None:
        return figure
    score, is_event = lists.scores[lists.filled], lists.labels[lists.filled] > 0
    basis = scope.counting(lists, figure.n)
    return basis.bounded(figure.value, area_interval(score, is_event, scope.level))


def _cases(rows: pd.DataFrame, lists: Integers) -> Cases:
    score, due, event = (rows[name].to_numpy(dtype=np.float64) for name in ("score", DUE, "label"))
    return Cases(lists, score, due, event)


def _events(looked: Looked, trial: Trial, date: Integers) -> _Events:
    """Events by their list's ``date``. Blocks of as-of dates are resampled, as everywhere.

    Where there are too few lists for that (one list of sixty days, as Chicago published), the events are
    drawn one by one, with the order of visits as it is: the spread of Chicago's own paired test.
    """
    basis = trial.whole.counting(trial.anyone, len(date), "no_events")
    if basis.resampled.blocks >= LEAST_BLOCKS:
        return _Events(date, basis)
    one_by_one = resample_dates(np.zeros(len(date), dtype=np.int64), 1, seed=looked.terms.seed)
    return _Events(np.arange(len(date)), replace(basis, resampled=one_by_one))
