"""Rules between a pilot and a contract that point into the pilot: columns and words that it uses."""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.core.messages import say
from civic_ai.data.contract_rules import Broken, no_such_column
from civic_ai.pilot.feature_blocks import CategoryFeature, ColumnFeature, CountFeature, TrailingFeature
from civic_ai.pilot.spec import PilotSpec
from civic_ai.pilot.where import Combination, Comparison, Condition, WhereError, parse_where
from civic_ai.records.contract import Contract
from civic_ai.store.yaml import Path_


def broken_uses(spec: PilotSpec, name: str, contract: Contract) -> list[Broken]:
    """Columns that the pilot takes from source ``name`` and the contract does not promise, and words
    in its conditions that the contract does not allow; each with its place in the pilot."""
    broken: list[Broken] = []
    for place, column in _columns_used(spec, name):
        broken.extend(_column_is_promised(place, column, contract))
    for place, comparison in _comparisons(spec, name):
        broken.extend(_words_are_allowed(place, comparison, contract))
    return broken


def _column_is_promised(place: Path_, column: str, contract: Contract) -> Iterator[Broken]:
    declared = contract.columns.get(column)
    if declared is None:
        yield place, *no_such_column(column, contract)
    elif declared.drop:
        yield place, say("the column {column} is dropped by its contract", column=column), None


def _words_are_allowed(place: Path_, comparison: Comparison, contract: Contract) -> Iterator[Broken]:
    declared = contract.columns.get(comparison.column)
    if declared is None or not declared.allowed:
        return
    value = comparison.value
    for word in value if isinstance(value, tuple) else (value,):
        if word is not None and str(word) not in declared.allowed:
            yield (
                place,
                say("{column} is never {word}", column=comparison.column, word=word),
                say("Its contract allows: {words}.", words=", ".join(declared.allowed)),
            )


def _columns_used(spec: PilotSpec, name: str) -> Iterator[tuple[Path_, str]]:
    """Every column of the source ``name`` that the pilot reads, with its place."""
    for place, source, column in (
        *_single_columns(spec, name),
        *_unit_columns(spec),
        *_label_columns(spec),
        *_feature_columns(spec),
        *_audit_columns(spec),
    ):
        if source == name and column is not None:
            yield place, column
    for place, comparison in _comparisons(spec, name):
        yield place, comparison.column


def _single_columns(spec: PilotSpec, name: str) -> Iterator[tuple[Path_, str | None, str | None]]:
    source, reporting = spec.sources[name], spec.audit.reporting
    yield ("sources", name, "known_at"), name, source.known_at
    yield ("sources", name, "key"), name, source.key
    yield ("models", "rate_by"), spec.unit.source, spec.models.rate_by
    yield ("audit", "observer"), spec.unit.source, spec.audit.observer
    yield ("audit", "reporting", "incident"), reporting.source, reporting.incident
    yield ("audit", "reporting", "ended_at"), reporting.source, reporting.ended_at


def _unit_columns(spec: PilotSpec) -> Iterator[tuple[Path_, str | None, str | None]]:
    unit = spec.unit
    yield ("unit", "area"), unit.source, unit.area
    yield ("unit", "due_on"), unit.source, unit.due_on
    yield from ((("unit", "case", i), unit.source, column) for i, column in enumerate(unit.case))
    for name, form in (("grid", unit.grid), ("hexagons", unit.hexagons)):
        if form is not None:
            yield ("unit", name, "lat"), unit.source, form.lat
            yield ("unit", name, "lon"), unit.source, form.lon
    if unit.types is not None:
        yield ("unit", "types", "column"), unit.source, unit.types.column


def _label_columns(spec: PilotSpec) -> Iterator[tuple[Path_, str | None, str | None]]:
    label = spec.label
    yield ("label", "known_at"), label.source, label.known_at
    yield ("label", "ended_at"), label.source, label.ended_at
    if label.exposure is not None:
        yield ("label", "exposure", "column"), label.exposure.source, label.exposure.column


def _feature_columns(spec: PilotSpec) -> Iterator[tuple[Path_, str | None, str | None]]:
    for i, block in enumerate(spec.features):
        if isinstance(block, TrailingFeature):
            yield from ((("features", i), block.source, column) for column in (*block.mean, *block.sum))
        if isinstance(block, ColumnFeature):
            yield from ((("features", i, "columns"), block.source, column) for column in block.columns)
        if isinstance(block, CategoryFeature):
            yield from ((("features", i, "categories"), block.source, column) for column in block.categories)


def _audit_columns(spec: PilotSpec) -> Iterator[tuple[Path_, str | None, str | None]]:
    for name, attribute in spec.audit.attributes.items():
        for column in (attribute.column, attribute.of, *attribute.shares.values()):
            yield ("audit", "attributes", name), attribute.source, column


def _comparisons(spec: PilotSpec, name: str) -> Iterator[tuple[Path_, Comparison]]:
    """Every comparison of the pilot's conditions on the source ``name``."""
    conditions: list[tuple[Path_, str | None]] = []
    if spec.label.source == name:
        conditions.append((("label", "where"), spec.label.where))
    for i, block in enumerate(spec.features):
        if isinstance(block, CountFeature) and block.source == name:
            conditions.append((("features", i, "where"), block.where))
    for place, text in conditions:
        if text is not None:
            try:
                yield from ((place, part) for part in _parts(parse_where(text)))
            except WhereError:
                continue  # the pilot's own rules say so


def _parts(condition: Condition) -> Iterator[Comparison]:
    if isinstance(condition, Combination):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition
