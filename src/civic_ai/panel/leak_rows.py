"""Rows that were written later than they say, and incidents reported on both sides of an as-of date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ibis
import numpy as np

from civic_ai.data.afterwards import is_afterwards
from civic_ai.panel.known import DAY, City, Days, day_numbers, known_rows
from civic_ai.panel.label import incident_column, label_rows
from civic_ai.panel.parts import Parts
from civic_ai.panel.units import as_id
from civic_ai.pilot.feature_blocks import CalendarFeature
from civic_ai.records.contract import Contract
from civic_ai.records.panel import LeakFinding

MOST_BLANK, MOST_BEFORE, LEAST_AFTER = 0.01, 0.02, 0.05
BEFORE_LATEST = (0.7, 0.9)
"""The latest tenth of the rows is compared with the fifth before it, so that old rules do not count."""
CUT_OFF = 9.2
"""Minus the logarithm of one in ten thousand: several columns are looked at, in every run."""
LEAST_DISTINCT, LEAST_SAME_PLACE, LEAST_ACROSS = 0.3, 0.8, 0.005


def find_written_later(city: City, contracts: Mapping[str, Contract]) -> list[LeakFinding]:
    """Sources whose rows carry a later moment that had already happened in every row of the extract.

    A deadline lies in the future and goes on beyond the end of the extract. A moment of writing does not:
    the rows of the last days are only there if they were written in time. So for every date column that is
    never blank and follows ``known_at``: had the latest rows the delays of the rows before them, how likely
    is it that none lies beyond the last such date? If hardly, the extract cut the delays off. It takes about
    twenty rows within the mean delay to tell. A delay that is the same for all rows cannot be told from a
    deadline; such a column must be declared.
    """
    return [
        finding
        for source in _timed_sources(city)
        for name, column in sorted(contracts[source].columns.items())
        if column.type in ("date", "timestamp") and not is_afterwards(column) and not column.drop
        if name != city.known_at(source)
        for finding in _written_later(city, source, name)
    ]


def _timed_sources(city: City) -> list[str]:
    used = {block.source for block in city.spec.features if not isinstance(block, CalendarFeature)}
    used.add(city.spec.label.source)
    return sorted(name for name in used if city.spec.sources[name].known_at is not None)


def _written_later(city: City, source: str, name: str) -> Iterator[LeakFinding]:
    rows = known_rows(city, source)
    read = rows.select(known=rows[DAY], later=rows[name].cast("date")).to_pyarrow()
    if read.num_rows == 0 or read["later"].null_count > MOST_BLANK * read.num_rows:
        return
    filled = read.drop_null()
    known, later = day_numbers(filled["known"].to_numpy()), day_numbers(filled["later"].to_numpy())
    after = int((later > known).sum())
    is_later = (later < known).mean() <= MOST_BEFORE and after >= LEAST_AFTER * len(known)
    if is_later and _surprise(known, later) >= CUT_OFF:
        yield LeakFinding(
            form="written_later", column=f"{source}.{name}", rows=after, detail=city.known_at(source)
        )


def _surprise(known: Days, later: Days) -> float:
    """Minus the logarithm of the chance that none of the latest rows lies beyond the last one, by the delays
    of the rows before them (each seen once more than it was, so that no chance is zero)."""
    before, latest = np.quantile(known, BEFORE_LATEST)
    delays = np.sort((later - known)[(known > before) & (known <= latest)])
    room = later.max() - known[known > latest]
    within = (np.searchsorted(delays, room, side="right") + 1) / (len(delays) + 1)
    return float(-np.log(within).sum())


def find_incidents_across(parts: Parts, contracts: Mapping[str, Contract]) -> list[LeakFinding]:
    """Columns that name one incident in several label rows, where the label counts each row.

    Only where the spec names no incident column (with one, a label row is an incident). Such a column repeats
    a few times, at the same place, within the horizon; a caller or an address repeats after months.
    """
    city = parts.scope.city
    if incident_column(city.spec) is not None:
        return []
    source = city.spec.label.source
    columns = contracts[source].columns
    names = sorted(
        name for name in columns if columns[name].type in ("text", "integer") and not columns[name].drop
    )
    return [finding for name in names for finding in _across(parts, name)]


def _across(parts: Parts, name: str) -> Iterator[LeakFinding]:
    city, scope = parts.scope.city, parts.scope
    rows = label_rows(city)
    rows = rows.filter(rows[name].notnull())
    total, distinct = rows.count().execute(), rows[name].nunique().execute()
    if not LEAST_DISTINCT * total <= distinct < total:
        return
    day, first, is_same_place = _repeats(rows, name, scope.units.places)
    latest = np.searchsorted(scope.dates, day) - 1
    before = scope.dates[np.maximum(latest, 0)]
    across = int(((latest >= 0) & (first <= before) & (day <= before + scope.reach)).sum())
    is_close = len(day) > 0 and float(np.median(day - first)) <= scope.reach
    if across >= max(1, LEAST_ACROSS * total) and is_close and is_same_place.mean() >= LEAST_SAME_PLACE:
        source = city.spec.label.source
        yield LeakFinding(
            form="incident_across_cutoff", column=f"{source}.{name}", rows=across, detail="not declared"
        )


def _repeats(rows: Any, name: str, places: Any) -> tuple[Any, Any, Any]:
    """Day of each later row of a value, day of the value's first row, and whether the place is the same."""
    placed = rows.mutate(place=as_id(places.place(rows)), value=as_id(rows[name])).select(
        "value", "place", DAY
    )
    window = ibis.window(group_by="value", order_by=[DAY, "place"])
    ranked = placed.mutate(
        number=ibis.row_number().over(window),
        first_day=placed[DAY].min().over(ibis.window(group_by="value")),
        first_place=placed.place.first().over(window),
    )
    later = ranked.filter(ranked.number > 0)
    same = (later.place == later.first_place).fill_null(False)
    read = later.select(day=later[DAY], first=later.first_day, same=same).to_pyarrow()
    return day_numbers(read["day"].to_numpy()), day_numbers(read["first"].to_numpy()), read["same"].to_numpy()
