"""Curves of still being open, one a case, on a grid of days; and what is read from them.

Between two days of the grid the chance of ending is taken to be the same each day, so that a curve on a
coarse grid says something for every whole day; on a daily grid nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from civic_ai.models.survival import Floats, Integers, area_by_stretch

_FIRST_DAYS = (1, 2, 3, 5, 7, 10, 14, 21)
OPEN_AFTER = "open_after_"
_ROUNDING = 1e-9


def grid_days(horizon_days: int) -> tuple[int, ...]:
    """1, 2, 3, 5, 7, 10, 14, 21, then doubling (28, 42, 56, 84, ...), up to the horizon itself."""
    days, step = list(_FIRST_DAYS), 2
    while days[-1] < horizon_days:
        days += [14 * step, 21 * step]
        step *= 2
    return (*(day for day in days if day < horizon_days), horizon_days)


@dataclass(frozen=True, eq=False)
class Curves:
    """``open_after`` (cases, m): chance of still being open after ``days`` (m,), which rise to tau."""

    days: Integers
    open_after: Floats

    @property
    def tau(self) -> int:
        """The last day that is told of."""
        return int(self.days[-1])

    def restricted_mean(self, spent: Floats) -> Floats:
        """(cases,): mean days until done, of at most tau; ``spent`` as in a life table of the same days."""
        return np.asarray(area_by_stretch(self.days, self.open_after, spent).sum(axis=1))

    def at(self, days: Floats | Integers) -> Floats:
        """(cases, len(days)): chance of still being open after each of ``days``, none beyond tau."""
        after = np.searchsorted(self.days, days, side="left")
        left = self._daily[:, after] ** (days - self._starts[after])
        return np.asarray(self._before[:, after] * left)

    def at_own(self, days: Floats) -> Floats:
        """(cases,): chance of still being open after a day of each case's own, none beyond tau."""
        after = np.searchsorted(self.days, days, side="left")
        left = _own(self._daily, after) ** (days - self._starts[after])
        return np.asarray(_own(self._before, after) * left)

    def quantile(self, share: float | Floats) -> Floats:
        """(cases,): the first whole day by which it is done with chance ``share``; tau where that is later.

        ``share``: one for all, or one a case.
        """
        left = np.broadcast_to(1.0 - np.asarray(share), len(self.open_after))
        reached = self.open_after <= left[:, None]
        at = np.where(reached.any(axis=1), reached.argmax(axis=1), len(self.days) - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.log(left / _own(self._before, at)) / np.log(_own(self._daily, at))
        steps = np.where(np.isfinite(steps), np.maximum(np.ceil(steps - _ROUNDING), 1.0), 1.0)
        return np.asarray(np.where(reached.any(axis=1), self._starts[at] + steps, float(self.tau)))

    def columns(self) -> Mapping[str, Floats]:
        """``open_after_<d>`` of the grid of :func:`grid_days`, as the predictions' table holds them."""
        days = np.array(grid_days(self.tau))
        return {f"{OPEN_AFTER}{day}": column for day, column in zip(days, self.at(days).T, strict=True)}

    def take(self, cases: Integers) -> Curves:
        """The curves of some cases, in that order."""
        return Curves(self.days, self.open_after[cases])

    @property
    def _starts(self) -> Integers:
        """(m,): the day before each stretch."""
        return np.concatenate([[0], self.days[:-1]])

    @property
    def _before(self) -> Floats:
        """(cases, m): chance of being open when each stretch of days begins."""
        return np.concatenate([np.ones_like(self.open_after[:, :1]), self.open_after[:, :-1]], axis=1)

    @property
    def _daily(self) -> Floats:
        """(cases, m): chance of staying open for one more day, within each stretch."""
        before = self._before
        left = np.divide(self.open_after, before, out=np.ones_like(before), where=before > 0)
        return np.asarray(left ** (1.0 / (self.days - self._starts)))


def from_hazards(days: Integers, hazards: Floats) -> Curves:
    """Curves from the chance of ending in each stretch of days when open at its beginning (cases, m)."""
    return Curves(days, np.asarray(np.cumprod(1.0 - hazards, axis=1)))


def read_curves(columns: Mapping[str, Floats]) -> Curves:
    """The curves that ``Curves.columns`` wrote; ``columns`` may hold others."""
    days = sorted(int(name.removeprefix(OPEN_AFTER)) for name in columns if name.startswith(OPEN_AFTER))
    return Curves(np.array(days), np.column_stack([columns[f"{OPEN_AFTER}{day}"] for day in days]))


def _own(values: Floats, column: Integers) -> Floats:
    """(cases,): one value of each row."""
    return np.asarray(np.take_along_axis(values, column[:, None], axis=1)[:, 0])
