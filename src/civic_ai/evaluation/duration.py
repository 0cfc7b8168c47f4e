"""How long it took, told from cases of which some are still open: by Kaplan-Meier over resampled dates.

Every figure is a function of life tables by as-of date, which add up, so that a replicate of resampled dates
has a curve of its own, exactly. Where nobody was watched up to the horizon there is no mean: it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from civic_ai.evaluation.calibration import BINS
from civic_ai.evaluation.lists import Floats, Integers, Lists, Mask
from civic_ai.evaluation.scope import Scope
from civic_ai.evaluation.statistic import Statistic
from civic_ai.models.curves import OPEN_AFTER
from civic_ai.models.survival import LifeTable, Waits, waits_until
from civic_ai.records.evaluation import CalibrationBin, HorizonCalibration, RestrictedMean

NOT_WATCHED = "not_watched_up_to_the_horizon"


@dataclass(frozen=True, eq=False)
class Durations:
    """Cases in any order: position of each one's as-of date among ``dates``, its wait, its predicted mean."""

    date: Integers
    dates: int
    waits: Waits
    score: Floats

    def kaplan_meier(self, of: Callable[[LifeTable], Floats], cases: Mask | None = None) -> Statistic:
        """``of`` the life table of the marked cases (all, unless given) over all dates."""
        table = self._by_date(cases)
        tau = len(table.times)

        def read(totals: Floats) -> Floats:
            return of(LifeTable(table.times, totals[..., :tau], totals[..., tau:], table.spent))

        return Statistic(np.concatenate([table.at_risk, table.ended], axis=1), read)

    def over_kaplan_meier(self) -> Statistic:
        """Mean of the predicted means over the restricted mean by Kaplan-Meier."""
        table, tau = self._by_date(None), self.waits.tau
        scores = np.bincount(self.date, self.score, minlength=self.dates)
        cases = np.bincount(self.date, minlength=self.dates)

        def read(totals: Floats) -> Floats:
            seen = LifeTable(table.times, totals[..., 2 : tau + 2], totals[..., tau + 2 :], table.spent)
            return np.asarray(totals[..., 0] / totals[..., 1] / restricted_mean(seen))

        return Statistic(np.column_stack([scores, cases, table.at_risk, table.ended]), read)

    def _by_date(self, cases: Mask | None) -> LifeTable:
        weight = None if cases is None else cases.astype(np.float64)
        return self.waits.daily_table(self.date, self.dates, weight)


def durations_of(lists: Lists) -> Durations:
    """The cases of every date."""
    days, ended = lists.labels[lists.filled], lists.more["ended"][lists.filled] > 0
    return Durations(
        date=np.nonzero(lists.filled)[0],
        dates=len(lists.sizes),
        waits=waits_until(days, ended, int(told_days(lists)[-1])),
        score=lists.scores[lists.filled],
    )


def told_days(lists: Lists) -> Integers:
    """The days after which a candidate says the chance of being open; the last one is the horizon."""
    days = (name.removeprefix(OPEN_AFTER) for name in lists.more if name.startswith(OPEN_AFTER))
    return np.array(sorted(map(int, days)))


def restricted_mean(table: LifeTable) -> Floats:
    """(...): restricted mean of each table; NaN where nobody was watched up to tau."""
    return np.asarray(np.where(table.is_followed, table.restricted_mean(), np.nan))


def done_by(day: int) -> Callable[[LifeTable], Floats]:
    """Chance of being done within ``day`` days; NaN where nobody was watched so long."""

    def read(table: LifeTable) -> Floats:
        is_known = (table.at_risk[..., day - 1] > 0) | (table.open_at(day) <= 0)
        return np.asarray(np.where(is_known, 1.0 - table.open_at(day), np.nan))

    return read


def horizon_calibration(candidate: str, lists: Lists, scope: Scope) -> Iterator[HorizonCalibration]:
    """For each day that is told of: the mean predicted chance of being done by then, and Kaplan-Meier's.

    ``lists`` are the candidate's on the dates of ``scope``.
    """
    durations = durations_of(lists)
    basis = scope.counting(lists, len(durations.score), NOT_WATCHED)
    for day in told_days(lists):
        is_open = lists.more[f"{OPEN_AFTER}{day}"][lists.filled]
        yield HorizonCalibration(
            candidate=candidate,
            days=int(day),
            predicted=float(1.0 - is_open.mean()),
            observed=basis.proportion(durations.kaplan_meier(done_by(int(day)))),
        )


def restricted_means(rows: pd.DataFrame, lists: Lists, scope: Scope) -> Iterator[RestrictedMean]:
    """Mean days until done over all cases, then by type where there are several.

    ``rows``: label, ended, score, type and date (position among ``lists``) of each case of a candidate;
    ``lists`` are that candidate's on the dates of ``scope``, which are all dates of ``rows``.
    """
    tau = int(told_days(lists)[-1])
    ended = rows["ended"].to_numpy(dtype=bool)
    durations = Durations(
        date=rows["date"].to_numpy(dtype=np.int64),
        dates=len(lists.sizes),
        waits=waits_until(rows["label"].to_numpy(dtype=np.float64), ended, tau),
        score=rows["score"].to_numpy(dtype=np.float64),
    )
    for group, cases in _types(rows):
        basis = scope.counting(lists, int(cases.sum()), NOT_WATCHED)
        is_censored = ~durations.waits.ended & (durations.waits.days < tau)
        yield RestrictedMean(
            group=group,
            tau_days=tau,
            observed=basis.figure(durations.kaplan_meier(restricted_mean, cases)),
            predicted=float(durations.score[cases].mean()),
            censored_share=float(is_censored[cases].mean()),
        )


def duration_bins(lists: Lists, scope: Scope) -> Iterator[CalibrationBin]:
    """Cases with similar predicted means, shortest first: the mean predicted, and Kaplan-Meier's."""
    durations = durations_of(lists)
    edges = np.unique(np.quantile(durations.score, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    of_case = np.searchsorted(edges, durations.score, side="left")
    for position in np.unique(of_case):
        cases = of_case == position
        basis = scope.counting(lists, int(cases.sum()), NOT_WATCHED)
        observed = basis.figure(durations.kaplan_meier(restricted_mean, cases))
        yield CalibrationBin(predicted=float(durations.score[cases].mean()), observed=observed)


def _types(rows: pd.DataFrame) -> Iterator[tuple[str | None, Mask]]:
    yield None, np.ones(len(rows), dtype=bool)
    names = sorted(rows["type"].dropna().astype(str).unique())
    if len(names) > 1:
        yield from ((name, (rows["type"] == name).to_numpy(dtype=bool)) for name in names)
