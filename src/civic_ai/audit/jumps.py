"""When did the level of a series jump? A search over all dates that is seldom deceived by noise or season.

Steps are added to a regression on season and trend one by one, the clearest first, while a jump as clear as
that would be found in at most 5 of 100 series without one. Noise that hangs together wanders like a level,
so it is taken for a first-order autoregression, and a step is as clear as the likelihood with it exceeds the
likelihood without it, each at its own best correlation. Series without a jump are made of the innovations in
random order, with the correlation that is likeliest without one, and the whole search is made again in each
(permutation under the reduced model: Freedman and Lane 1983; sieve bootstrap: Buehlmann 1997). The likelihood
is that of what season and trend leave (restricted: Cheang and Reinsel 2000): in short series the plain one
takes the correlation for too small. All dates and all series in one matrix product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal, stats

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PERMUTATIONS = 499
CORRELATIONS = np.arange(-4, 10) / 10
"""Of the noise with that of the period before; one of these is chosen."""
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
        rng = np.random.default_rng(seed)
        found: list[tuple[int, float]] = []
        while True:
            search = self._search([at for at, _ in found])
            p_value = search.p_value(rng)
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
        self._values = values[:, None]
        self._freedom = len(values) - basis.shape[1] - 1
        self._models = [_Model(basis, steps, correlation) for correlation in CORRELATIONS]
        self._likelihood = np.array([model.by_step(self._values)[:, 0] for model in self._models])

    @property
    def best(self) -> int:
        """The first period of the clearest new level."""
        return int(self.free[np.argmax(self._likelihood.max(axis=0))])

    def p_value(self, rng: np.random.Generator) -> float:
        """How often a search in a series without one more jump finds a step as clear as the best one."""
        if not len(self.free) or self._freedom < 1 or self._models[0].is_flat(self._values):
            return 1.0
        likeliest = max(self._models, key=lambda model: float(model.likelihoods(self._values)[0][0]))
        others = self._clearest(likeliest.made_again(self._values, rng, PERMUTATIONS))
        return float((1 + (others >= self._clearest(self._values)).sum()) / (1 + PERMUTATIONS))

    def dates(self, level: float) -> tuple[int, int]:
        """First and last period whose likelihood is not much below the best one's.

        Under the truth the likelihood ratio of any later (or earlier) date exceeds 1 / a with a chance of at
        most a (Ville 1939), so both sides together hold with at least (1 - a)^2 (Siegmund 1988).
        """
        short = -math.log(1 - math.sqrt(level))
        likelihood = self._likelihood.max(axis=0)
        as_good = likelihood >= likelihood.max() - short
        return int(self.free[as_good].min()), int(self.free[as_good].max())

    def size(self, level: float) -> tuple[float, float]:
        """Height of the best step, and half the width of its interval (Student's t)."""
        model, step = np.unravel_index(np.argmax(self._likelihood), self._likelihood.shape)
        height, error = self._models[model].height(self._values, int(step), self._freedom)
        return height, error * float(stats.t.ppf((1 + level) / 2, self._freedom))

    def _clearest(self, series: Floats) -> Floats:
        """(series,): by how much the best step makes each series likelier (logarithm)."""
        without, with_step = np.max([model.likelihoods(series) for model in self._models], axis=0)
        made: Floats = with_step - without
        return made


class _Model:
    """A regression on ``basis`` whose noise has this ``correlation`` with that of the period before.

    Likelihoods are logarithms, up to a constant that is the same for all correlations and steps.
    """

    def __init__(self, basis: Floats, steps: Floats, correlation: float) -> None:
        self.correlation = correlation
        self._basis, triangle = np.linalg.qr(self._fresh(basis))
        self._rows = len(basis) - basis.shape[1]
        self._constant = math.log(1 - correlation**2) / 2 - float(np.log(np.abs(np.diag(triangle))).sum())
        left = self._rest(steps)
        norm = np.linalg.norm(left, axis=0)
        self._norm = np.where(norm > 1e-6 * np.linalg.norm(steps, axis=0), norm, np.inf)
        self._steps = left / self._norm

    def is_flat(self, values: Floats) -> bool:
        """Whether the basis leaves nothing of them."""
        return float((self._rest(values) ** 2).sum()) <= _FLAT * float((values**2).sum())

    def by_step(self, series: Floats) -> Floats:
        """(free, series): the likelihood of each with each step."""
        whole, explained = self._squares(series)
        return self._likelihood(whole, explained)

    def likelihoods(self, series: Floats) -> tuple[Floats, Floats]:
        """(series,) twice: the likelihood of each without a step, and with the best one."""
        whole, explained = self._squares(series)
        best = explained.max(axis=0)
        return self._likelihood(whole, np.zeros_like(best)), self._likelihood(whole, best)

    def made_again(self, values: Floats, rng: np.random.Generator, times: int) -> Floats:
        """(periods, times): series without a step, of the same innovations in random order."""
        rest = self._rest(values)[:, 0]
        fresh = rng.permuted(np.tile(rest, (times, 1)), axis=1).T
        fresh[0] /= math.sqrt(1 - self.correlation**2)
        made: Floats = signal.lfilter([1.0], [1.0, -self.correlation], fresh, axis=0)
        return made

    def height(self, values: Floats, step: int, freedom: int) -> tuple[float, float]:
        """Height of one step, and its standard error."""
        rest = self._rest(values)[:, 0]
        norm, along = float(self._norm[step]), float(self._steps[:, step] @ rest)
        left = float((rest**2).sum()) - along**2
        return along / norm, math.sqrt(max(left, 0.0) / freedom) / norm

    def _squares(self, series: Floats) -> tuple[Floats, Floats]:
        """(series,) what the basis leaves of each, and (free, series) what each step explains of that."""
        rest = self._rest(series)
        return (rest**2).sum(axis=0), (self._steps.T @ rest) ** 2

    def _likelihood(self, whole: Floats, explained: Floats) -> Floats:
        """A step that explains all but nothing would be infinitely likely."""
        left = np.maximum(whole - explained, np.maximum(_FLAT * whole, np.finfo(np.float64).tiny))
        made: Floats = self._constant - self._rows / 2 * np.log(left)
        return made

    def _rest(self, columns: Floats) -> Floats:
        """What the basis leaves of the innovations of each column."""
        fresh = self._fresh(columns)
        made: Floats = fresh - self._basis @ (self._basis.T @ fresh)
        return made

    def _fresh(self, columns: Floats) -> Floats:
        """What is new in each period, given the one before (Prais and Winsten 1954)."""
        fresh = columns.copy()
        fresh[1:] -= self.correlation * columns[:-1]
        fresh[0] *= math.sqrt(1 - self.correlation**2)
        return fresh


def _steps(periods: Integers, at: list[int]) -> Floats:
    """(periods, steps): 1 from each place on, else 0."""
    return (periods[:, None] >= np.array(at, dtype=np.int64)[None, :]).astype(np.float64)
