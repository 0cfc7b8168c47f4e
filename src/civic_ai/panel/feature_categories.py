"""Text columns as indicators: one for each of the most frequent values before the first cutoff.

Which values have an indicator is itself something that is learned, so nothing after the first cutoff may
decide it. A value that was rare, or not there yet, has no indicator: all indicators of its column are 0.
Where the text is blank, they are not known. Nor has a value that fewer rows hold than may be told of people,
for it may be one resident's.

An indicator is named by a code of its value, the same wherever the value is the same, so that neither a model
file nor anything public holds the value; the table of codes stands in the panel's manifest, for the board.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.feature_columns import attribute_columns
from civic_ai.panel.known import DAY, City, known_rows
from civic_ai.panel.scope import FeatureColumn, Scope
from civic_ai.panel.units import as_id
from civic_ai.panel.where import column_of
from civic_ai.pilot.feature_blocks import CategoryFeature, ColumnFeature
from civic_ai.records.panel import Category, Feature

OTHER = -1.0
"""The number of a value that has no indicator."""
CODE_LENGTH = 12
"""Hex digits of a digest: two of a hundred values have the same once in 50 billion columns."""


def code_of(column: str, value: str) -> str:
    """What stands for a value of a column wherever the value itself may not: the start of its SHA-256."""
    return digest_of_bytes(f"{column}\0{value}".encode())[:CODE_LENGTH]


@dataclass(frozen=True)
class Indicator:
    """``column`` is ``value``: 1 where it is, 0 where it is another, NaN where that is not known."""

    column: str
    value: str
    code: int

    @property
    def name(self) -> str:
        """``column=code``, the code of the value (:func:`code_of`)."""
        return f"{self.column}={code_of(self.column, self.value)}"

    @property
    def category(self) -> Category:
        """The line of the table of codes."""
        return Category(feature=self.name, value=self.value)

    def of(self, codes: NDArray[Any]) -> NDArray[np.float32]:
        """The indicator from the codes of the column's values (NaN: blank), in their shape."""
        return np.where(np.isnan(codes), np.nan, codes == self.code).astype(np.float32)


def category_columns(block: CategoryFeature, scope: Scope) -> list[FeatureColumn]:
    """The indicators of a source by area; each unit takes those of its area (dates x units, or 1 x units).

    Raises :class:`ConfigError` for a column that holds no categories.
    """
    return [column for name in block.categories for column in _of_column(block, name, scope)]


def _of_column(block: CategoryFeature, name: str, scope: Scope) -> list[FeatureColumn]:
    indicators = make_indicators(name, _before_cutoff(block, name, scope), block.most, scope.fewest_rows)
    if not indicators:
        return []
    coded = replace(scope, city=_with_codes(scope.city, block.source, indicators))
    [codes] = attribute_columns(
        ColumnFeature.model_validate({"from": block.source, "columns": [name]}), coded
    )
    records = [codes.record.model_copy(update={"name": each.name}) for each in indicators]
    if codes.record.known_by != "static":
        records = [values_before(record, scope) for record in records]
    return [
        FeatureColumn(record, each.of(codes.values), each.category)
        for record, each in zip(records, indicators, strict=True)
    ]


def values_before(record: Feature, scope: Scope) -> Feature:
    """The record of an indicator: when its value was known, and when it was chosen to have an indicator."""
    cutoff = scope.splits[0].cutoff.isoformat()
    return record.model_copy(update={"known_by": f"{record.known_by}; values before {cutoff}"})


def make_indicators(name: str, seen: pa.ChunkedArray, most: int, fewest: int) -> list[Indicator]:
    """One indicator for each of the ``most`` most frequent values (ties: in order of the alphabet) that at
    least ``fewest`` rows hold."""
    counted = [found for found in pc.value_counts(seen.drop_null()).to_pylist() if found["counts"] >= fewest]
    values = sorted(counted, key=lambda found: (-found["counts"], found["values"]))[:most]
    return [Indicator(name, found["values"], code) for code, found in enumerate(values)]


def codes_of(texts: pa.ChunkedArray, indicators: Sequence[Indicator]) -> NDArray[np.float64]:
    """The code of each text; OTHER where it has no indicator, NaN where it is blank."""
    values = pa.array([indicator.value for indicator in indicators], type=pa.string())
    found = pc.index_in(texts, value_set=values).fill_null(int(OTHER)).to_numpy().astype(np.float64)
    return np.where(texts.is_null().to_numpy(), np.nan, found)


def category_of(table: Any, name: str) -> Any:
    """The column ``name`` as text (ibis). Raises :class:`ConfigError` where it holds no categories."""
    column = column_of(table, name, about="features")
    kind = column.type()
    if kind.is_string() or kind.is_integer() or kind.is_boolean():
        return as_id(column)
    raise ConfigError.because(
        say("{column} is {kind}; categories need text, whole numbers or flags", column=name, kind=kind),
        about="features",
        remedy=say("Declare the column as text in the contract, or take it under 'columns'."),
    )


def _before_cutoff(block: CategoryFeature, name: str, scope: Scope) -> pa.ChunkedArray:
    """The values of the rows known before the first cutoff; of a source without dates, all of them."""
    city = scope.city
    if city.spec.sources[block.source].known_at is None:
        rows = city.tables[block.source]
    else:
        rows = known_rows(city, block.source)
        rows = rows.filter(rows[DAY] < ibis.literal(scope.splits[0].cutoff))
    return rows.select(value=category_of(rows, name)).to_pyarrow()["value"]


def _with_codes(city: City, source: str, indicators: Sequence[Indicator]) -> City:
    """The same city with a column of ``source`` replaced by its codes."""
    table, name = city.tables[source], indicators[0].column
    text = category_of(table, name)
    code = text.cases(*((each.value, float(each.code)) for each in indicators), else_=OTHER)
    coded = table.mutate(**{name: ibis.ifelse(text.isnull(), ibis.null("float64"), code)})
    return replace(city, tables={**city.tables, source: coded})
