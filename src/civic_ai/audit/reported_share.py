"""Which share of all problems is ever reported, by area: how fast people report, and how long they last.

A problem that people report at a rate r a day and that goes away by itself after 1 / d days on average is
reported before that with probability r / (r + d) (Liu, Bhandaram & Garg, Nature Computational Science 2024).
Rates come from the duplicate-report model of the groups; what an area departs from its groups is shrunk
towards them (gamma empirical Bayes; Clayton & Kaldor, Biometrics 1987), the more so the fewer its reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.bootstrap import REPLICATES
from civic_ai.audit.reporting import Watched, fit_reporting
from civic_ai.panel.groups import Grouping

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_LEAST_VARIANCE, _MOST_VARIANCE = 1e-6, 0.5
"""Areas that differ no more than by chance are all given their groups' rate; none is taken to differ from it
by more than a factor of about four (Liu et al. find a standard deviation of 0.26 on the log scale)."""
OTHER_LIVES = (0.5, 2.0)
"""The life of a problem is declared, not measured: half and double of it are always told too."""


def lives_of(life_days: int) -> tuple[int, ...]:
    """The declared life, then half and double of it, each once."""
    return tuple(dict.fromkeys((life_days, *(max(1, round(life_days * times)) for times in OTHER_LIVES))))


@dataclass(frozen=True, eq=False)
class AreaRates:
    """Reports per day of a live problem, by area and kind, as draws from what is known about them.

    ``draws`` (draws, areas, kinds); ``incidents`` (areas, kinds): how many of each kind were reported. Kinds
    that are never reported twice say nothing and have no column.
    """

    draws: Floats
    incidents: Floats

    @property
    def rates(self) -> Floats:
        """(areas, kinds): harmonic means, for need goes with the reciprocal of a rate."""
        mean: Floats = 1 / (1 / self.draws).mean(axis=0)
        return mean

    def times(self, factor: float) -> AreaRates:
        """All rates ``factor`` times as high."""
        return AreaRates(self.draws * factor, self.incidents)

    def shares(self, life_days: float) -> ReportedShares:
        """The share of problems that is ever reported where they last ``life_days`` on average."""
        return ReportedShares(self._mixed(self.rates, life_days), self._mixed(self.draws, life_days))

    def _mixed(self, rates: Floats, life_days: float) -> Floats:
        """Over the kinds of an area, and in a last column over the city: reports over the problems that they
        stand for. An area whose problems were never reported twice takes the city's share."""
        need = (self.incidents * (1 + 1 / (rates * life_days))).sum(axis=-1)
        reports = self.incidents.sum(axis=-1)
        city = reports.sum() / need.sum(axis=-1, keepdims=True)
        share = np.where(reports > 0, reports / np.where(reports > 0, need, 1.0), city)
        return np.concatenate([share, city], axis=-1)


@dataclass(frozen=True, eq=False)
class ReportedShares:
    """``share`` (areas + 1,) and its ``draws`` (draws, areas + 1); the last entry is the whole city's."""

    share: Floats
    draws: Floats


def codes_in(names: Sequence[str], areas: Sequence[str | None]) -> Integers:
    """(places,): the position of each place's area in ``names``; that of the whole city where it has none."""
    position = {name: i for i, name in enumerate(names)}
    return np.array([position.get(area or "", len(names)) for area in areas], dtype=np.int64)


def area_rates(watched: Watched, grouping: Grouping, *, seed: int) -> AreaRates:
    """Rates of every area; ``grouping`` is over areas, in the order of the area codes.

    The draws hold both what is not known about the groups (normal on the log scale, clustered by area) and
    about the area itself (gamma), the latter widened by the dispersion of the repeat reports.
    """
    fit, areas = fit_reporting(watched, grouping), len(grouping.shares)
    rng, table = np.random.default_rng(seed), _tables(watched, areas)
    centre = np.nan_to_num(fit.log_ratio)
    ratios = rng.multivariate_normal(centre, np.nan_to_num(fit.covariance), REPLICATES, method="eigh")
    phi = max(1.0, float(np.nan_to_num(fit.dispersion, nan=1.0)))
    best = _expected(centre[None, :], table, grouping)
    variance = _spread(table.repeats.sum(axis=1), best.repeats[0], phi)
    drawn = _expected(ratios, table, grouping)
    shape = table.repeats.sum(axis=1) / phi + 1 / variance
    factors = rng.gamma(shape, 1 / (drawn.repeats / phi + 1 / variance))
    return AreaRates(drawn.rates * factors[:, :, None], table.incidents)


@dataclass(frozen=True, eq=False)
class _Tables:
    """(areas, kinds) each: days under watch, repeat reports, incidents."""

    days: Floats
    repeats: Floats
    incidents: Floats


def _tables(watched: Watched, areas: int) -> _Tables:
    kinds = int(watched.kind.max(initial=0)) + 1

    def spread(values: Floats) -> Floats:
        table = np.bincount(watched.area * kinds + watched.kind, values, areas * kinds)
        return table.reshape(areas, kinds).astype(np.float64)

    repeats = spread(watched.repeats)
    lively = repeats.sum(axis=0) > 0
    return _Tables(spread(watched.days)[:, lively], repeats[:, lively], spread(watched.incidents)[:, lively])


@dataclass(frozen=True, eq=False)
class _Expected:
    """What the groups' ratios lead one to expect: rates (draws, areas, kinds), repeats (draws, areas)."""

    rates: Floats
    repeats: Floats


def _expected(log_ratios: Floats, table: _Tables, grouping: Grouping) -> _Expected:
    """``log_ratios`` (draws, groups). The rate of a kind is its repeats over its days, weighted by the
    ratios: the maximum of the Poisson likelihood given these."""
    factor = np.exp(log_ratios @ grouping.shares.T)
    of_kind = table.repeats.sum(axis=0) / (factor @ table.days)
    rates = factor[:, :, None] * of_kind[:, None, :]
    return _Expected(rates, (rates * table.days).sum(axis=2))


def _spread(repeats: Floats, expected: Floats, phi: float) -> float:
    """Variance of the areas' own factors around 1, by the method of moments."""
    beyond = ((repeats - expected) ** 2 - phi * expected).sum() / (expected**2).sum()
    return float(np.clip(beyond, _LEAST_VARIANCE, _MOST_VARIANCE))
