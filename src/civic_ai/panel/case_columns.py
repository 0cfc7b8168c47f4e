"""What is read of each case: its name, moments, outcome and place, and what features and rules use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.case_areas import coordinate_columns
from civic_ai.panel.feature_categories import category_of
from civic_ai.panel.known import City
from civic_ai.panel.units import as_id
from civic_ai.panel.where import column_of, compile_where, number_of, satisfying
from civic_ai.pilot.feature_blocks import CategoryFeature, ColumnFeature, FeatureBlock
from civic_ai.pilot.spec import PilotSpec
from civic_ai.pilot.where import parse_where


def select_cases(spec: PilotSpec, seen: City) -> Any:
    """One row a case (ibis): unit, area, lat, lon, known, settled, due (where cases are due), happened,
    ``number:<name>`` (float64) and ``text:<name>``. Null where not known.

    ``seen`` is the city as one whose units are the areas. Raises :class:`ConfigError` for what is not there.
    """
    table = seen.tables[spec.unit.source]
    is_duration = spec.label.kind == "duration"
    rows = satisfying(table, spec.label.where) if is_duration else table
    chosen = {
        "unit": _name(rows, spec.unit.case),
        "area": as_id(column_of(rows, str(seen.spec.unit.area), about="unit.area")),
        "known": column_of(rows, seen.known_at(spec.unit.source), about="sources"),
        "settled": column_of(rows, settled_column(spec), about="label"),
        "happened": ibis.literal(True) if is_duration else _happened(spec, rows),
        **_coordinates(spec, rows),
    }
    if spec.unit.due_on is not None:
        chosen["due"] = column_of(rows, spec.unit.due_on, about="unit.due_on")
    chosen |= {f"number:{name}": number_of(rows, name) for name in sorted(own_numbers(spec))}
    chosen |= {f"text:{name}": category_of(rows, name) for name in sorted(own_texts(spec))}
    return rows.select(**chosen)


def settled_column(spec: PilotSpec) -> str:
    """The column that says when the outcome was known, or when the case ended. ConfigError when none does."""
    field = "ended_at" if spec.label.kind == "duration" else "known_at"
    column = spec.label.ended_at if spec.label.kind == "duration" else spec.label.known_at
    if column is None:
        raise ConfigError.because(
            say("nothing says when the outcome of a case is known"),
            about=f"label.{field}",
            remedy=say("Name the column with that date."),
        )
    return column


def is_of_case(block: FeatureBlock, spec: PilotSpec) -> bool:
    """Whether a block takes columns of the case's own row."""
    return isinstance(block, ColumnFeature | CategoryFeature) and block.source == spec.unit.source


def own_numbers(spec: PilotSpec) -> frozenset[str]:
    """Columns of the case's own row that features take as numbers."""
    return frozenset(
        name
        for block in spec.features
        if isinstance(block, ColumnFeature) and is_of_case(block, spec)
        for name in block.columns
    )


def own_texts(spec: PilotSpec) -> frozenset[str]:
    """Columns of the case's own row that are taken as text: categories, the observer, the rule's group."""
    return frozenset(name for name in (*_categories(spec), spec.audit.observer, spec.models.rate_by) if name)


def _categories(spec: PilotSpec) -> Iterator[str]:
    for block in spec.features:
        if isinstance(block, CategoryFeature) and is_of_case(block, spec):
            yield from block.categories


def _name(rows: Any, columns: tuple[str, ...]) -> Any:
    """The columns as one text; null where one of them is blank."""
    name = column_of(rows, columns[0], about="unit.case").cast("string")
    for column in columns[1:]:
        name = name + "/" + column_of(rows, column, about="unit.case").cast("string")
    return name


def _happened(spec: PilotSpec, rows: Any) -> Any:
    if spec.label.where is None:
        raise ConfigError.because(
            say("nothing says which cases count"),
            about="label.where",
            remedy=say("Write a condition on the columns of a case that are known afterwards."),
        )
    return compile_where(parse_where(spec.label.where), rows)


def _coordinates(spec: PilotSpec, rows: Any) -> dict[str, Any]:
    named = coordinate_columns(spec.unit)
    if named is None:
        return {name: ibis.null("float64") for name in ("lat", "lon")}
    return {name: number_of(rows, column) for name, column in zip(("lat", "lon"), named, strict=True)}
