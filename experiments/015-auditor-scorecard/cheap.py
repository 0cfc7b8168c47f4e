"""Many quick replicates: cases found or not, repeat reports, and waits by group, judged by the product.

No land, no weather, no queues: what is asked is whether verdicts and intervals keep their promises where the
truth lies exactly at equality, or exactly at the edge of what the board tolerates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from look import Look, breaks_80_percent_rule, held_of, log_of, policies
from look_city import TAU, restricted_mean
from numpy.typing import NDArray
from scipy import optimize
from town import FIRST, YEARS

from civic_ai.audit.cells import CELLS
from civic_ai.audit.contrasts import worst_of
from civic_ai.audit.disparity import judge_disparities, measure
from civic_ai.audit.durations import Delays, delay_sums, measure_delays
from civic_ai.audit.incidents import MOST_DAYS, Incidents
from civic_ai.audit.independent import Kinds, sum_independent
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.reporting import judge_reporting, watch
from civic_ai.data import synthetic_reports
from civic_ai.models.survival import waits_until
from civic_ai.panel.groups import Grouping
from civic_ai.records.figure import Period

RECALL = 0.3
"""Of the reference group, as in the table of METHODS 3.4."""
AREAS, TYPES = 120, 3
PER_DAY, NEVER_TWICE, AREA_SPREAD = 0.04, 0.45, 0.25
USUAL_WAIT, AREA_WAIT_SPREAD = math.log(5), 0.2
"""Of the reference group, days on the log scale; part of the city's spread of waits lies between areas."""
_SIDES = ("rows", "positives", "events")
_TAKEN = ("selected", "hits", "found")
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Design:
    """Groups besides the reference, and the true ratio of each to it."""

    audit: str
    ratios: tuple[float, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The reference first."""
        return ("reference", *(f"group {number}" for number in range(1, len(self.ratios) + 1)))

    def grouping(self, group: Integers) -> Grouping:
        """The groups over places of which each belongs to one."""
        shares = np.eye(len(self.groups))[group]
        return Grouping("group", self.groups, self.groups[0], shares, np.ones(len(group)))


DESIGNS: Mapping[str, Design] = {
    "recall_none": Design("recall", (1.0, 1.0)),
    "recall_boundary": Design("recall", (0.8, 1.0)),
    "recall": Design("recall", (0.6, 1.0)),
    "recall_12_groups": Design("recall", (1.0,) * 11),
    "recall_12_groups_boundary": Design("recall", (0.8,) * 11),
    "reporting_none": Design("reporting", (1.0, 1.0)),
    "reporting_boundary": Design("reporting", (0.8, 1.0)),
    "reporting": Design("reporting", (0.5, 1.0)),
    "delays_none": Design("delays", (1.0, 1.0)),
    "delays_boundary": Design("delays", (1.25, 1.0)),
    "delays": Design("delays", (1.76, 1.0)),
}


def look_at_design(name: str, size: int, rng: np.random.Generator, seed: int) -> Look:
    """One draw of a design with so many cases in all, judged."""
    design = DESIGNS[name]
    by_audit: dict[str, Callable[..., Look]] = {
        "recall": _recall,
        "reporting": _reporting,
        "delays": _delays,
    }
    return by_audit[design.audit](design, size, rng, seed)


def _recall(design: Design, size: int, rng: np.random.Generator, seed: int) -> Look:
    """Binomial numbers of cases found."""
    each = size // len(design.groups)
    found = rng.binomial(each, RECALL * np.array([1.0, *design.ratios]))
    kinds = Kinds(_cells(len(found)), np.concatenate([found, each - found]))
    grouping = design.grouping(np.tile(np.arange(len(found)), 2))
    family = measure(sum_independent(kinds, [grouping], seed=seed), METRICS["recall"], None)
    made = [judge_disparities(family, policy) for policy in policies()]
    return _told(design, worst_of([item.verdict for item in made[0]]), made)


def _cells(groups: int) -> NDArray[np.float64]:
    """(2 x groups, cells): one case of each group that was found, then one that was not."""
    cells = np.zeros((2 * groups, len(CELLS)))
    cells[:, [CELLS.index(name) for name in _SIDES]] = 1.0
    cells[:groups, [CELLS.index(name) for name in _TAKEN]] = 1.0
    return cells


def _reporting(design: Design, size: int, rng: np.random.Generator, seed: int) -> Look:
    """Poisson numbers of repeat reports of incidents that are watched for lognormal times."""
    group = np.arange(AREAS) % len(design.groups)
    area, kind = rng.integers(0, AREAS, size), rng.integers(0, TYPES, size)
    days = np.clip(np.exp(math.log(5) + 1.4 * rng.standard_normal(size)), 0.1, MOST_DAYS)
    local = np.exp(AREA_SPREAD * rng.standard_normal(AREAS))
    rate = PER_DAY * (np.array([1.0, *design.ratios])[group] * local)[area] * 0.7**kind
    repeats = rng.poisson(rate * days) * (rng.random(size) >= NEVER_TWICE)
    watched = watch(Incidents(np.arange(size), days, repeats), area, kind)
    grouping = design.grouping(group)
    made = [judge_reporting(watched, [grouping], policy, seed=seed) for policy in policies()]
    return _told(design, made[0].verdict, [each.groups for each in made])


def _delays(design: Design, size: int, rng: np.random.Generator, seed: int) -> Look:
    """Lognormal waits of one type, some still open: the ratio of restricted means is exactly the design's."""
    group, area = np.arange(AREAS) % len(design.groups), rng.integers(0, AREAS, size)
    local = AREA_WAIT_SPREAD * rng.standard_normal(AREAS)
    own = math.sqrt(synthetic_reports._INSPECTION_SPREAD**2 - AREA_WAIT_SPREAD**2)
    middle = np.array([_middle(ratio) for ratio in (1.0, *design.ratios)])
    wait = np.exp((middle[group] + local)[area] + own * rng.standard_normal(size))
    watched = rng.uniform(0, YEARS * 365, size)
    waits = waits_until(np.minimum(wait, watched), wait <= watched, TAU)
    delays = Delays(
        area, np.zeros(size, dtype=np.int64), waits, np.ones(size), Period(first=FIRST, last=FIRST)
    )
    sums = delay_sums(delays, [design.grouping(group)], np.arange(AREAS), seed=seed)
    family = measure_delays(delays, sums, np.arange(AREAS), seed=seed)["restricted_mean_days"]
    made = [judge_disparities(family, policy) for policy in policies()]
    return _told(design, worst_of([item.verdict for item in made[0]]), made)


@cache
def _middle(ratio: float) -> float:
    """The log median of waits whose restricted mean is ``ratio`` times that of the reference group."""
    wanted = ratio * float(restricted_mean(np.array(USUAL_WAIT)))
    return float(optimize.brentq(lambda at: float(restricted_mean(np.array(at))) - wanted, -2.0, 8.0))


def _told(design: Design, verdict: str, made: Sequence[Sequence[Any]]) -> Look:
    """The first group's interval at each level, and whether the joint ones held for all groups at once."""
    truth = math.log(design.ratios[0])
    joint = [
        item.joint.lower is not None and item.joint.lower <= ratio <= item.joint.upper
        for item, ratio in zip(made[0], design.ratios, strict=True)
    ]
    return Look(
        audit=design.audit,
        verdict=verdict,
        value=log_of(made[0][0].ratio.value),
        planted=truth,
        here=truth,
        held=held_of((each[0].ratio for each in made), truth, truth) | {"joint": all(joint)},
        flagged={"80_percent_rule": breaks_80_percent_rule(item.ratio.value for item in made[0])},
    )
