"""Who is visited, if visits follow what is known, and what is known follows visits: a simulation.

Problems arise in areas, some are reported, crews visit the areas that stand highest and repair what is
there. What stands highest is remembered reports; with ``learns`` also what crews discovered. So an area that
is never reported is never visited, and one that is visited looks needier (Ensign, Friedler, Neville,
Scheidegger & Venkatasubramanian, FAT* 2018; Lum & Isaac, Significance 2016). The loop follows the allocator
of ml-fairness-gym (D'Amour et al., FAT* 2020) with stocks that age. All futures are one array.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.records.feedback import WayName

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_LEAST = 1e-6
"""Where areas differ no more than by chance, or nothing is known at all, nobody stands above another."""


@dataclass(frozen=True)
class Way:
    """How areas are chosen.

    ``learns``: what crews discover counts as reports. ``explores``: share of visits given by chance to areas
    that do not stand high. ``corrects``: reports are divided by the share that is believed to be reported.
    ``knows``: by need itself, which nobody knows; what the others are held against.
    """

    name: WayName
    learns: bool = False
    explores: float = 0.0
    corrects: bool = False
    knows: bool = False


@dataclass(frozen=True, eq=False)
class Service:
    """A city and its crews; arrays are (futures, areas).

    ``need``: problems that arise in a period, on average. ``reported``: the true share reported in that
    period; ``believed``: what the city takes it for. ``known``: what is remembered at the start.
    ``remembers`` and ``survives``: the shares of what is known, and of open problems, that are left after a
    period.
    """

    need: Floats
    reported: Floats
    believed: Floats
    known: Floats
    visits: int
    periods: int
    remembers: float
    survives: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """(futures, areas) each: visits, and problems repaired, over all periods."""

    visits: Floats
    repaired: Floats


def follow(service: Service, way: Way, *, seed: int) -> Outcome:
    """What comes of acting on ``way`` for all periods. The same seed gives the same futures."""
    rng = np.random.default_rng(seed)
    known, shape = service.known.astype(np.float64), service.need.shape
    visits, repaired = np.zeros(shape), np.zeros(shape)
    heard, silent = np.zeros(shape, dtype=np.int64), _backlog(service, rng)
    for _ in range(service.periods):
        reports = rng.poisson(service.need * service.reported)
        heard = rng.binomial(heard, service.survives) + reports
        silent = rng.binomial(silent, service.survives)
        silent = silent + rng.poisson(service.need * (1 - service.reported))
        visited = _choose(_standing(service, known, way), service.visits, way, rng)
        known = service.remembers * known + reports + visited * silent * way.learns
        visits += visited
        repaired += visited * (heard + silent)
        heard, silent = heard * ~visited, silent * ~visited
    return Outcome(visits, repaired)


def _backlog(service: Service, rng: np.random.Generator) -> Integers:
    """Problems that nobody reported, as many as there are where nobody ever came."""
    arising = service.need * (1 - service.reported)
    return np.asarray(rng.poisson(arising * service.survives / (1 - service.survives)))


def _standing(service: Service, known: Floats, way: Way) -> Floats:
    """(futures, areas): what areas are ranked by."""
    if way.knows:
        return service.need
    if not way.corrects:
        return known
    return relative_need(known, service.believed, 1 / (1 + service.remembers))


def relative_need(reports: Floats, share: Floats, dispersion: float) -> Floats:
    """(futures, areas): need over that of the average area, estimated as reports / share.

    ``dispersion``: variance over mean of the reports, given need. Few reports over a small share are noisy,
    and noise rises to the top of a list; a posterior mean overdoes the reverse and keeps those down of whom
    little is known. Shrunk by the root of its reliability, every estimate varies as much as need itself does
    (Louis, JASA 1984; Spjotvoll & Thomsen, Bull. Int. Stat. Inst. 1987).
    """
    expected = share * np.maximum(_total(reports) / _total(share), _LEAST)
    beyond = _total((reports - expected) ** 2 - dispersion * expected) / _total(expected**2)
    told = np.maximum(beyond, _LEAST) * expected
    relative: Floats = 1 + (reports / expected - 1) * np.sqrt(told / (told + dispersion))
    return relative


def _total(values: Floats) -> Floats:
    """(futures, 1): the sum over all areas."""
    return np.asarray(values.sum(axis=1, keepdims=True))


def _choose(score: Floats, visits: int, way: Way, rng: np.random.Generator) -> Flags:
    """(futures, areas): the visits of one period, the highest first, ties by chance."""
    explored = round(way.explores * visits)
    chance = rng.random(score.shape)
    ranked = np.lexsort((chance, -score), axis=1)
    chosen = np.zeros(score.shape, dtype=np.bool_)
    np.put_along_axis(chosen, ranked[:, : visits - explored], True, axis=1)
    others = np.argsort(np.where(chosen, 2.0, rng.random(score.shape)), axis=1)
    np.put_along_axis(chosen, others[:, :explored], True, axis=1)
    return chosen
