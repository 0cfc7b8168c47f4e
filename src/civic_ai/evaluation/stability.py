"""Does it hold over time? The worst split against the mean, and the lockbox against what was expected."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from scipy import stats

from civic_ai.evaluation.lists import Lists, Mask
from civic_ai.evaluation.metric import Metric
from civic_ai.evaluation.scores import Terms, objective_of
from civic_ai.records.evaluation import Stability
from civic_ai.records.figure import Figure, Verdict, missing

LEAST_SPLITS = 3
"""Fewer splits, or fewer stretches of dates, say nothing about how much results vary."""

LEAST_WORST_RATIO = 0.8
"""The worst split must reach this share of the mean over splits."""

WIDEST_EXPECTATION = 0.5
"""An expectation with a half-width above this share of its middle would agree with almost anything."""


def stability_of(
    metric: Metric,
    champion: Mapping[str, Figure],
    baseline: Mapping[str, Figure],
    *,
    champion_is_baseline: bool,
) -> Stability:
    """Figures of the objective by split, of the champion and of the best baseline.

    Pass: at least :data:`LEAST_SPLITS` splits, the worst reaches :data:`LEAST_WORST_RATIO` of the mean,
    and a champion that is a model is ahead of the best baseline in more than half of them. Fail: the
    whole interval of the worst split lies below that share, or the model is ahead in less than half.
    Else insufficient evidence; unknown when a split could not be measured.
    """
    values = {name: figure.value for name, figure in champion.items() if figure.value is not None}
    ahead = sum(_is_ahead(metric, champion[name], baseline[name]) for name in champion)
    shares = {name: _share_of_mean(metric, value, values) for name, value in values.items()}
    worst = min(shares, key=lambda name: shares[name], default=None)
    verdict: Verdict = "unknown"
    if worst is not None and len(values) == len(champion):
        promised = _best_bound(metric, champion[worst])
        hopeful = shares[worst] if promised is None else _share_of_mean(metric, promised, values)
        lead = 1.0 if champion_is_baseline else ahead / len(champion)
        verdict = _verdict(len(values), shares[worst], hopeful, lead)
    return Stability(
        worst_split=worst,
        worst_ratio=None if worst is None else shares[worst],
        least_worst_ratio=LEAST_WORST_RATIO,
        splits_ahead_of_best_baseline=ahead,
        splits=len(champion),
        verdict=verdict,
    )


def _verdict(splits: int, worst: float, hopeful: float, lead: float) -> Verdict:
    if splits < LEAST_SPLITS:
        return "insufficient_evidence"
    if hopeful < LEAST_WORST_RATIO or lead < 0.5:
        return "fail"
    return "pass" if worst >= LEAST_WORST_RATIO and lead > 0.5 else "insufficient_evidence"


def _is_ahead(metric: Metric, one: Figure, other: Figure) -> bool:
    if one.value is None or other.value is None:
        return False
    return metric.ahead(one.value, other.value) > 0


def _share_of_mean(metric: Metric, value: float, values: Mapping[str, float]) -> float:
    mean = math.fsum(values.values()) / len(values)
    best = (mean, value) if metric.direction == "lower" else (value, mean)
    return best[0] / best[1] if best[1] else 1.0


def _best_bound(metric: Metric, figure: Figure) -> float | None:
    return figure.lower if metric.direction == "lower" else figure.upper


def expected_in_lockbox(tests: Lists, lockbox: Lists, terms: Terms) -> Figure:
    """What the test periods let expect of the objective in the lockbox, as a prediction interval.

    The test dates are cut into stretches as long as the lockbox (never across splits), so that their
    spread holds the season, the change from split to split and the chance of a stretch of that length:
    mean +- t sd sqrt(1 + 1 / n), n stretches, n - 1 degrees of freedom (Hahn and Meeker 1991).
    """
    values = np.array(
        [
            objective_of(tests.where(dates), terms).value
            for dates in _stretches(tests, max(len(lockbox.sizes), 1))
        ]
    )
    n = len(values)
    if n < LEAST_SPLITS or not np.isfinite(values).all():
        return missing("too_few_stretches_as_long_as_the_lockbox", n=n)
    middle = float(values.mean())
    t = stats.t.ppf((1 + terms.level) / 2, n - 1)
    half = float(t * values.std(ddof=1) * math.sqrt(1 + 1 / n))
    return Figure(
        value=middle,
        lower=middle - half if terms.objective.is_signed else max(middle - half, 0.0),
        upper=middle + half,
        level=terms.level,
        n=n,
        period=tests.period,
    )


def lockbox_verdict(expected: Figure, observed: Figure) -> Verdict:
    """Pass: the objective in the lockbox lies in the expected interval, and that interval is narrow enough
    to mean something (:data:`WIDEST_EXPECTATION`). Fail: it lies outside, on either side, for a lockbox
    that is too good is as strange as one that is too bad. Unknown: it could not be measured."""
    if observed.value is None:
        return "unknown"
    if expected.value is None or expected.lower is None or expected.upper is None:
        return "insufficient_evidence"
    if not expected.lower <= observed.value <= expected.upper:
        return "fail"
    is_narrow = expected.upper - expected.value <= WIDEST_EXPECTATION * expected.value
    return "pass" if is_narrow else "insufficient_evidence"


def _stretches(lists: Lists, dates: int) -> Iterator[Mask]:
    for split in np.unique(lists.split):
        of_split = np.flatnonzero(lists.split == split)
        for stretch in np.array_split(of_split, max(1, len(of_split) // dates)):
            yield np.isin(np.arange(len(lists.split)), stretch)
