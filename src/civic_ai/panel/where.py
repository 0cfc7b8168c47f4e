"""The condition of ``where`` as an expression for the engine.

A blank equals nothing: ``==``, ``<``, ``in`` are false for it and ``!=``, ``not in`` true. So every row
either satisfies a condition or its ``not``; none is lost between the two, as it would be in SQL.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import ibis

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.pilot.where import Combination, Comparison, Condition, parse_where

_COMPARES: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_OPPOSITES = {"!=": "==", "not in": "in", "is not": "is"}


def satisfying(table: Any, where: str | None) -> Any:
    """The rows of an ibis table that satisfy ``where``; all of them where it is None."""
    return table if where is None else table.filter(compile_where(parse_where(where), table))


def compile_where(condition: Condition, table: Any) -> Any:
    """A boolean ibis expression over ``table``, never null.

    Raises :class:`ConfigError` for a column that the table has not, or a value of another type.
    """
    if isinstance(condition, Comparison):
        return _comparison(condition, table)
    parts = [compile_where(part, table) for part in condition.parts]
    return _combined(condition, parts)


def _combined(condition: Combination, parts: list[Any]) -> Any:
    if condition.operator == "not":
        return ~parts[0]
    joined = operator.and_ if condition.operator == "and" else operator.or_
    return functools.reduce(joined, parts)


def _comparison(part: Comparison, table: Any) -> Any:
    if part.operator in _OPPOSITES:
        return ~_comparison(Comparison(part.column, _OPPOSITES[part.operator], part.value), table)
    column = column_of(table, part.column, about="where")
    if part.value is None:
        return column.isnull()
    if isinstance(part.value, tuple):
        values = [_literal(value, column) for value in part.value]
        return column.isin(values).fill_null(False)
    return _COMPARES[part.operator](column, _literal(part.value, column)).fill_null(False)


def column_of(table: Any, name: str, *, about: str) -> Any:
    """The column ``name`` of an ibis table. Raises :class:`ConfigError` when it has none."""
    if name not in table.columns:
        known = ", ".join(sorted(table.columns))
        raise ConfigError.because(
            say("there is no column called {name}", name=name),
            about=about,
            remedy=say("Known: {known}.", known=known),
        )
    return table[name]


def number_of(table: Any, name: str) -> Any:
    """The column ``name`` as float64 (ibis). Raises :class:`ConfigError` for text and dates."""
    column = column_of(table, name, about="features")
    kind = column.type()
    if kind.is_numeric() or kind.is_boolean():
        return column.cast("float64")
    raise ConfigError.because(
        say("{column} is {kind}; a feature needs numbers or flags", column=name, kind=kind),
        about="features",
        remedy=say("Name a column of type number, integer or flag."),
    )


def _literal(value: str | int | float | bool, column: Any) -> Any:
    """``value`` as the column's own type; dates and times are written as ISO text."""
    kind = column.type()
    try:
        made = _typed(value, kind)
    except ValueError:
        made = None
    if made is None:
        raise ConfigError.because(
            say(
                "{column} is {kind}, which {value} is not",
                column=column.get_name(),
                kind=kind,
                value=repr(value),
            ),
            about="where",
            remedy=say("Write text in quotes, numbers without, and dates as '2024-01-31'."),
        )
    return made


def _typed(value: str | int | float | bool, kind: Any) -> Any:
    """The literal, or None when the types do not go together."""
    if kind.is_string():
        return ibis.literal(value) if isinstance(value, str) else None
    if kind.is_boolean():
        return ibis.literal(value) if isinstance(value, bool) else None
    if kind.is_date() and isinstance(value, str):
        return ibis.literal(date.fromisoformat(value))
    if kind.is_timestamp() and isinstance(value, str):
        return ibis.literal(datetime.fromisoformat(value))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return ibis.literal(value) if kind.is_numeric() and is_number else None
