"""Holes, bursts and copied weeks in the time line of a source.

Each test compares a day or week with its own surroundings and asks how often chance alone would do
this. The false alarm rate is stated: with ``ALARM`` = 0.01 a steady stream (season and weekends, Poisson
or scattered counts, two rows a week or more) raises over four years a false gap or burst in about one
source of a hundred; sparser or far more scattered streams in up to six (the test prints it). Real events
(a storm, a strike, a closed office) are found too: whether they are faults is for people to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from civic_ai.core.dates import add_days, days_between
from civic_ai.data.engine import quoted, rows_of
from civic_ai.data.findings import finding
from civic_ai.records.snapshot import Finding

Counts = npt.NDArray[np.float64]
ALARM = 0.01
"""Chance of one or more false alarms of a kind in the whole time line of a source."""
AROUND_DAYS = 42
"""The surroundings of a hole: so many days before and after it."""
AROUND_WEEKS = 6
"""The surroundings of a week: so many weeks before and after it."""
BURST_TIMES = 3.0
"""A burst is also at least so many times the usual: smaller ones are no news."""
_SHORTEST_HOLE_DAYS = 7
_MEDIAN_ERROR = 1.2533
"""Standard error of a median, in standard errors of the mean (normal counts): the root of pi / 2."""
_REGULAR = 0.5
"""Below this dispersion a stream is regular (one row a day), so that each missing day is a hole."""


def history_findings(backend: Any, table: str, source: str, known_at: str) -> list[Finding]:
    """Holes and bursts in the rows of ``table`` over the days of the column ``known_at``."""
    days = rows_of(
        backend,
        f"""SELECT CAST({quoted(known_at)} AS DATE) AS day, count(*) FROM {quoted(table)}
        WHERE {quoted(known_at)} IS NOT NULL GROUP BY day ORDER BY day""",
    )
    if not days:
        return []
    first = days[0][0]
    counts = np.zeros(days_between(first, days[-1][0]) + 1)
    for day, count in days:
        counts[days_between(first, day)] = count
    return [*gap_findings(counts, first, source), *burst_findings(counts, first, source)]


def gap_findings(counts: Counts, first: date, source: str) -> Iterator[Finding]:
    """Runs of days without a row that chance does not explain.

    ``counts`` are rows by day from ``first``. The usual rate is the lower one of the six weeks before
    and after. With mean m over the hole and dispersion d, counts of variance d*m are zero with chance
    exp(-m log(d) / (d-1)): binomial for d < 1, Poisson in the limit d = 1, negative binomial for d > 1.
    """
    dispersion = dispersion_of(weekly(counts))
    shortest = 1 if dispersion < _REGULAR else _SHORTEST_HOLE_DAYS
    for start, stop in _empty_runs(counts):
        if stop - start < shortest:
            continue
        usual = min(_rate(counts, start - AROUND_DAYS, start), _rate(counts, stop, stop + AROUND_DAYS))
        log_chance = -usual * (stop - start) * _log_zero(dispersion)
        if log_chance <= np.log(ALARM / len(counts)):
            values: dict[str, str | int | float] = {
                "first": add_days(first, start).isoformat(),
                "last": add_days(first, stop - 1).isoformat(),
            }
            yield finding("gap", source, counted=(stop - start, len(counts)), values=values)


def burst_findings(counts: Counts, first: date, source: str) -> Iterator[Finding]:
    """Weeks (Monday to Sunday) with at least three times the usual rows, beyond what chance explains.

    The usual is the median of the six weeks before and after. The chance is that of a negative binomial
    (Poisson for a dispersion of at most 1) with a mean two standard errors above it, since the usual is
    itself only seen through a few weeks.
    """
    lead = first.weekday()
    weeks = weekly(np.concatenate((np.zeros(lead), counts)))
    dispersion = dispersion_of(weeks)
    for at, count in enumerate(weeks):
        usual = max(float(np.median(_around(weeks, at))), 1.0)
        error = _MEDIAN_ERROR * float(np.sqrt(max(dispersion, 1.0) * usual / (2 * AROUND_WEEKS)))
        if count < BURST_TIMES * usual or _tail(count, usual + 2 * error, dispersion) > ALARM / len(weeks):
            continue
        week = add_days(first, 7 * at - lead)
        values: dict[str, str | int | float] = {
            "week": week.isoformat(),
            "times": round(count / usual, 1),
        }
        yield finding("burst", source, counted=(int(count), int(weeks.sum())), values=values)


def weekly(counts: Counts) -> Counts:
    """Sums of seven days; an unfinished last week is left out."""
    whole = len(counts) // 7
    sums: Counts = counts[: whole * 7].reshape(whole, 7).sum(axis=1)
    return sums


def dispersion_of(weeks: Counts) -> float:
    """Variance over mean of weekly counts around their surroundings, by quantiles.

    The third quartile of the Pearson residuals against a chi-square of one degree of freedom: a quarter
    of the weeks may be anything. 1 for Poisson counts, 0 for a regular stream.
    """
    if len(weeks) < 2 * AROUND_WEEKS:
        return 1.0
    usual = np.array([_around(weeks, at).mean() for at in range(len(weeks))])
    known = usual > 0
    if not known.any():
        return 1.0
    inflation = 1 + 1 / (2 * AROUND_WEEKS)
    residuals = (weeks[known] - usual[known]) ** 2 / (usual[known] * inflation)
    return float(np.quantile(residuals, 0.75) / stats.chi2.ppf(0.75, 1))


def _around(weeks: Counts, at: int) -> Counts:
    return np.concatenate((weeks[max(0, at - AROUND_WEEKS) : at], weeks[at + 1 : at + 1 + AROUND_WEEKS]))


def _rate(counts: Counts, start: int, stop: int) -> float:
    """Rows a day between two days, as far as the time line reaches, less one standard error."""
    part = counts[max(0, start) : max(0, stop)]
    rows = float(part.sum())
    return (rows - rows**0.5) / len(part) if len(part) else 0.0


def _empty_runs(counts: Counts) -> Iterator[tuple[int, int]]:
    """First day and day after the last of each run of days without a row."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], counts == 0, [0])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _log_zero(dispersion: float) -> float:
    """log(d) / (d - 1), with its limit 1 at d = 1; large (not infinite) for a regular stream."""
    safe = max(dispersion, 1e-6)
    return 1.0 if abs(safe - 1) < 1e-6 else float(np.log(safe) / (safe - 1))


def _tail(count: float, mean: float, dispersion: float) -> float:
    """Chance of ``count`` or more rows."""
    if dispersion <= 1 + 1e-6:
        return float(stats.poisson.sf(count - 1, mean))
    size = mean / (dispersion - 1)
    return float(stats.nbinom.sf(count - 1, size, 1 / dispersion))
