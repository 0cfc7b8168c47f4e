"""What a forecast is worth to whoever plans shifts: hours of work short or idle, city-wide, by type.

The people who handle one type of request work all over the city, so what counts is the sum over areas. A
period is planned for as many hours as its forecast says; where more comes, hours are short, where less
comes, hours are idle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from civic_ai.evaluation.lists import Floats
from civic_ai.evaluation.looked import Looked
from civic_ai.evaluation.rows import sum_by_date
from civic_ai.evaluation.statistic import Statistic, ratio
from civic_ai.evaluation.visits import IS_BASELINE
from civic_ai.records.evaluation import Staffing
from civic_ai.records.figure import missing

_PERIOD = ["date", "step"]


def staffing(looked: Looked) -> Iterator[Staffing]:
    """Hours short and idle in a period of the horizon, on the test periods: of champion, best candidate and
    best baseline, by type and for all types. Empty where no hours are declared."""
    hours = looked.spec.capacity
    if hours.hours_per_unit is None and not hours.hours_by_type:
        return
    plans = {name: _planned_and_came(looked, name) for name in looked.shown}
    types = sorted(plans[looked.baseline]["type"].unique())
    for kind in [None, *types] if len(types) > 1 else [None]:
        lost = {name: hours_lost(plan, kind) for name, plan in plans.items()}
        for name in looked.shown:
            yield _told(looked, name, kind, lost)


def hours_lost(plan: pd.DataFrame, kind: str | None) -> pd.DataFrame:
    """Hours ``short`` and ``idle`` in each ``date`` and ``step``: of one type, or summed over all types."""
    mine = plan if kind is None else plan[plan["type"] == kind]
    apart = mine["came"] - mine["planned"]
    lost = mine[_PERIOD].assign(short=apart.clip(lower=0), idle=(-apart).clip(lower=0))
    return lost.groupby(_PERIOD, as_index=False).sum()


def _planned_and_came(looked: Looked, candidate: str) -> pd.DataFrame:
    """Hours planned and hours that came, by date, step and type; rows of types without hours are left out."""
    rows = looked.rows(looked.tests, candidate)
    declared = looked.spec.capacity
    type_ = rows["type"].astype(object).where(rows["type"].notna(), "")
    each = type_.map(declared.hours_by_type).astype(float)
    if declared.hours_per_unit is not None:
        each = each.fillna(declared.hours_per_unit)
    step = rows.get("step", 0)
    hours = pd.DataFrame(
        {"date": rows["date"], "step": step, "type": type_, "planned": rows["score"] * each}
    ).assign(came=rows["label"] * each)
    return hours[each.notna()].groupby([*_PERIOD, "type"], as_index=False).sum()


def _told(looked: Looked, name: str, kind: str | None, lost: Mapping[str, pd.DataFrame]) -> Staffing:
    lists, scope = looked.tests.lists[name], looked.tests.whole
    basis = scope.counting(lists, len(lost[name]))

    def per_period(who: str, *columns: str) -> Statistic:
        frame = lost[who]

        def by_date(values: Floats) -> Floats:
            return sum_by_date(frame, values, lists)

        return ratio(by_date(frame[list(columns)].sum(axis=1).to_numpy()), by_date(np.ones(len(frame))))

    ours, theirs = (per_period(who, "short", "idle") for who in (name, looked.baseline))
    fewer = basis.compared(ours, theirs, lambda one, other: one - other)
    return Staffing(
        candidate=name,
        type=kind,
        hours_short=basis.figure(per_period(name, "short")),
        hours_idle=basis.figure(per_period(name, "idle")),
        cheaper_than_baseline=missing(IS_BASELINE, n=basis.n) if name == looked.baseline else fewer,
    )
