"""The product's audits of groups, looked at one town: reporting, delays, recall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from look import POLICY, Look, breaks_80_percent_rule, held_of, log_of, policies
from scipy import stats
from town import DAYS, FIRST, THIRDS, Floats, Integers, Part, Town, is_reported_in_time

from civic_ai.audit.contrasts import worst_of
from civic_ai.audit.disparity import judge_disparities
from civic_ai.audit.duplicates import Reported, Setting, find_cases
from civic_ai.audit.durations import LEAST_CASES, Delays, delay_sums, measure_delays
from civic_ai.audit.reporting import fit_reporting, judge_reporting, watch
from civic_ai.audit.table import audit_table
from civic_ai.data import synthetic_reports
from civic_ai.models.survival import waits_until
from civic_ai.panel.groups import Grouping
from civic_ai.records.figure import Period

TAU = 90
FOUND, FOUND_IN_VAIN, FOUND_SPREAD = 0.5, 0.15, 0.1
HIGH = 2
"""The position of the third in which everything is planted."""
_PERIOD = Period(first=FIRST, last=FIRST)


def look_at_reporting(town: Town, seed: int) -> Look:
    """The duplicate-report model on the town's reports; ``here``: the rates of the incidents watched."""
    reported, rate = reports_of(town)
    cases = find_cases(reported, Setting())
    watched = watch(cases.incidents, cases.area, cases.kind)
    grouping = _over(town.grouping, [int(name) for name in cases.areas])
    expected = replace(cases.incidents, repeats=rate[cases.incidents.first] * cases.incidents.days)
    known = watch(expected, cases.area, cases.kind)
    planted, here = math.log(town.condition.reporting), float(fit_reporting(known, grouping).log_ratio[HIGH])
    made = [judge_reporting(watched, [grouping], policy, seed=seed) for policy in policies()]
    by_group = {group.group: group.ratio for group in made[0].groups}
    per = {
        "reports_per_km": _per(town, reported, town.land.road_km),
        "reports_per_head": _per(town, reported, town.land.population.astype(float)),
    }
    return Look(
        audit="reporting",
        verdict=made[0].verdict,
        value=log_of(by_group[THIRDS[HIGH]].value),
        planted=planted,
        here=here,
        held=held_of((_ratio_of(each.groups) for each in made), planted, here),
        naive={name: math.log(ratios[-1]) for name, ratios in per.items()},
        flagged={
            "80_percent_rule": breaks_80_percent_rule(ratio.value for ratio in by_group.values()),
            **{f"{name}_below_80_percent": min(ratios) < 0.8 for name, ratios in per.items()},
        },
    )


def reports_of(town: Town) -> tuple[Reported, Floats]:
    """The reports that the city has on the day of the extract, and the true rate behind each of them."""
    columns = [_rows_of(number, part) for number, part in enumerate(town.parts)]
    area, kind, incident, at, ended, rate = (np.concatenate(column) for column in zip(*columns, strict=True))
    codes = np.unique(incident, return_inverse=True)[1]
    names = np.array([f"{number:03d}" for number in range(town.land.areas)])
    reported = Reported(
        at=at,
        ended=ended,
        area=names[area],
        kind=kind,
        incident=codes.astype(np.int64),
        caller=np.full(len(at), -1),
        placed=None,
        located=None,
        extracted=float(DAYS),
        start=0.0,
    )
    return reported, rate


def _rows_of(number: int, part: Part) -> tuple[Any, ...]:
    """Columns of one kind's reports; a report whose link is lost is an incident of its own."""
    incident, at = part.reports.incident, part.reports.at
    seen = is_reported_in_time(part)[incident] & (at < DAYS)
    own, linked = np.arange(len(at)), part.reports.is_linked
    code = np.where(linked, incident, len(part.need.area) + own) * 3 + number
    ended = np.fmin(part.handling.inspected, part.handling.closed)
    ended = np.where(ended <= DAYS, ended, np.nan)
    columns = part.need.area[incident], np.full(len(at), number), code, at, ended[incident]
    return tuple(column[seen] for column in (*columns, part.handling.rate[incident]))


def _per(town: Town, reported: Reported, size: Floats) -> list[float]:
    """Reports per km (or head) of the middle and the high third, over those of the low one."""
    reports = np.bincount(reported.area.astype(int), minlength=town.land.areas)
    per = np.bincount(town.third, reports) / np.bincount(town.third, size)
    return [float(value) for value in per[1:] / per[0]]


def _over(grouping: Grouping, areas: Sequence[int]) -> Grouping:
    return replace(grouping, shares=grouping.shares[areas], residents=grouping.residents[areas])


def _ratio_of(items: Sequence[Any]) -> Any:
    return next(item.ratio for item in items if item.group == THIRDS[HIGH])


def look_at_delays(town: Town, seed: int) -> Look:
    """Restricted mean days from first report to inspection, like with like; held against what is
    expected of these cases (areas do not differ otherwise)."""
    unit, kind, wait, watched, expected = _waits(town)
    days, ended = np.minimum(wait, watched), wait <= watched
    delays = Delays(unit, kind, waits_until(days, ended, TAU), np.ones(len(unit)), _PERIOD)
    clusters = np.arange(town.land.areas)
    sums = delay_sums(delays, [town.grouping], clusters, seed=seed)
    family = measure_delays(delays, sums, clusters, seed=seed)["restricted_mean_days"]
    made = [judge_disparities(family, policy) for policy in policies()]
    truth = _standardised(town.third[unit], kind, expected)
    closed = np.bincount(town.third[unit[ended]], wait[ended]) / np.bincount(town.third[unit[ended]])
    naive = [float(value) for value in closed[1:] / closed[0]]
    return Look(
        audit="delays",
        verdict=worst_of([item.verdict for item in made[0]]),
        value=log_of(_ratio_of(made[0]).value),
        planted=truth,
        here=truth,
        held=held_of((_ratio_of(each) for each in made), truth, truth),
        naive={"closed_only_mean": math.log(naive[-1])},
        flagged={
            "80_percent_rule": breaks_80_percent_rule(item.ratio.value for item in made[0]),
            "closed_only_mean": breaks_80_percent_rule(naive),
        },
    )


def _waits(town: Town) -> tuple[Any, ...]:
    """Of each incident to be inspected: area, kind, days of wait, days watched, expected restricted days."""
    columns = []
    for number, part in enumerate(town.parts):
        kept = is_reported_in_time(part) & np.isfinite(part.handling.inspected)
        first, area = part.handling.first[kept], part.need.area[kept]
        ease = synthetic_reports._SEVERITY_SPEEDS_INSPECTION * part.need.severity[kept]
        middle = math.log(part.kind.inspect_days) - ease
        middle = middle + math.log(town.condition.delay) * town.land.minority_share[area]
        wait = part.handling.inspected[kept] - first
        columns.append((area, np.full(len(area), number), wait, DAYS - first, restricted_mean(middle)))
    return tuple(np.concatenate(column) for column in zip(*columns, strict=True))


def restricted_mean(middle: Floats) -> Floats:
    """E min(X, TAU) of a lognormal X whose logarithm has this mean and the city's spread."""
    spread, top = synthetic_reports._INSPECTION_SPREAD, math.log(TAU)
    below = np.exp(middle + spread**2 / 2) * stats.norm.cdf((top - middle - spread**2) / spread)
    made: Floats = below + TAU * stats.norm.sf((top - middle) / spread)
    return made


def _standardised(third: Integers, kind: Integers, expected: Floats) -> float:
    """Log ratio of the high to the low third, with the weights of all cases over types that are compared."""
    cell, size = third * 3 + kind, 9
    cases = np.bincount(cell, minlength=size).reshape(3, 3)
    means = np.bincount(cell, expected, size).reshape(3, 3) / np.maximum(cases, 1)
    weights = np.where((cases >= LEAST_CASES).all(axis=0), cases.sum(axis=0), 0)
    return float(np.log(means[HIGH] @ weights) - np.log(means[0] @ weights))


def look_at_recall(town: Town, seed: int) -> Look:
    """``civic_ai.audit`` on a table of cases and quiet rows that a list chose from; ``seed`` is not used."""
    frame, chance = _chosen(town)
    made = [
        audit_table(
            frame, label="happened", score="chosen", groups=["third"], unit="area",
            intervention="assistive", reference={"third": THIRDS[0]}, policy=policy,
        )
        for policy in policies()
    ]  # fmt: skip
    recalls = [[item for item in each.disparities if item.metric == "recall"] for each in made]
    cases = frame["happened"].to_numpy() == 1
    third = town.third[frame["area"].to_numpy()[cases]]
    mean = np.bincount(third, chance[cases]) / np.bincount(third)
    planted, here = math.log(town.condition.recall), float(np.log(mean[HIGH] / mean[0]))
    return Look(
        audit="recall",
        verdict=worst_of([item.verdict for item in recalls[0]]),
        value=log_of(_ratio_of(recalls[0]).value),
        planted=planted,
        here=here,
        held=held_of((_ratio_of(each) for each in recalls), planted, here),
        flagged={"80_percent_rule": breaks_80_percent_rule(item.ratio.value for item in recalls[0])},
    )


def _chosen(town: Town) -> tuple[pd.DataFrame, Floats]:
    """As many quiet rows as cases; the chance of each to be on the list."""
    rng, land = town.rng, town.land
    cases = np.concatenate([part.need.area[is_reported_in_time(part)] for part in town.parts])
    area = np.concatenate([cases, rng.permutation(cases)])
    happened = np.arange(len(area)) < len(cases)
    local = np.exp(FOUND_SPREAD * rng.standard_normal(land.areas))
    found = FOUND * town.condition.recall**land.minority_share * local
    chance = np.where(happened, np.minimum(found, 1)[area], FOUND_IN_VAIN)
    chosen = (rng.random(len(area)) < chance).astype(int)
    thirds = np.array(THIRDS)[town.third[area]]
    frame = pd.DataFrame({"area": area, "third": thirds, "happened": happened.astype(int), "chosen": chosen})
    return frame, chance


assert POLICY.tolerances.confidence_level == 0.90, "verdicts are read off the first of look.LEVELS"
