"""The product's audits of what a model learns from: observer, label changes, leaks; looked at one town."""

from __future__ import annotations

import math
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from look import POLICY, Look
from tests.unit.panel import leaks
from tests.unit.panel.cities import made_city
from town import DAYS, FIRST, Floats, Integers, Town, is_reported_in_time

from civic_ai.audit import label_changes
from civic_ai.audit.observed import Observed
from civic_ai.audit.observer import judge_observed
from civic_ai.data.synthetic_settings import BURN_IN_DAYS
from civic_ai.panel.build import build_panel
from civic_ai.records.figure import Period
from civic_ai.store.blobs import Blobs

INSPECTORS, LISTS, OBSERVER_SPREAD, PLACE_SPREAD, NOISE = 15, 52, 1.0, 0.8, 0.5
CAPACITY_SHARE, USUAL = 0.25, -1.5
LATE_BEFORE, LATE_AFTER = 10.0, 7.0
REQUESTS_PER_AREA = 70
"""Where something happens in every period, there is nothing to search."""
_PERIOD = Period(first=FIRST, last=FIRST)


def look_at_observer(town: Town, seed: int) -> Look:
    """The observer test on inspections of the town: chance by inspector where planted, else by place."""
    observed = inspections(town)
    largest = int(np.bincount(observed.list).max())
    given = SimpleNamespace(
        spec=SimpleNamespace(seed=seed, audit=SimpleNamespace(observer="inspector")),
        evaluation=SimpleNamespace(time_to_find=(), capacity=max(1, round(CAPACITY_SHARE * largest))),
    )
    return Look(audit="observer", verdict=judge_observed(given, observed, POLICY).verdict)


def inspections(town: Town) -> Observed:
    """Inspections of reported incidents, list by list; the later half is tested, on rates of the past."""
    rng, planted = town.rng, town.condition.observer
    area = np.concatenate([part.need.area[is_reported_in_time(part)] for part in town.parts])
    cases = len(area)
    who, on = rng.integers(0, INSPECTORS, cases), np.sort(rng.integers(0, LISTS, cases))
    strict, place = (
        OBSERVER_SPREAD * rng.standard_normal(INSPECTORS),
        PLACE_SPREAD * rng.standard_normal(cases),
    )
    logit = USUAL + (strict[who] if planted else place)
    event = rng.random(cases) < 1 / (1 + np.exp(-logit))
    tested = on >= LISTS // 2
    return Observed(
        candidate="model",
        is_event=event[tested],
        in_lockbox=np.zeros(int(tested.sum()), dtype=bool),
        list=on[tested] - LISTS // 2,
        observer=who[tested],
        cluster=np.unique(area[tested], return_inverse=True)[1],
        score=(logit + NOISE * rng.standard_normal(cases))[tested],
        rate=_rates_so_far(event, who, on)[tested],
        without=None,
        knows_observer=planted,
        period=_PERIOD,
    )


def _rates_so_far(event: Floats, who: Integers, on: Integers) -> Floats:
    """For each case how often its inspector had found something on the lists before."""
    cell = on * INSPECTORS + who
    size = LISTS * INSPECTORS
    cases, found = (np.bincount(cell, of, size).reshape(LISTS, -1) for of in (np.ones(len(on)), event))
    before = [np.cumsum(table, axis=0) - table for table in (found, cases)]
    rate: Floats = ((before[0] + 0.5) / (before[1] + 1)).ravel()[cell]
    return rate


def look_at_label_change(town: Town, seed: int) -> Look:
    """The search for jumps of the label "inspected late": what counts as late changes on one day, or not."""
    day, wait, changed = _late(town)
    limit = np.where(day >= changed, LATE_AFTER, LATE_BEFORE) if town.condition.rule_change else LATE_BEFORE
    label = (wait > limit).astype(np.float64)
    periods = label_changes.periods_of(None, _since_1970(day), label)
    level = POLICY.tolerances.confidence_level
    changes = list(periods.changes(label_changes.ALPHA, level, seed))
    on = FIRST + timedelta(days=int(changed) - BURN_IN_DAYS)
    dated = [change for change in changes if change.earliest <= on <= change.latest]
    held = {f"{level:.2f}": bool(dated)} if changes and town.condition.rule_change else {}
    return Look(audit="label_change", verdict="fail" if changes else "pass", held=held)


def _late(town: Town) -> tuple[Integers, Floats, int]:
    """Day and wait of each incident to be inspected that was watched long enough; day of the new rule."""
    columns = []
    for part in town.parts:
        kept = is_reported_in_time(part) & np.isfinite(part.handling.inspected)
        first = part.handling.first[kept]
        columns.append((first, part.handling.inspected[kept] - first))
    day, wait = (np.concatenate(column) for column in zip(*columns, strict=True))
    known = day < DAYS - LATE_BEFORE
    changed = int(town.rng.integers(BURN_IN_DAYS + 270, DAYS - 270))
    return day[known].astype(np.int64), wait[known], changed


def _since_1970(day: Integers) -> Integers:
    return day - BURN_IN_DAYS + (FIRST - type(FIRST)(1970, 1, 1)).days


def look_at_leaks(town: Town, seed: int) -> Look:
    """The search for leaks in the panel of a city with as many requests; ten forms of leak in turn."""
    side = round(math.sqrt(town.incidents / REQUESTS_PER_AREA))
    busy = partial(made_city, rows=side, columns=side, per_area=town.incidents / side**2)
    usual, leaks.city_of = leaks.city_of, busy
    try:
        forms = list(leaks.PLANTED.values())
        city = forms[seed % len(forms)](seed).city if town.condition.leak else leaks.clean_city(seed)
    finally:
        leaks.city_of = usual
    with tempfile.TemporaryDirectory() as folder:
        blobs = Blobs(Path(folder))
        found = build_panel(*city.seal(blobs), POLICY, blobs).leaks_found
    verdicts = {None: "unknown", 0: "pass"}
    return Look(audit="leak", verdict=verdicts.get(found, "fail"))
