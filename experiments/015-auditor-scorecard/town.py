"""Towns whose truth is known: thirds of areas that report, wait or are found differently, or do not.

Everything is drawn by the parts of the example city (`civic_ai.data.synthetic_*`, METHODS 8): fields over 121
areas, weather, need, severity, natural life, first and repeat reports, inspections, crews, lost links.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from civic_ai.data.synthetic_fields import Land, make_land
from civic_ai.data.synthetic_need import Need, make_need
from civic_ai.data.synthetic_reports import Handling, Reports, collect_reports, handle
from civic_ai.data.synthetic_settings import BURN_IN_DAYS, KINDS, CitySettings, IncidentKind
from civic_ai.data.synthetic_weather import make_weather
from civic_ai.panel.groups import Grouping

SIZES = (2_500, 10_000, 30_000)
SIDE, YEARS = 11, 3
FIRST = date(2019, 1, 1)
DAYS = BURN_IN_DAYS + YEARS * 365
THIRDS = ("low", "middle", "high")
_REPORTED = 13_000
"""Incidents that are reported in the three years of a town of busyness 1; checked by the band of sizes."""
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Condition:
    """What is planted: faults, and ratios of the high third of areas to the low one (middle: their root).

    ``linkage_loss``: the share of repeat reports that the city takes for new incidents. ``areas_differ`` and
    ``incidents_differ``: whether areas of a third, and incidents of an area (by severity), are reported at
    rates of their own.
    """

    name: str
    reporting: float = 1.0
    delay: float = 1.0
    recall: float = 1.0
    observer: bool = False
    leak: bool = False
    rule_change: bool = False
    linkage_loss: float = CitySettings.linkage_loss
    areas_differ: bool = True
    incidents_differ: bool = True


CONDITIONS = {
    condition.name: condition
    for condition in (
        Condition("none"),
        Condition("reporting", reporting=0.5),
        Condition("delays", delay=1.76),
        Condition("recall", recall=0.6),
        Condition("observer", observer=True),
        Condition("leak", leak=True),
        Condition("label_change", rule_change=True),
    )
}
"""Named after the audit that has to find it."""

RECOVERY = {
    condition.name: condition
    for condition in (
        Condition("as_drawn", reporting=0.5),
        Condition("links_kept", reporting=0.5, linkage_loss=0.0),
        Condition("areas_alike", reporting=0.5, areas_differ=False),
        Condition("incidents_alike", reporting=0.5, incidents_differ=False),
        Condition("rates_alike", reporting=0.5, areas_differ=False, incidents_differ=False),
        Condition("as_modelled", reporting=0.5, linkage_loss=0.0, areas_differ=False, incidents_differ=False),
    )
}
"""Reporting planted as in ``CONDITIONS``, then without what makes it hard to recover: what each cause gives.
``as_modelled`` is what the duplicate-report model takes for granted ("correct model" in METHODS 1.1)."""


@dataclass(frozen=True)
class Part:
    """One kind of incident: what arose, what became of it, what was reported."""

    kind: IncidentKind
    need: Need
    handling: Handling
    reports: Reports


@dataclass(frozen=True)
class Town:
    """A town with its truth. ``land.minority_share`` holds 0, 1/2 and 1 for the thirds of areas."""

    condition: Condition
    land: Land
    parts: tuple[Part, ...]
    rng: np.random.Generator

    @property
    def third(self) -> Integers:
        """(areas,): 0 low, 1 middle, 2 high."""
        return np.rint(2 * self.land.minority_share).astype(np.int64)

    @property
    def grouping(self) -> Grouping:
        """The thirds as a protected attribute over areas; the low one is the reference."""
        return Grouping("third", THIRDS, THIRDS[0], np.eye(3)[self.third], np.ones(self.land.areas))

    @property
    def incidents(self) -> int:
        """How many incidents were reported in the three years."""
        return sum(int(is_reported_in_time(part).sum()) for part in self.parts)


def random_for(level: str, condition: str, size: int, number: int) -> np.random.Generator:
    """The stream of one replicate: the same whatever else is run."""
    return np.random.default_rng([*f"{level}/{condition}/{size}".encode(), number])


def make_town(condition: Condition, size: int, rng: np.random.Generator) -> Town:
    """A town in which about ``size`` incidents are reported in three years."""
    drawn = make_land(SIDE, rng)
    land = replace(
        drawn,
        minority_share=thirds_of(drawn.minority_share) / 2,
        report_effect=drawn.report_effect * condition.areas_differ,
    )
    weather = make_weather(FIRST, date(FIRST.year + YEARS + 1, 1, 1), rng)
    settings = CitySettings(
        reporting_ratio=condition.reporting,
        delay_ratio=condition.delay,
        linkage_loss=condition.linkage_loss,
    )

    def live(kind: IncidentKind) -> Part:
        need = make_need(kind, land, weather, busyness=size / _REPORTED, rng=rng)
        need = replace(need, severity=need.severity * condition.incidents_differ)
        handling = handle(kind, need, land=land, settings=settings, rng=rng)
        return Part(kind, need, handling, collect_reports(need, handling, settings, rng))

    return Town(condition, land, tuple(map(live, KINDS)), rng)


def thirds_of(values: Floats) -> Floats:
    """0, 1 or 2 by rank: three thirds of equally many areas, as far as that goes."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.floor(3 * ranks / len(values))


def is_reported_in_time(part: Part) -> NDArray[np.bool_]:
    """(incidents,): reported, and after the burn-in, before the day of the extract."""
    first = part.handling.first
    kept: NDArray[np.bool_] = part.handling.is_reported & (first >= BURN_IN_DAYS) & (first < DAYS)
    return kept
