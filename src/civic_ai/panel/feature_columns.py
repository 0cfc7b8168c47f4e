"""Columns of another source, by area: as known on the day, or static where the source has no dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.panel.known import DAY, day_numbers, known_rows
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.panel.units import as_id
from civic_ai.panel.where import column_of, number_of
from civic_ai.pilot.feature_blocks import ColumnFeature
from civic_ai.records.panel import Feature

Floats = NDArray[np.float32]


def attribute_columns(block: ColumnFeature, scope: Scope) -> list[FeatureColumn]:
    """One column a named column; each unit takes the value of its area.

    Raises :class:`ConfigError` for text, :class:`DataError` for two rows of one area without dates.
    """
    known_at = scope.city.spec.sources[block.source].known_at
    read = _read_static(block, scope) if known_at is None else _read_dated(block, scope)
    return [
        FeatureColumn(
            Feature(
                name=name,
                source=block.source,
                known_by="static" if known_at is None else "known_at",
                family="area",
            ),
            read(name),
        )
        for name in block.columns
    ]


def _read_static(block: ColumnFeature, scope: Scope) -> Any:
    table = _numbers(scope.city.tables[block.source], block, scope).to_pandas()
    repeated = int(table["area"].duplicated().sum())
    if repeated:
        raise DataError.because(
            say("{source} has more than one row for {areas} areas", source=block.source, areas=repeated),
            about=f"sources.{block.source}",
            remedy=say("Keep one row an area, or declare 'known_at' if rows replace each other over time."),
        )
    by_area = table.set_index("area")
    areas = scope.units.frame["area"]

    def values(name: str) -> Floats:
        return np.asarray(by_area[name].reindex(areas).to_numpy(dtype=np.float32, na_value=np.nan)[None, :])

    return values


def _read_dated(block: ColumnFeature, scope: Scope) -> Any:
    """The last row of each area known by each date; rows of one day are put in order by their values."""
    rows = known_rows(scope.city, block.source)
    moment = rows[scope.city.known_at(block.source)]
    table = _numbers(rows.mutate(moment=moment), block, scope, "moment", DAY).to_pandas()
    table = table.sort_values(["moment", *block.columns], ignore_index=True)
    areas = pd.Index(sorted(set(scope.units.frame["area"])))
    mine = areas.get_indexer(pd.Index(scope.units.frame["area"]))
    last = _last_rows(table, areas, scope.dates)

    def values(name: str) -> Floats:
        column = np.append(table[name].to_numpy(dtype=np.float32, na_value=np.nan), np.float32(np.nan))
        return np.asarray(column[last][:, mine])

    return values


def _last_rows(table: pd.DataFrame, areas: pd.Index, dates: NDArray[np.int64]) -> NDArray[np.int64]:
    """Dates x areas: position in ``table`` (in order of time) of the last row known, -1 for none."""
    slot = np.searchsorted(dates, day_numbers(table[DAY].to_numpy()))
    area = areas.get_indexer(pd.Index(table["area"]))
    used = (slot < len(dates)) & (area >= 0)
    last = np.full((len(dates), len(areas)), -1, dtype=np.int64)
    np.maximum.at(last, (slot[used], area[used]), np.flatnonzero(used))
    return np.asarray(np.maximum.accumulate(last, axis=0))


def _numbers(table: Any, block: ColumnFeature, scope: Scope, *others: str) -> Any:
    """Area, the wanted columns as float64 (null stays null), and ``others``."""
    key = as_id(column_of(table, scope.city.key(block.source), about=f"sources.{block.source}.key"))
    wanted = {name: number_of(table, name) for name in block.columns}
    return table.filter(key.notnull()).select(area=key, **wanted, **{name: table[name] for name in others})
