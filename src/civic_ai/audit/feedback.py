"""Two years of acting on the list, simulated for a pilot's own areas: who is never visited?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from civic_ai.audit.allocation import Floats, Outcome, Service, Way, follow
from civic_ai.audit.area_reporting import AreaReporting
from civic_ai.audit.given import Given
from civic_ai.audit.reported_share import codes_in
from civic_ai.panel.groups import area_grouping
from civic_ai.records.feedback import Feedback, FeedbackWay, VisitClass
from civic_ai.records.figure import Figure
from civic_ai.records.policy import Policy

WAYS = (
    Way("reports"),
    Way("discoveries", learns=True),
    Way("exploration", learns=True, explores=0.10),
    Way("correction", corrects=True),
    Way("need", knows=True),
)
"""As the list ranks; with what crews discover; with a tenth of the visits by chance too; corrected; and if
need were known."""

FUTURES = 100
YEARS = 2
ASSUMED_GAP = 0.5
ASSUMED_SHARE, ASSUMED_LIFE = 0.6, 120
"""Where nothing was measured: the share of problems reported elsewhere, and how long they last in days."""
MEMORY_DAYS = 182
"""A list looks back about half a year."""
LEAST_AREAS = 10
CLASSES = (("never", 0, 0), ("few", 1, 2), ("some", 3, 9), ("many", 10, None))
"""Name, least and most visits in all."""

_YEAR_DAYS = 365.25


def simulate_feedback(given: Given, reporting: AreaReporting | str, policy: Policy) -> Feedback | None:
    """What each way of choosing leads to; None where no list is made of places.

    ``why_unknown``: ``too_few_areas``, ``no_event``.
    """
    if given.panel.question != "ranking" or given.evaluation.capacity is None:
        return None
    city = _city(given)
    if len(city.names) < LEAST_AREAS:
        return Feedback(why_unknown="too_few_areas")
    if not city.reports.sum():
        return Feedback(why_unknown="no_event")
    scene = _assumed(city, given) if isinstance(reporting, str) else _measured(city, reporting, given)
    level, seed = policy.tolerances.confidence_level, given.spec.seed
    return Feedback(
        basis="assumed" if isinstance(reporting, str) else "measured",
        attribute=scene.attribute,
        group=scene.group,
        gap=ASSUMED_GAP if isinstance(reporting, str) else None,
        areas=len(city.names),
        visits_per_period=scene.service.visits,
        periods=scene.service.periods,
        exploration_share=max(way.explores for way in WAYS),
        futures=FUTURES,
        ways=tuple(_told(way, scene, follow(scene.service, way, seed=seed), level) for way in WAYS),
    )


@dataclass(frozen=True, eq=False)
class _City:
    """Areas with units, and reports of each per period of the list."""

    names: tuple[str, ...]
    reports: Floats


@dataclass(frozen=True, eq=False)
class _Scene:
    """A service, and (futures, areas) which part of each area belongs to those who report least."""

    service: Service
    quiet: Floats
    attribute: str | None = None
    group: str | None = None


def _city(given: Given) -> _City:
    """Reports in the tests, by area. Horizons overlap where lists are made more often than that."""
    rows = given.scored(given.tested())
    names = tuple(sorted({area for area in given.areas if area is not None}))
    area = codes_in(names, given.areas)[rows.unit]
    counted = np.bincount(area, rows.label, len(names) + 1)[: len(names)]
    share = given.spec.as_of.every_days / given.panel.horizon_days
    return _City(names, counted * share / len(np.unique(rows.day)))


def _measured(city: _City, reporting: AreaReporting, given: Given) -> _Scene:
    """The truth of each future is a draw from what is known; the city believes the best estimate."""
    shares, at = reporting.shares, codes_in(reporting.names, city.names)
    draws = shares.draws[np.linspace(0, len(shares.draws) - 1, FUTURES, dtype=np.int64)][:, at]
    name = given.spec.audit.reporting.attribute or ""
    grouping = area_grouping(given.spec, name, given.tables, city.names)
    by_group = grouping.shares.T @ shares.share[at] / np.maximum(grouping.shares.sum(axis=0), 1e-9)
    least = int(np.argmin(np.where(grouping.shares.sum(axis=0) > 0, by_group, np.inf)))
    believed = np.tile(shares.share[at], (FUTURES, 1))
    service = _service(city.reports / draws, (draws, believed), reporting.life_days, given)
    quiet = np.tile(grouping.shares[:, least], (FUTURES, 1))
    return _Scene(service, quiet, name, grouping.groups[least])


def _assumed(city: _City, given: Given) -> _Scene:
    """In half of the areas, others in each future, people report ``ASSUMED_GAP`` times as often."""
    rng = np.random.default_rng(given.spec.seed)
    order = rng.permuted(np.tile(np.arange(len(city.names)), (FUTURES, 1)), axis=1)
    quiet = (order < len(city.names) // 2).astype(np.float64)
    share = ASSUMED_SHARE * np.where(quiet > 0, ASSUMED_GAP, 1.0)
    need = city.reports / ASSUMED_SHARE * np.ones_like(share)
    return _Scene(_service(need, (share, share), ASSUMED_LIFE, given), quiet)


def _service(need: Floats, shares: tuple[Floats, Floats], life_days: int, given: Given) -> Service:
    """The city and its crews, (futures, areas); ``shares``: truly reported, and what the city believes."""
    period, (reported, believed) = given.spec.as_of.every_days, shares
    remembers = math.exp(-period / MEMORY_DAYS)
    rng = np.random.default_rng(given.spec.seed)
    areas, units = need.shape[1], given.units.num_rows
    return Service(
        need=need,
        reported=reported,
        believed=believed,
        known=rng.poisson(need * reported / (1 - remembers)).astype(np.float64),
        visits=min(areas, max(1, round((given.evaluation.capacity or 0) * areas / units))),
        periods=round(YEARS * _YEAR_DAYS / period),
        remembers=remembers,
        survives=math.exp(-period / life_days),
    )


def _told(way: Way, scene: _Scene, outcome: Outcome, level: float) -> FeedbackWay:
    """The mean over all futures, and between which values most of them lie."""

    def spread(values: Floats) -> Figure:
        lower, upper = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
        mean = float(values.mean())
        return Figure(
            value=mean,
            lower=min(float(lower), mean),
            upper=max(float(upper), mean),
            level=level,
            n=values.size,
        )

    return FeedbackWay(
        way=way.name,
        never_visited=spread((outcome.visits == 0).mean(axis=1)),
        visits=spread(over_fair_share(outcome.visits, scene.service.need, scene.quiet)),
        service=spread(over_fair_share(outcome.repaired, scene.service.need, scene.quiet)),
        classes=tuple(_class(outcome.visits, *bounds) for bounds in CLASSES),
    )


def over_fair_share(given: Floats, need: Floats, quiet: Floats) -> Floats:
    """(futures,): the quiet group's share of what is given over its share of need; all (futures, areas)."""
    fair = (need * quiet).sum(axis=1) / need.sum(axis=1)
    over: Floats = (given * quiet).sum(axis=1) / given.sum(axis=1) / fair
    return over


def _class(visits: Floats, name: str, least: int, most: int | None) -> VisitClass:
    within = (visits >= least) & (visits <= (np.inf if most is None else most))
    return VisitClass(name=name, least=least, most=most, share=float(within.mean()))
