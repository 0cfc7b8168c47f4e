"""Rows by the day on which they became known.

One convention, for everything: a day's rows are known at its END. On the as-of date D the city knows
the rows with ``known_at`` before midnight at the end of D; the label looks at the days D+1 to D+horizon.
Time is therefore counted in whole days since 1970-01-01, and a window is written ``(after, upto]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.panel.where import column_of, satisfying
from civic_ai.pilot.spec import PilotSpec

Days = NDArray[np.int64]
DAY = "known_on"
"""The column that :func:`known_rows` adds: the day on which the row became known."""


@dataclass(frozen=True)
class City:
    """What is read: the spec and the typed tables of the snapshot (ibis), by source name."""

    spec: PilotSpec
    tables: Mapping[str, Any]

    def known_at(self, source: str) -> str:
        """The column that says when a row of ``source`` became known; ConfigError when none is declared."""
        column = self.spec.sources[source].known_at
        if column is None:
            raise ConfigError.because(
                say("the source {name} does not say when its rows became known", name=source),
                about=f"sources.{source}",
                remedy=say("Add 'known_at' to the source: the column with that date."),
            )
        return column

    def key(self, source: str) -> str:
        """The column that names the area in ``source``; ConfigError when none is declared."""
        column = self.spec.sources[source].key
        if column is None:
            raise ConfigError.because(
                say("the source {name} does not say which column names its area", name=source),
                about=f"sources.{source}",
                remedy=say("Add 'key' to the source: the column with the area's id."),
            )
        return column


def known_rows(city: City, source: str, where: str | None = None) -> Any:
    """The rows of ``source`` that satisfy ``where`` and have a ``known_at``, with the day as column."""
    table = city.tables[source]
    moment = column_of(table, city.known_at(source), about=f"sources.{source}.known_at")
    return satisfying(table, where).filter(moment.notnull()).mutate(**{DAY: _day(moment, source)})


def rows_without_known_at(city: City, source: str) -> int:
    """Rows of ``source`` that do not say when they became known; they are left out everywhere."""
    table = city.tables[source]
    return int(column_of(table, city.known_at(source), about=source).isnull().sum().execute() or 0)


def first_and_last_day(city: City, source: str) -> tuple[int, int] | None:
    """First and last day on which a row of ``source`` became known; None when there is no row."""
    rows = known_rows(city, source)
    found = rows.aggregate(first=rows[DAY].min(), last=rows[DAY].max()).to_pyarrow().to_pylist()[0]
    if found["first"] is None:
        return None
    days = np.array([found["first"], found["last"]], dtype="datetime64[D]").astype(np.int64)
    return int(days[0]), int(days[1])


def day_numbers(values: Any) -> Days:
    """Dates (an arrow column, a list of dates) as whole days since 1970-01-01."""
    return np.asarray(values, dtype="datetime64[D]").astype(np.int64)


def _day(moment: Any, source: str) -> Any:
    kind = moment.type()
    if kind.is_date():
        return moment
    if kind.is_timestamp():
        return moment.date()
    raise ConfigError.because(
        say("{column} is {kind}, not a date or a time", column=moment.get_name(), kind=kind),
        about=f"sources.{source}.known_at",
        remedy=say("Name a column of type date or timestamp."),
    )
