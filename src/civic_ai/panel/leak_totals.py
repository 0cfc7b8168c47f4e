"""Columns that fit later totals more closely than chance allows.

However well an honest column explains how often something happens in a place, the count itself still scatters
about its mean by the mean's square root at least (Poisson). A column that was made from the counts, totals or
rates of the whole file, does not scatter. So the places are put in the order of the column, and each count is
compared with the line through its two neighbours in that order (second differences: Gasser, Sroka and
Jennen-Steinmetz 1986). Their scatter over the Poisson scatter is about 1 or more for an honest column; a
ratio too far below 1 is a leak (chi-squared with Satterthwaite's degrees of freedom, at the family-wise level
below). The same is done over dates for columns that hold for the whole city. Where the events come more
evenly than chance (a schedule), the ratio is divided by that evenness.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from civic_ai.panel.cube import build_cube
from civic_ai.panel.known import day_numbers
from civic_ai.panel.parts import Parts
from civic_ai.panel.units import as_id
from civic_ai.panel.where import column_of
from civic_ai.records.panel import LeakFinding

Floats = NDArray[np.float64]

FAMILY_LEVEL = 0.001
"""The chance that any honest column of a city is called a leak."""
SMOOTHER_SHARE = 18 / 35
"""Degrees of freedom of second differences, as a share of the number of points (Gasser et al. 1986)."""
LEAST_PLACES = 8


def find_future_totals(parts: Parts) -> list[LeakFinding]:
    """Static columns against later totals by area; columns of the whole city against totals by date."""
    tests = [*_static_tests(parts), *_citywide_tests(parts)]
    found: dict[str, LeakFinding] = {}
    for name, order, totals, evenness in tests:
        ratio, chance = scatter(order, totals, evenness)
        if chance < FAMILY_LEVEL / len(tests) and name not in found:
            found[name] = LeakFinding(
                form="future_total",
                column=name,
                rows=len(totals),
                detail=f"scatter {round(ratio, 4)} of chance",
            )
    return [found[name] for name in sorted(found)]


def scatter(order: Floats, totals: Floats, evenness: float) -> tuple[float, float]:
    """Scatter of ``totals`` about a smooth curve over ``order``, as a ratio to chance, and its lower-tail
    probability; (1, 1) where there are too few places to say."""
    usable = np.isfinite(order) & np.isfinite(totals)
    rank = np.argsort(order[usable], kind="stable")
    x, y = order[usable][rank], totals[usable][rank]
    if (y > 0).sum() < LEAST_PLACES:
        return 1.0, 1.0
    width = x[2:] - x[:-2]
    weight = np.where(width > 0, (x[1:-1] - x[:-2]) / np.where(width > 0, width, 1), 0.5)
    residual = y[1:-1] - (1 - weight) * y[:-2] - weight * y[2:]
    expected = y[1:-1] + (1 - weight) ** 2 * y[:-2] + weight**2 * y[2:]
    ratio = float((residual**2).sum() / expected.sum() / min(1.0, evenness))
    freedom = SMOOTHER_SHARE * expected.sum() ** 2 / (expected**2).sum()
    return ratio, float(stats.chi2.cdf(ratio * freedom, freedom))


def _static_tests(parts: Parts) -> Iterator[tuple[str, Floats, Floats, float]]:
    static = [column for column in parts.features if column.is_static]
    if not static:
        return
    areas, member = np.unique(parts.scope.units.frame["area"].to_numpy(dtype=str), return_inverse=True)
    periods, before, evenness = _area_totals(parts, member, len(areas))
    first = np.array([np.flatnonzero(member == area)[0] for area in range(len(areas))])
    for column in static:
        values = column.values[0, first].astype(np.float64)
        scales = _other_columns(parts, column.record.source, areas)
        orders = [values, values - before, *(values * scale for scale in scales)]
        for order in orders:
            for totals in periods:
                yield column.record.name, order, totals, evenness


def _area_totals(parts: Parts, member: Any, size: int) -> tuple[list[Floats], Floats, float]:
    """Label rows by area: in each later period, before the first as-of date; and how evenly they come."""
    dates, last = parts.scope.dates, parts.label.last_day
    splits = parts.scope.splits
    spans = [(dates[0], last), (day_numbers([splits[0].cutoff])[0], last)]
    spans += [tuple(day_numbers([split.cutoff, split.test_dates[-1]])) for split in splits]
    spans = [(after, upto) for after, upto in spans if upto > after]
    ticks = np.arange(dates[0], last + 1, parts.scope.horizon)
    past = parts.label.first_day - 1
    ends = [np.array([past]), ticks, np.array(spans).ravel()]
    cube = build_cube(parts.label.events, ends, len(parts.scope.units))

    def by_area(after: Any, upto: Any) -> Floats:
        counted = cube.between(np.atleast_1d(after), np.atleast_1d(upto))
        return np.array([np.bincount(member, line, size) for line in counted])

    evenness = _evenness(by_area(ticks[:-1], ticks[1:]))
    return [by_area(*span)[0] for span in spans], by_area(past, dates[0])[0], evenness


def _evenness(counts: Floats) -> float:
    """Scatter from one period to the next as a ratio to chance; below 1 the events come evenly."""
    total = (counts[1:] + counts[:-1]).sum()
    return float((np.diff(counts, axis=0) ** 2).sum() / total) if total else 1.0


def _other_columns(parts: Parts, source: str, areas: Any) -> list[Floats]:
    """Every number that the source holds by area: a rate times one of them may be a total."""
    city = parts.scope.city
    table = city.tables[source]
    key = city.key(source)
    numbers = [name for name in sorted(table.columns) if name != key and table[name].type().is_numeric()]
    named = as_id(column_of(table, key, about="sources"))
    read = table.select(area=named, **{name: table[name].cast("float64") for name in numbers}).to_pandas()
    by_area = read.drop_duplicates("area").set_index("area").reindex(areas)
    return [by_area[name].to_numpy(dtype=np.float64) for name in numbers]


def _citywide_tests(parts: Parts) -> Iterator[tuple[str, Floats, Floats, float]]:
    matured = np.flatnonzero(~np.isnan(parts.label.values[:, 0]))
    apart = -(-parts.scope.horizon // parts.scope.city.spec.as_of.every_days)
    dates = parts.scope.dates[matured[::apart]]
    ends = dates + parts.scope.horizon
    cube = build_cube(parts.label.events, (dates, ends), len(parts.scope.units))
    totals = cube.between(dates, ends).sum(axis=1).astype(np.float64)
    for column in parts.features:
        if column.is_citywide and column.record.source != "calendar":
            values = column.values[matured[::apart], 0].astype(np.float64)
            yield column.record.name, values, totals, 1.0
