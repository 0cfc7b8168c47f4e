"""Reports of incidents from a known truth: areas, two kinds, and a reporting rate that differs by group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civic_ai.audit.incidents import Reports, build_incidents
from civic_ai.audit.reporting import Watched, watch


@dataclass(frozen=True)
class City:
    """Incidents with their area, kind, group of the area, and all their reports in days."""

    reports: Reports
    area: np.ndarray
    kind: np.ndarray
    group: np.ndarray
    extracted: float = 2000.0

    def watched(self, *, from_birth: bool = False) -> Watched:
        """The sums of the model; ``from_birth`` makes the mistake of counting the first report."""
        incidents = build_incidents(self.reports, extracted=self.extracted)
        incident = self.reports.incident[incidents.first]
        if from_birth:
            incidents = type(incidents)(incidents.first, incidents.days, incidents.repeats + 1)
        return watch(incidents, self.area[incident], self.kind[incident])


def simulate(
    seed: int, *, ratio: float, incidents: int = 3000, areas: int = 60, spread: float = 0.25
) -> City:
    """A city where incidents of group 1 are reported ``ratio`` times as fast as those of group 0.

    Log rates of areas spread by ``spread``; an incident lives until it is handled, a lognormal time after
    its first report; kind 1 is reported half as often and is more frequent in group 1.
    """
    rng = np.random.default_rng(seed)
    group = np.arange(areas) % 2
    area = rng.integers(0, areas, incidents)
    kind = rng.binomial(1, 0.3 + 0.3 * group[area])
    local = spread * rng.standard_normal(areas)
    rate = 0.04 * ratio ** group[area] * 0.5**kind * np.exp(local[area])
    first = rng.uniform(0, 1500, incidents)
    length = np.exp(np.log(8) + 0.8 * rng.standard_normal(incidents))
    repeats = rng.poisson(rate * length)
    again = np.repeat(np.arange(incidents), repeats)
    at = np.concatenate([first, first[again] + rng.random(len(again)) * length[again]])
    code = np.concatenate([np.arange(incidents), again])
    return City(Reports(code, at, (first + length)[code]), area, kind, group)
