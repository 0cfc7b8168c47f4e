"""Columns that fit later totals more closely than chance allows.

However well an honest column explains how often something happens in a place, the count itself still scatters
about its mean by the mean's square root at least (Poisson). A column that was made from the counts (totals or
rates of the whole file) does not scatter. Two curves are tried: a plane over the column and what had been
counted before (least squares), and a smooth curve over the column alone (each place against the line through
its two neighbours in the column's order: Gasser, Sroka and Jennen-Steinmetz 1986). The squared residuals over
the Poisson variance are about 1 or more for an honest column; a ratio too far below 1 is a leak (chi-squared
with Satterthwaite's degrees of freedom, at the family-wise level below). Columns that hold for the whole city
are compared with the city's totals over dates. Where events come more evenly than chance (a schedule), the
ratio is divided by that evenness.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from civic_ai.panel.cohort import Mask
from civic_ai.panel.cube import build_cube
from civic_ai.panel.known import day_numbers
from civic_ai.panel.parts import Parts
from civic_ai.panel.unit_list import Units
from civic_ai.panel.units import as_id
from civic_ai.panel.where import column_of
from civic_ai.records.panel import LeakFinding

Floats = NDArray[np.float64]

FAMILY_LEVEL = 0.001
"""The chance that any honest column of a city is called a leak."""
SMOOTHER_SHARE = 18 / 35
"""Degrees of freedom of second differences, as a share of the number of points (Gasser et al. 1986)."""
LEAST_PLACES = 8


@dataclass(frozen=True)
class Trial:
    """A column (or a curve of it, or its product with ``partner``) over places or dates; what was counted
    there before and after; how evenly events come (1: by chance)."""

    name: str
    values: Floats
    before: Floats
    after: Floats
    evenness: float = 1.0
    partner: str | None = None


def find_future_totals(parts: Parts) -> list[LeakFinding]:
    """Static columns against later totals by area; columns of the whole city against totals by date.

    Where only the product of two features fits, the pair is named: nothing tells which one is the rate.
    """
    trials = [*_static_trials(parts), *_citywide_trials(parts)]
    level = FAMILY_LEVEL / (2 * max(len(trials), 1))
    names = {trial.name for trial in trials}
    found: dict[str, LeakFinding] = {}
    for trial in sorted(trials, key=lambda trial: trial.partner is not None):
        ratio, chance = min(
            (scatter_about_plane(trial), scatter_about_curve(trial)), key=lambda test: test[1]
        )
        alone = {trial.name, trial.partner} & names
        if chance < level and not alone & found.keys():
            column = " x ".join(sorted(str(name) for name in alone))
            found.setdefault(column, _finding(column, trial, ratio))
    return [found[column] for column in sorted(found)]


def _finding(column: str, trial: Trial, ratio: float) -> LeakFinding:
    times = "" if trial.partner is None else f", {trial.name} times {trial.partner}"
    detail = f"scatter {round(ratio, 4)} of chance{times}"
    return LeakFinding(form="future_total", column=column, rows=len(trial.values), detail=detail)


def scatter_about_plane(trial: Trial) -> tuple[float, float]:
    """Squared residuals of ``after`` on the column and ``before``, over the Poisson variance, and the
    lower-tail probability of that ratio; (1, 1) where there are too few places to say."""
    usable = np.isfinite(trial.values) & np.isfinite(trial.after)
    after = trial.after[usable]
    columns = [np.ones(len(after)), _standard(trial.values[usable]), _standard(trial.before[usable])]
    directions, size, _ = np.linalg.svd(np.stack(columns, axis=1), full_matrices=False)
    directions = directions[:, size > 1e-9 * size.max(initial=0.0)]
    residual = after - directions @ (directions.T @ after)
    variance = after * (1 - (directions**2).sum(axis=1))
    return _lower_tail(residual, variance, trial.evenness, 1.0)


def scatter_about_curve(trial: Trial) -> tuple[float, float]:
    """The same about a smooth curve over the column alone, whatever its shape."""
    usable = np.flatnonzero(np.isfinite(trial.values) & np.isfinite(trial.after))
    ranked = usable[np.argsort(trial.values[usable], kind="stable")]
    x, y = trial.values[ranked], trial.after[ranked]
    width = x[2:] - x[:-2]
    weight = np.where(width > 0, (x[1:-1] - x[:-2]) / np.where(width > 0, width, 1), 0.5)
    residual = y[1:-1] - (1 - weight) * y[:-2] - weight * y[2:]
    variance = y[1:-1] + (1 - weight) ** 2 * y[:-2] + weight**2 * y[2:]
    return _lower_tail(residual, variance, trial.evenness, SMOOTHER_SHARE)


def _lower_tail(residual: Floats, variance: Floats, evenness: float, share: float) -> tuple[float, float]:
    if (variance > 0).sum() < LEAST_PLACES:
        return 1.0, 1.0
    ratio = float((residual**2).sum() / variance.sum() / min(1.0, evenness))
    freedom = share * variance.sum() ** 2 / (variance**2).sum()
    return ratio, float(stats.chi2.cdf(ratio * freedom, freedom))


def _standard(values: Floats) -> Floats:
    spread = values.std() if len(values) else 0.0
    return np.asarray((values - values.mean()) / spread if spread > 0 else np.zeros(len(values)))


def _static_trials(parts: Parts) -> Iterator[Trial]:
    static = [column for column in parts.features if column.is_static]
    if not static:
        return
    areas, member = np.unique(parts.scope.units.frame["area"].to_numpy(dtype=str), return_inverse=True)
    first = np.array([np.flatnonzero(member == area)[0] for area in range(len(areas))])
    totals = [_area_totals(parts, member, counted) for counted in _selections(parts.scope.units)]
    for column in static:
        name, values = column.record.name, column.values[0, first].astype(np.float64)
        for partner, curve in _curves(values, _other_columns(parts, column.record.source, areas)):
            for periods, before, evenness in totals:
                yield from (Trial(name, curve, before, after, evenness, partner) for after in periods)


def _selections(units: Units) -> list[Mask]:
    """The units whose counts are added up: all, and where there are types those of each."""
    every = np.ones(len(units), dtype=bool)
    return [every, *(units.type_of == number for number in range(len(units.types)))]


def _curves(values: Floats, scales: Mapping[str, Floats]) -> Iterator[tuple[str | None, Floats]]:
    """The column, what its root or logarithm was taken of, and the totals that it may be a rate of."""
    yield None, values
    yield None, values**2
    yield None, np.exp(values - np.nanmax(values, initial=-np.inf))
    yield from ((name, values * scale) for name, scale in scales.items())


def _area_totals(parts: Parts, member: Any, counted: Mask) -> tuple[list[Floats], Floats, float]:
    """Label rows of the units counted, by area: in each later period, before the first as-of date; and how
    evenly they come."""
    dates, last = parts.scope.dates, parts.label.last_day
    splits = parts.scope.splits
    spans = [(dates[0], last), (day_numbers([splits[0].cutoff])[0], last)]
    spans += [tuple(day_numbers([split.cutoff, split.test_dates[-1]])) for split in splits]
    spans = [(after, upto) for after, upto in spans if upto > after]
    ticks = np.arange(dates[0], last + 1, parts.scope.horizon)
    past = parts.label.first_day - 1
    ends = [np.array([past]), ticks, np.array(spans).ravel()]
    cube = build_cube(parts.label.events, ends, len(parts.scope.units))

    size = int(member.max(initial=0)) + 1

    def by_area(after: Any, upto: Any) -> Floats:
        rows = cube.between(np.atleast_1d(after), np.atleast_1d(upto)) * counted
        return np.array([np.bincount(member, line, size) for line in rows])

    evenness = _evenness(by_area(ticks[:-1], ticks[1:]))
    return [by_area(*span)[0] for span in spans], by_area(past, dates[0])[0], evenness


def _evenness(counts: Floats) -> float:
    """Scatter from one period to the next as a ratio to chance; below 1 the events come evenly."""
    total = (counts[1:] + counts[:-1]).sum()
    return float((np.diff(counts, axis=0) ** 2).sum() / total) if total else 1.0


def _other_columns(parts: Parts, source: str, areas: Any) -> dict[str, Floats]:
    """Every number that the source holds by area: a rate times one of them may be a total."""
    city = parts.scope.city
    table = city.tables[source]
    key = city.key(source)
    numbers = [name for name in sorted(table.columns) if name != key and table[name].type().is_numeric()]
    named = as_id(column_of(table, key, about="sources"))
    read = table.select(area=named, **{name: table[name].cast("float64") for name in numbers}).to_pandas()
    by_area = read.drop_duplicates("area").set_index("area").reindex(areas)
    return {name: by_area[name].to_numpy(dtype=np.float64) for name in numbers}


def _citywide_trials(parts: Parts) -> Iterator[Trial]:
    citywide = [
        column for column in parts.features if column.is_citywide and column.record.source != "calendar"
    ]
    if not citywide:
        return
    scope, label = parts.scope, parts.scope.first_step(parts.label.values)
    apart = -(-scope.horizon // scope.city.spec.as_of.every_days)
    ends = scope.dates + scope.horizon
    rows = build_cube(parts.label.events, (scope.dates, ends), len(scope.units)).between(scope.dates, ends)
    for counted in _selections(scope.units):
        known = np.flatnonzero(~np.isnan(label[:, counted]).any(axis=1))[::apart]
        totals = rows[known][:, counted].sum(axis=1).astype(np.float64)
        for column in citywide:
            values = scope.first_step(column.values)[known, 0].astype(np.float64)
            yield Trial(column.record.name, values, np.zeros(len(totals)), totals)
