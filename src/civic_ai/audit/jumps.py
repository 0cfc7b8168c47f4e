"""When did the level of a series jump? A search over all dates that is seldom deceived by noise or season.

Steps are added to a regression on season and trend one by one, the clearest first, while a jump as clear as
that would be found in at most a share ``alpha`` of series without one. For that the residuals are put into
random order in blocks, and the whole search is made again (forward selection; permutation under the reduced
model: Freedman and Lane 1983; blocks, since what lies close in time is alike). All dates and all permutations
in one matrix product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BEYOND = 20
"""So many searches of reordered residuals find a step as clear as one that is just clear enough."""
_FLAT = 1e-9


@dataclass(frozen=True)
class Jump:
    """The level is another from the period ``at`` on. ``earliest`` and ``latest`` bound it; ``size``: the
    change of level, ``half``: half the width of its interval."""

    at: int
    earliest: int
    latest: int
    size: float
    half: float
    p_value: float


@dataclass(frozen=True, eq=False)
class Series:
    """``values`` (periods,) in order of time, and what may explain them without a jump: ``background``
    (periods, columns). A jump has at least ``least`` periods on either side of it and between two of them.
    ``weight`` (periods,): one over the variance of each value, in any unit."""

    values: Floats
    background: Floats
    least: int
    weight: Floats

    def jumps(self, *, alpha: float, level: float, seed: int) -> list[Jump]:
        """All jumps, in order of time; without a true one, any is found with a chance of about ``alpha``."""
        rng, orders = np.random.default_rng(seed), math.ceil(BEYOND / alpha) - 1
        found: list[tuple[int, float]] = []
        while True:
            search = self._search([at for at, _ in found])
            p_value = search.p_value(rng, orders)
            if p_value > alpha:
                return sorted(self._refined(sorted(found), level), key=lambda jump: jump.at)
            found.append((search.best, p_value))

    def _search(self, others: list[int]) -> _Search:
        """The search for one more jump beside ``others``."""
        periods = np.arange(len(self.values))
        taken = np.array([-math.inf, *others])
        ends = np.arange(self.least, len(periods) - self.least + 1)
        free = ends[(np.abs(ends[:, None] - taken) >= self.least).all(axis=1)]
        root = np.sqrt(self.weight)
        basis = np.column_stack([self.background, _steps(periods, others)])
        return _Search(
            self.values * root, basis * root[:, None], _steps(periods, free.tolist()) * root[:, None], free
        )

    def _refined(self, found: list[tuple[int, float]], level: float) -> list[Jump]:
        """Each jump where it is clearest beside all others, with the dates that are as good as that."""
        at = [place for place, _ in found]
        made = []
        for number, (_, p_value) in enumerate(found):
            search = self._search(at[:number] + at[number + 1 :])
            at[number] = search.best
            earliest, latest = search.dates(level)
            size, half = search.size(level)
            made.append(Jump(at[number], earliest, latest, size, half, p_value))
        return made


class _Search:
    """The best place for one more of the ``steps``, one a ``free`` period, in a regression on ``basis``."""

    def __init__(self, values: Floats, basis: Floats, steps: Floats, free: Integers) -> None:
        self.free = free
        self._basis = np.linalg.qr(basis)[0]
        self._freedom = len(values) - basis.shape[1] - 1
        left = self._rest(steps)
        norm = np.linalg.norm(left, axis=0)
        self._norm = np.where(norm > 1e-6 * np.linalg.norm(steps, axis=0), norm, np.inf)
        self._steps = left / self._norm
        self._residual = self._rest(values)
        self._flat = float((self._residual**2).sum()) <= _FLAT * float((values**2).sum())

    @property
    def best(self) -> int:
        """The first period of the clearest new level."""
        return int(self.free[np.argmax(self._explained(self._residual))])

    def p_value(self, rng: np.random.Generator, orders: int) -> float:
        """How often a search among residuals in so many other orders finds a step as clear as the best."""
        if not len(self.free) or self._freedom < 1 or self._flat:
            return 1.0
        clearest = self._explained(self._residual).max()
        others = self._rest(_reordered(self._residual, rng, orders))
        return float((1 + (self._explained(others).max(axis=0) >= clearest).sum()) / (1 + orders))

    def dates(self, level: float) -> tuple[int, int]:
        """First and last period whose likelihood is not much below the best one's.

        Under the truth the likelihood ratio of any later (or earlier) date exceeds 1 / a with a chance of at
        most a (Ville 1939), so both sides together hold with at least (1 - a)^2 (Siegmund 1988).
        """
        short = -math.log(1 - math.sqrt(level))
        left = 1 - self._explained(self._residual)
        as_good = np.log(left / left.min()) * (self._freedom + 1) / 2 <= short
        return int(self.free[as_good].min()), int(self.free[as_good].max())

    def size(self, level: float) -> tuple[float, float]:
        """Height of the best step, and half the width of its interval (Student's t)."""
        number = int(np.argmax(self._explained(self._residual)))
        norm, along = self._norm[number], float(self._steps[:, number] @ self._residual)
        left = float((self._residual**2).sum()) - along**2
        error = math.sqrt(max(left, 0.0) / self._freedom) / float(norm)
        return float(along / norm), error * float(stats.t.ppf((1 + level) / 2, self._freedom))

    def _rest(self, columns: Floats) -> Floats:
        """What the basis leaves of each column."""
        made: Floats = columns - self._basis @ (self._basis.T @ columns)
        return made

    def _explained(self, residual: Floats) -> Floats:
        """(free,) or (free, series): the share of what is left that a step at each place explains."""
        made: Floats = (self._steps.T @ residual) ** 2 / (residual**2).sum(axis=0)
        return made


def _steps(periods: Integers, at: list[int]) -> Floats:
    """(periods, steps): 1 from each place on, else 0."""
    return (periods[:, None] >= np.array(at, dtype=np.int64)[None, :]).astype(np.float64)


def _reordered(values: Floats, rng: np.random.Generator, times: int) -> Floats:
    """(periods, times): the values in blocks of the cube root of their number, in random order."""
    n = len(values)
    length = math.ceil(n ** (1 / 3))
    blocks = math.ceil(n / length)
    start = rng.integers(0, n, (times, 1))
    order = rng.permuted(np.tile(np.arange(blocks), (times, 1)), axis=1)
    places = (order[:, :, None] * length + np.arange(length)).reshape(times, -1)
    kept = places[places < n].reshape(times, n)
    return np.asarray(values[(kept + start) % n].T)
