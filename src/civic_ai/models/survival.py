"""How long until it is done, where some are not done yet: Kaplan-Meier curves and restricted means.

"Mean of the closed cases" is no figure of this package: cases that are still open are the slow ones, and
leaving them out hides delay (METHODS 2.4; experiments/004-censoring). Time is told up to ``tau``, beyond
which nobody need be watched. A case that is censored at a time was still open then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LifeTable:
    """How many were open before each time, and how many ended then; the last time is ``tau``.

    ``times`` (m,) rise; ``at_risk`` and ``ended`` (..., m) are sums, so tables of groups, of dates or of
    bootstrap replicates add up. Ties need no rule of their own: ends come before censorings of the same time.
    ``spent`` (m,): how long those who ended at a time waited after the time before, on average (a whole day,
    where ends are told by the day; in demography the a_x of a life table: Preston et al. 2001, 3.2).
    """

    times: Floats
    at_risk: Floats
    ended: Floats
    spent: Floats

    @property
    def hazard(self) -> Floats:
        """(..., m): chance of ending at each time when still open before it; 0 where nobody is watched."""
        none = np.zeros(np.broadcast_shapes(self.ended.shape, self.at_risk.shape))
        return np.asarray(np.divide(self.ended, self.at_risk, out=none, where=self.at_risk > 0))

    @cached_property
    def open_after(self) -> Floats:
        """(..., m): chance of being open after each time (Kaplan and Meier 1958).

        Where nobody is watched any longer the curve stays as it was (Gill 1980); see ``is_followed``.
        """
        return np.asarray(np.cumprod(1.0 - self.hazard, axis=-1))

    @property
    def is_followed(self) -> Mask:
        """(...): True where somebody was watched up to tau, or all had ended before: nothing is guessed."""
        return np.asarray((self.at_risk[..., -1] > 0) | (self.open_after[..., -1] <= 0)) & (
            self.at_risk[..., 0] > 0
        )

    def open_at(self, day: float) -> Floats:
        """(...): chance of being open after ``day``."""
        before = int(np.searchsorted(self.times, day, side="right"))
        return np.ones(self.open_after.shape[:-1]) if before == 0 else self.open_after[..., before - 1]

    def restricted_mean(self) -> Floats:
        """(...): mean days until done, of at most tau: the area under the curve (Irwin 1949)."""
        return np.asarray(self._areas.sum(axis=-1))

    def open_error(self, day: float) -> Floats:
        """(...): standard error of ``open_at`` (Greenwood 1926); 0 where the curve is 1 or 0."""
        before = int(np.searchsorted(self.times, day, side="right"))
        return np.asarray(self.open_at(day) * np.sqrt(self._greenwood[..., :before].sum(axis=-1)))

    def restricted_error(self) -> Floats:
        """(...): standard error of ``restricted_mean`` (Klein and Moeschberger 2003, section 4.5)."""
        ahead = np.cumsum(self._areas[..., ::-1], axis=-1)[..., ::-1]
        later = np.concatenate([ahead[..., 1:], np.zeros_like(ahead[..., :1])], axis=-1)
        later = later + self.open_after * (np.diff(self.times, prepend=0.0) - self.spent)
        return np.asarray(np.sqrt((later**2 * self._greenwood).sum(axis=-1)))

    @property
    def _areas(self) -> Floats:
        """(..., m): area under the curve from the time before up to each time."""
        return area_by_stretch(self.times, self.open_after, self.spent)

    @property
    def _greenwood(self) -> Floats:
        """(..., m): d / (n (n - d)); 0 once all have ended, for then the curve is 0 and known."""
        left = self.at_risk * (self.at_risk - self.ended)
        return np.asarray(np.divide(self.ended, left, out=np.zeros_like(left), where=left > 0))


def area_by_stretch(times: Floats | Integers, open_after: Floats, spent: Floats) -> Floats:
    """(..., m): days waited in each stretch up to ``times``: the whole of it by those who stay open,
    ``spent`` by those who end in it. Over all stretches it adds up to the restricted mean."""
    before = np.concatenate([np.ones_like(open_after[..., :1]), open_after[..., :-1]], axis=-1)
    return np.asarray(open_after * np.diff(times, prepend=0) + (before - open_after) * spent)


@dataclass(frozen=True, eq=False)
class Waits:
    """Days watched and whether they ended with the case; make them with :func:`waits_until`."""

    days: Floats
    ended: Mask
    tau: int

    def life_table(self) -> LifeTable:
        """(1, m): one table of all, with every time at which a case ended, and tau."""
        return self._table(
            np.unique(np.append(self.days[self.ended], self.tau)), _together(self.days), 1, None
        )

    def daily_table(
        self, group: Integers | None = None, groups: int = 1, weight: Floats | None = None
    ) -> LifeTable:
        """(groups, tau): one table a group with every whole day up to tau.

        ``group`` is a code a case, ``weight`` how often a case counts. Cases are censored at whole days, so
        nothing is lost but the order of ends within a day.
        """
        code = _together(self.days) if group is None else group
        return self._table(np.arange(1.0, self.tau + 1.0), code, groups, weight)

    def spent(self, times: Floats) -> Floats:
        """(m,): mean days that cases which ended in each stretch waited in it; all of it where none did."""
        widths = np.diff(times, prepend=0.0)
        at = np.searchsorted(times, self.days[self.ended])
        into = self.days[self.ended] - (times - widths)[at]
        count = np.bincount(at, minlength=len(times))
        total = np.bincount(at, into, minlength=len(times))
        return np.asarray(np.divide(total, count, out=widths, where=count > 0))

    def _table(self, times: Floats, code: Integers, groups: int, weight: Floats | None) -> LifeTable:
        size = len(times) + 1

        def count(at: Integers, cases: Mask) -> Floats:
            weights = None if weight is None else weight[cases]
            cell = np.bincount(code[cases] * size + at[cases], weights, minlength=groups * size)
            return cell.astype(np.float64).reshape(groups, size)

        at = np.searchsorted(times, self.days)
        ended = count(at, self.ended)[:, :-1]
        seen = np.where(self.ended, at + 1, np.searchsorted(times, self.days, side="right"))
        at_risk = np.cumsum(count(seen, np.ones_like(self.ended))[:, ::-1], axis=1)[:, ::-1][:, 1:]
        return LifeTable(times, at_risk, ended, self.spent(times))

    @cached_property
    def watched(self) -> Floats:
        """(cases,): chance of being watched until the case's own day; never 0, for it was."""
        return self.chance_watched(self.days)

    def chance_watched(self, days: Floats) -> Floats:
        """Chance that a case would still be watched on each of ``days``, whatever became of it.

        Kaplan-Meier of the censorings (the weights of Graf et al. 1999). Ends come before censorings of the
        same time, so it is the chance of no censoring *before* a day: at tau, where all are cut off, it is
        the share that was watched so long.
        """
        censored = ~self.ended & (self.days < self.tau)
        times, lost = np.unique(self.days[censored], return_counts=True)
        inside = np.sort(self.days)
        ends = np.sort(self.days[self.ended])
        at_risk = len(inside) - np.searchsorted(inside, times, side="left")
        at_risk = at_risk - np.searchsorted(ends, times, "right") + np.searchsorted(ends, times, "left")
        kept = np.concatenate([[1.0], np.cumprod(1.0 - lost / at_risk)])
        return np.asarray(kept[np.searchsorted(times, days, side="left")])


def waits_until(days: Floats, ended: Mask, tau: int) -> Waits:
    """Days and ends, one a case, with everything after ``tau`` cut off: open cases are censored there."""
    return Waits(np.minimum(days, float(tau)), np.asarray(ended & (days <= tau)), tau)


def _together(days: Floats) -> Integers:
    return np.zeros(len(days), dtype=np.int64)


def censor_at(
    as_of: NDArray[np.datetime64], days: Floats, ended: Mask, cutoff: np.datetime64
) -> tuple[Floats, Mask]:
    """What was known of each case at the end of the day ``cutoff``: days watched since ``as_of``, and ended?

    A case that ended later was open then: it is censored, not dropped. No ``as_of`` lies after the cutoff.
    """
    watched = (cutoff - as_of.astype("datetime64[D]")).astype(np.float64)
    return np.minimum(days, watched), np.asarray(ended & (days <= watched))
