"""Forecasts that add up: units to types, areas and the city.

The champion's forecasts of single units add up by themselves (``bottom_up``), but small errors that all lean
one way add up too. So each type, each area and the city also get a forecast of their own: the sums of
whichever candidate or rule was closest at that level on the splits before (a rule's sum over units is the
rule applied to the whole). These do not add up; weighted least squares makes them (Wickramasuriya,
Athanasopoulos and Hyndman 2019, with the diagonal of the error variances):

    b~ = b + W_b C' (C W_b C' + W_u)^-1 (u - C b)

which equals S (S' W^-1 S)^-1 S' W^-1 applied to both, with an inverse as small as the upper levels. No
library: it is a few lines of numpy, and the one that exists wants each series as a frame of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from civic_ai.evaluation.lists import Floats, Integers, Mask
from civic_ai.evaluation.looked import Looked
from civic_ai.evaluation.scope import Scope
from civic_ai.evaluation.scores import make_scope
from civic_ai.evaluation.statistic import ratio
from civic_ai.records.evaluation import CoherentSum
from civic_ai.records.figure import Figure

MOST_STEPS = 100
"""More steps than a label can have."""

LEAST_VARIANCE = 1e-9
"""Added to the error variance of sums that were never wrong before, so that they can be weighed."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Each level's sums: name and (sums, units), 1 where a unit belongs to a sum."""

    levels: Mapping[str, sparse.csr_array]

    @property
    def upper(self) -> sparse.csr_array:
        """All sums of all levels, one below the other."""
        return sparse.csr_array(sparse.vstack(list(self.levels.values())))


@dataclass(frozen=True, eq=False)
class Told:
    """What each candidate forecast and what came: (periods, units); a period is one step of one as-of date.

    ``date`` and ``split`` say to which date and split each period belongs.
    """

    forecasts: Mapping[str, Floats]
    came: Floats
    date: Integers
    split: Integers


def coherent_sums(looked: Looked) -> Iterator[CoherentSum]:
    """Root mean squared error at each level from the second test split on, by sums of the champion's rows
    and reconciled. Empty with one test split, for nothing could be learned before it."""
    told, units = lay_out(looked)
    first = told.split.min(initial=len(looked.terms.splits))
    later = told.split > first
    if not later.any():
        return
    hierarchy = make_hierarchy(units)
    single = told.forecasts[looked.champion][later]
    coherent = reconcile_splits(told, hierarchy, looked.champion)[later]
    lists = looked.tests.anyone
    scope = make_scope("all", lists, lists.split > first, looked.terms)
    for level, adds in {**hierarchy.levels, "unit": sparse.eye_array(len(units), format="csr")}.items():
        errors = [(each - told.came[later]) @ adds.T for each in (single, coherent)]
        bottom_up, reconciled = (_root_mean_square(looked, scope, each, told.date[later]) for each in errors)
        yield CoherentSum(level=level, bottom_up=bottom_up, reconciled=reconciled)


def lay_out(looked: Looked) -> tuple[Told, pd.DataFrame]:
    """Test rows of each candidate as matrices, with ``area`` and ``type`` of each unit. A unit without a row
    in a period (nothing is known of it) counts as zero on both sides."""
    frame = looked.rows(looked.tests, looked.champion)
    periods = pd.Index(_period(frame)).unique()
    units = frame[["unit", "area", "type"]].drop_duplicates("unit").set_index("unit")

    def laid(rows: pd.DataFrame, column: str) -> Floats:
        made = np.zeros((len(periods), len(units)))
        made[periods.get_indexer(_period(rows)), units.index.get_indexer(rows["unit"])] = rows[column]
        return made

    forecasts = {name: laid(looked.rows(looked.tests, name), "score") for name in looked.tests.lists}
    date = periods.to_numpy() // MOST_STEPS
    return Told(forecasts, laid(frame, "label"), date, looked.tests.anyone.split[date]), units


def _period(frame: pd.DataFrame) -> Integers:
    """One number for each date and step."""
    return np.asarray(frame["date"] * MOST_STEPS + frame.get("step", 0), dtype=np.int64)


def make_hierarchy(units: pd.DataFrame) -> Hierarchy:
    """The city, and types and areas where there are several of them and fewer than units."""
    levels = {"city": sparse.csr_array(np.ones((1, len(units))))}
    for level in ("type", "area"):
        code, names = pd.factorize(units[level])
        if 1 < len(names) < len(units):
            member = np.flatnonzero(code >= 0)
            ones = np.ones(len(member))
            levels[level] = sparse.csr_array((ones, (code[member], member)), (len(names), len(units)))
    return Hierarchy(levels)


def reconcile_splits(told: Told, hierarchy: Hierarchy, champion: str) -> Floats:
    """(periods, units): the champion's forecasts reconciled with those of every level, split by split; what
    is weighed how follows from the splits before. The first split stays as it is."""
    made = told.forecasts[champion].copy()
    for split in np.unique(told.split)[1:]:
        before, now = told.split < split, told.split == split
        upper, variance = _upper_forecasts(told, hierarchy, before, now)
        own = _mean_square(_errors(told, champion, before))
        made[now] = reconcile(told.forecasts[champion][now], upper, hierarchy.upper, (own, variance))
    return made


def _errors(told: Told, candidate: str, periods: Mask) -> Floats:
    """Forecast less what came, (periods, units)."""
    return np.asarray(told.forecasts[candidate][periods] - told.came[periods])


def reconcile(
    single: Floats, upper: Floats, adds: sparse.csr_array, variances: tuple[Floats, Floats]
) -> Floats:
    """Forecasts of units (periods, units) that agree with forecasts of sums (periods, sums) as far as the
    error variances of both say; see the module. Never below zero."""
    of_units, of_sums = variances
    spread = adds.multiply(of_units)
    square = (spread @ adds.T).toarray() + np.diag(of_sums + LEAST_VARIANCE)
    apart = upper - single @ adds.T
    return np.asarray(np.clip(single + np.linalg.solve(square, apart.T).T @ spread, 0.0, None))


def _upper_forecasts(told: Told, hierarchy: Hierarchy, before: Mask, now: Mask) -> tuple[Floats, Floats]:
    """Forecasts of every sum in the periods ``now`` by whoever was best at its level ``before``, and the
    variance of that one's errors then."""
    forecasts, variances = [], []
    for adds in hierarchy.levels.values():
        errors = {name: _mean_square(_errors(told, name, before) @ adds.T) for name in sorted(told.forecasts)}
        best = min(errors, key=lambda name: float(errors[name].sum()))
        forecasts.append(told.forecasts[best][now] @ adds.T)
        variances.append(errors[best])
    return np.hstack(forecasts), np.concatenate(variances)


def _mean_square(errors: Floats) -> Floats:
    return np.asarray((errors**2).mean(axis=0))


def _root_mean_square(looked: Looked, scope: Scope, errors: Floats, date: Integers) -> Figure:
    """Root mean square of errors (periods, sums) over the dates of the scope."""
    lists = looked.tests.anyone
    above, below = (
        np.bincount(date, part, minlength=len(lists.sizes))[scope.dates]
        for part in ((errors**2).sum(axis=1), np.full(len(errors), errors.shape[1]))
    )
    basis = scope.counting(lists.where(scope.dates), errors.size)
    return basis.figure(ratio(above, below).then(np.sqrt))
