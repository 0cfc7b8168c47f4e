"""Do the intervals hold as often as they say? Of counts row by row; of events by totals of an area.

A row's event is yes or no, so an interval of it says nothing; how many happen in an area on a date is a
count, and its interval is made here from chances with the same conformal functions as rows'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from civic_ai.evaluation.duration_metrics import known_weight
from civic_ai.evaluation.lists import Floats, Integers, Mask
from civic_ai.evaluation.looked import Looked
from civic_ai.evaluation.rows import sum_by_date
from civic_ai.evaluation.scope import Scope
from civic_ai.evaluation.scores import ORDERS, make_scope
from civic_ai.evaluation.statistic import ratio
from civic_ai.evaluation.trial import Trial
from civic_ai.models.intervals import Forecasts, conformal_bounds, size_groups
from civic_ai.models.survival import waits_until
from civic_ai.records.evaluation import Coverage
from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.predictions import Predictions


@dataclass(frozen=True, eq=False)
class _Bounded:
    """Outcomes of one candidate in one trial, each with its interval: columns ``date``, ``type``, ``step``,
    ``label``, ``lower``, ``upper``, and ``weight``: how many each stands for (durations: 1 over the chance of
    being watched so long; 0 where the case was lost sight of)."""

    candidate: str
    trial: Trial
    outcomes: pd.DataFrame


def coverages(looked: Looked) -> Iterator[Coverage]:
    """Coverage and width of the champion's and the best baseline's intervals, in the tests and in the
    lockbox: over all, by type of request, and by stretch of the horizon.

    The first test split has no interval: nothing was known yet to calibrate it on.
    """
    for candidate in dict.fromkeys((looked.champion, looked.baseline)):
        for trial, outcomes in _outcomes(looked, candidate):
            if len(outcomes):
                yield from _coverage(looked, _Bounded(candidate, trial, outcomes))


def coverage_verdict(covered: Figure, level: float, shortfall: float) -> Verdict:
    """Pass: the whole interval lies at or above ``level - shortfall``. Fail: all of it lies below.
    Unknown: there is no interval. Else insufficient evidence."""
    if covered.lower is None or covered.upper is None:
        return "unknown"
    if covered.lower >= level - shortfall:
        return "pass"
    return "fail" if covered.upper < level - shortfall else "insufficient_evidence"


def lockbox_coverage(made: tuple[Coverage, ...], champion: str, lockbox: str) -> Verdict:
    """The verdict on the champion's intervals over the whole lockbox; unknown where there are none."""
    wanted = (champion, lockbox, None)
    found = (one.verdict for one in made if (one.candidate, one.split, one.group) == wanted)
    return next(found, "unknown")


def stretch(step: Integers, steps: int) -> list[str]:
    """A name for the stretch of the horizon in which each step lies: step_1, step_2, steps_3_4, steps_5_8,
    and so on, each twice as long as the one before."""
    number = np.ceil(np.log2(step + 1)).astype(np.int64)
    last = np.minimum(2**number, steps)
    first = np.where(number == 0, 1, 2 ** np.maximum(number - 1, 0) + 1)
    return [f"step_{a}" if a == b else f"steps_{a}_{b}" for a, b in zip(first, last, strict=True)]


def _outcomes(looked: Looked, candidate: str) -> Iterator[tuple[Trial, pd.DataFrame]]:
    """Outcomes with intervals in the tests, then in the lockbox."""
    trials = (looked.tests, looked.lockbox)
    if looked.terms.kind == "event":
        frames = _area_totals(looked, candidate)
    else:
        horizon = looked.spec.label.horizon_days
        frames = [with_weight(looked.rows(trial, candidate), horizon) for trial in trials]
    for trial, frame in zip(trials, frames, strict=True):
        yield trial, frame[frame["lower"].notna()] if "lower" in frame else frame.iloc[:0]


def with_weight(rows: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """Rows with their ``weight``; cases that were lost sight of are left out, others stand for them."""
    if "ended" not in rows:
        return rows.assign(weight=1.0)
    days, ended = rows["label"].to_numpy(dtype=np.float64), rows["ended"].to_numpy(dtype=bool)
    weight = known_weight(waits_until(days, ended, horizon_days))
    return rows.assign(weight=weight)[weight > 0]


def _area_totals(looked: Looked, candidate: str) -> list[pd.DataFrame]:
    """Events by date, area and type, in the tests and in the lockbox: forecast, come, and the interval."""
    totals = [_sum_by_area(looked, trial, candidate) for trial in (looked.tests, looked.lockbox)]
    level = looked.policy.tolerances.interval_level
    horizon = looked.spec.label.horizon_days
    return bound_totals(candidate, totals, looked.predictions, horizon_days=horizon, level=level)


def bound_totals(
    candidate: str,
    totals: Sequence[pd.DataFrame],
    predictions: Predictions,
    *,
    horizon_days: int,
    level: float,
) -> list[pd.DataFrame]:
    """A candidate's ``totals`` (of the tests, of the lockbox: ``as_of``, ``type``, ``score``, ``label``) with
    ``lower``, ``upper`` and ``weight``.

    Each interval is calibrated on totals that had matured by its date, whichever trial they stand in. A rule
    that only tells an order forecasts no number, so nothing is said of it.
    """
    both = pd.concat(totals, ignore_index=True)
    if candidate in ORDERS or not len(both):
        return [each.iloc[:0].assign(lower=np.nan) for each in totals]
    first = _end_of_first_split(predictions)
    day = both["as_of"].to_numpy().astype("datetime64[D]")
    size = _sizes(both["score"].to_numpy(), day < first)
    forecasts = Forecasts(
        as_of=day,
        matured_on=day + np.timedelta64(horizon_days, "D"),
        group=pd.factorize(both["type"], use_na_sentinel=False)[0] * (1 + size.max(initial=0)) + size,
        mean=both["score"].to_numpy(),
        label=both["label"].to_numpy(),
    )
    bounds = conformal_bounds(forecasts, level=level, first=first)
    both = both.assign(lower=bounds.lower, upper=bounds.upper, weight=1.0)
    return [both.iloc[: len(totals[0])], both.iloc[len(totals[0]) :]]


def _sizes(mean: Floats, is_before: Mask) -> Integers:
    """Small, middling or large by the thirds of what was forecast in the first split, if that has rows."""
    return size_groups(mean, mean[is_before]) if is_before.any() else np.zeros(len(mean), dtype=np.int64)


def _sum_by_area(looked: Looked, trial: Trial, candidate: str) -> pd.DataFrame:
    keys = ["date", "as_of", "area", "type"]
    rows = looked.rows(trial, candidate)
    return rows.groupby(keys, dropna=False, observed=True)[["score", "label"]].sum().reset_index()


def _end_of_first_split(predictions: Predictions) -> np.datetime64:
    """The day from which on there are intervals: the first test split only calibrates."""
    splits = predictions.splits
    return np.datetime64(splits[min(1, len(splits) - 1)].cutoff, "D")


def _coverage(looked: Looked, bounded: _Bounded) -> Iterator[Coverage]:
    """One record over all outcomes, and one for each type and stretch where there are several."""
    outcomes, lists = bounded.outcomes, bounded.trial.lists[bounded.candidate]
    has_interval = np.isin(np.arange(len(lists.sizes)), outcomes["date"])
    scope = make_scope(bounded.trial.whole.name, lists, has_interval, looked.terms)
    for group, rows in _groups(looked, outcomes):
        yield _cover(looked, bounded, scope, (group, rows))


def _groups(looked: Looked, outcomes: pd.DataFrame) -> Iterator[tuple[str | None, Mask]]:
    yield None, np.ones(len(outcomes), dtype=bool)
    columns = [outcomes["type"].to_numpy()]
    if looked.spec.label.steps > 1:
        columns.append(np.array(stretch(outcomes["step"].to_numpy(), looked.spec.label.steps)))
    for column in columns:
        names = dict.fromkeys(name for name in column if isinstance(name, str))
        if len(names) > 1:
            yield from ((name, column == name) for name in sorted(names))


def _cover(looked: Looked, bounded: _Bounded, scope: Scope, group: tuple[str | None, Mask]) -> Coverage:
    name, rows = group
    outcomes, lists = bounded.outcomes, bounded.trial.lists[bounded.candidate]
    lower, label, upper = (outcomes[column].to_numpy() for column in ("lower", "label", "upper"))

    weight = np.where(rows, outcomes["weight"], 0.0)

    def by_date(values: Floats | Mask) -> Floats:
        return sum_by_date(outcomes, np.asarray(weight * values), lists)[scope.dates]

    n = by_date(np.ones(len(outcomes)))
    basis = scope.counting(lists.where(scope.dates), int(rows.sum()))
    level = looked.policy.tolerances.interval_level
    covered = basis.proportion(ratio(by_date((lower <= label) & (label <= upper)), n))
    return Coverage(
        candidate=bounded.candidate,
        split=scope.name,
        measured_on="area_total" if looked.terms.kind == "event" else "row",
        group=name,
        level=level,
        covered=covered,
        width=basis.figure(ratio(by_date(upper - lower), n)),
        verdict=coverage_verdict(covered, level, looked.policy.tolerances.coverage_shortfall),
    )
