"""Columns that are only filled in afterwards, by the contract's own word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civic_ai.data.afterwards import is_afterwards
from civic_ai.panel.known import City
from civic_ai.pilot.feature_blocks import (
    CategoryFeature,
    ColumnFeature,
    CountFeature,
    FeatureBlock,
    TrailingFeature,
)
from civic_ai.pilot.where import columns_of, parse_where
from civic_ai.records.contract import Contract
from civic_ai.records.panel import LeakFinding


def find_afterwards(city: City, contracts: Mapping[str, Contract]) -> list[LeakFinding]:
    """Every column that a feature or the label uses although it is only known afterwards."""
    used = {("known_afterwards", *place) for block in city.spec.features for place in _used(block)}
    label = city.spec.label
    used |= {("label_known_afterwards", label.source, name) for name in _in_where(label.where)}
    return [
        _finding(city, form, source, name)
        for form, source, name in sorted(used)
        if name in contracts[source].columns and is_afterwards(contracts[source].columns[name])
    ]


def _used(block: FeatureBlock) -> Iterator[tuple[str, str]]:
    """Source and column of everything that a block looks at."""
    if isinstance(block, CountFeature):
        yield from ((block.source, name) for name in _in_where(block.where))
    elif isinstance(block, ColumnFeature):
        yield from ((block.source, name) for name in block.columns)
    elif isinstance(block, CategoryFeature):
        yield from ((block.source, name) for name in block.categories)
    elif isinstance(block, TrailingFeature):
        yield from ((block.source, name) for name in (*block.mean, *block.sum))


def _in_where(where: str | None) -> frozenset[str]:
    return frozenset() if where is None else columns_of(parse_where(where))


def _finding(city: City, form: str, source: str, name: str) -> LeakFinding:
    table = city.tables[source]
    rows = int(table[name].notnull().sum().execute() or 0)
    return LeakFinding(form=form, column=f"{source}.{name}", rows=rows, detail="by contract")
