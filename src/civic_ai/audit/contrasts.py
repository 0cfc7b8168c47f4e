"""Ratios of groups to their reference group: interval, joint interval, verdict, and what n it would take."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from civic_ai.evaluation.uncertainty import Interval, n_needed, three_state
from civic_ai.records.figure import Verdict

Floats = NDArray[np.float64]

_CLOSEST = 0.01
"""A ratio nearer than this (on the log scale) to the edge of the band is taken to lie this far from it."""
_MOST_NEEDED, _MOST_TIMES_NEEDED = 100_000, 10
"""More cases than this, or so many times what there is, nobody will wait for: then it is "more than"."""
_POWER = 0.80
_STEPS = 60
"""Steps after which the smallest detectable ratio has settled, or never will."""
_BEYOND_SEEING = math.log(100.0)


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Log ratios that are judged as one family; every array has one entry a ratio.

    ``error`` is the standard error of the log ratio, ``freedom`` its degrees of freedom (clusters less one),
    ``draws`` (draws, ratios) centred and scaled draws that carry how the ratios vary together. NaN in
    ``log_ratio`` or ``error`` marks a ratio that could not be measured.
    """

    log_ratio: Floats
    error: Floats
    freedom: Floats
    draws: Floats

    def own(self, level: float) -> list[Interval | None]:
        """For each ratio the interval that holds for it alone: Student's t on the log scale."""
        return self._intervals(_student(level, self.freedom))

    def joint(self, level: float) -> list[Interval | None]:
        """For each ratio the interval that holds for all at once (single-step max-|z|; Westfall, Young 1993).

        The critical value is the quantile of the largest |z| of a draw. It is never smaller than the one
        of a single ratio, and is widened for few clusters as that one is.
        """
        return self._intervals(self.critical(level))

    def critical(self, level: float) -> Floats:
        """How many standard errors wide the joint intervals are, either way."""
        widened: Floats = _student(level, self.freedom) * self._stretch(level)
        return widened

    def _stretch(self, level: float) -> float:
        measured = np.isfinite(self.log_ratio) & np.isfinite(self.error)
        if not measured.any():
            return 1.0
        largest = np.abs(self.draws[:, measured]).max(axis=1)
        return max(1.0, float(np.quantile(largest, level) / stats.norm.ppf((1 + level) / 2)))

    def _intervals(self, quantile: Floats) -> list[Interval | None]:
        half = quantile * self.error
        lower, upper = np.exp(self.log_ratio - half), np.exp(np.minimum(self.log_ratio + half, 700.0))
        return [
            (float(low), float(high)) if math.isfinite(low) and math.isfinite(high) else None
            for low, high in zip(lower, upper, strict=True)
        ]


def _student(level: float, freedom: Floats) -> Floats:
    """Quantiles of Student's t; NaN without a degree of freedom (one cluster tells nothing about spread)."""
    quantile: Floats = stats.t.ppf((1 + level) / 2, np.where(freedom > 0, freedom, np.nan))
    return quantile


def judge(own: Interval | None, joint: Interval | None, tolerance: float) -> Verdict:
    """``pass`` when the own interval lies inside the band, ``fail`` when the joint one lies outside it.

    So at equality a whole family is failed at most as often as a single ratio would be, and passing all
    groups needs no correction, since all must pass (intersection-union test, Berger 1982).
    """
    if own is None or joint is None:
        return "insufficient_evidence"
    if three_state(*own, tolerance) == "pass":
        return "pass"
    return "fail" if three_state(*joint, tolerance) == "fail" else "insufficient_evidence"


def worst_of(verdicts: list[Verdict]) -> Verdict:
    """``fail`` if any fails, else undecided if any is, ``pass`` only if all pass, ``unknown`` without any."""
    for verdict in ("fail", "unknown", "insufficient_evidence"):
        if verdict in verdicts:
            return verdict
    return "pass" if verdicts else "unknown"


def events_needed(
    log_ratio: float, error: float, events: tuple[float, float], tolerance: float
) -> int | None:
    """Events in each group that would settle the ratio; None where its error is not known.

    ``events``: what both groups have now. Either the n at which a true ratio of 1 passes (METHODS 3.4), or
    the n at which a true ratio like the measured one is told apart from the edge of the band: the smaller
    of those that are more than there is.
    """
    if not (math.isfinite(error) and min(events) > 0):
        return None
    unit_variance = 2 * error**2 / (1 / events[0] + 1 / events[1])
    band = math.log(tolerance)
    distance = abs(band - abs(log_ratio)) if math.isfinite(log_ratio) else band
    needed = sorted(n_needed(unit_variance, math.exp(max(far, _CLOSEST))) for far in (band, distance))
    more = [number for number in needed if number > min(events)]
    return min((more or needed[-1:])[0], most_needed(events))


def most_needed(events: tuple[float, float]) -> int:
    """The number at which :func:`events_needed` stops: it then means "more than so many"."""
    return max(_MOST_NEEDED, _MOST_TIMES_NEEDED * math.ceil(min(events)))


@dataclass(frozen=True)
class Seen:
    """How well one ratio is seen: its standard error on the log scale, the group's own part of it, the
    measured log ratio, and how many standard errors wide its joint interval is either way."""

    error: float
    of_group: float
    log_ratio: float
    critical: float


def detectable_ratio(seen: Seen, tolerance: float) -> float | None:
    """The smallest factor d above ``tolerance`` such that a true ratio of 1 / d fails with 80 % power.

    A failure is a joint interval beyond the band: log d = log tolerance + (critical + z(0.80)) x error
    (the mirror of the power of :func:`events_needed`; Chow, Shao and Wang 2008, chapter 3). The group's part
    of the variance is inverse to how much is found in it, hence larger where the truth is 1 / d than where
    the ratio was measured; d is the fixed point. A ratio of d, above 1, is seen at least as well. None: the
    error is not known, or no ratio above 1 / 100 could have been told from the band.
    """
    if not all(map(math.isfinite, (seen.error, seen.of_group, seen.log_ratio, seen.critical))):
        return None
    band, wide = math.log(tolerance), seen.critical + float(stats.norm.ppf(_POWER))
    rest, far = max(seen.error**2 - seen.of_group**2, 0.0), band
    for _ in range(_STEPS):
        own = seen.of_group**2 * math.exp(seen.log_ratio + far)
        far = band + wide * math.sqrt(rest + own)
        if far > _BEYOND_SEEING:
            return None
    return math.exp(far)
