"""From the past alone: which share of an area's problems is ever reported. For ``corrected_target`` only.

People report a problem at a rate r a day while it lives; it goes by itself after ``life_days`` on average, so
r / (r + 1 / life_days) of all problems are ever reported (Liu, Bhandaram and Garg 2024). r is told by repeat
reports per day after a problem's first (never by that one), shrunk towards the city as if every area had
``PRIOR_REPEATS`` repeats at the city's rate. No resident and no protected attribute is looked at. The audit
has the full model with its uncertainty; this is what a city could have computed on the day of the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.models.mitigated_order import Floats, Integers
from civic_ai.panel.where import satisfying
from civic_ai.pilot.spec import PilotSpec

PRIOR_REPEATS = 10.0
"""Repeat reports that the city's rate counts for in every area."""
LONGEST_DAYS = 100.0
"""A problem is watched for at most so many days after its first report (Liu et al. 2024)."""


@dataclass(frozen=True, eq=False)
class Reports:
    """Reports with what tells them apart: one entry a report, moments in days since 1970; NaT is NaN."""

    incident: Integers
    area: Integers
    at: Floats
    ended: Floats
    areas: int
    life_days: float

    def share(self, day: np.datetime64) -> Floats:
        """(areas + 1,): the share that is ever reported, from what was known before ``day``; the last entry
        is the city's, for units without an area."""
        now = float(day.astype("datetime64[D]").astype(np.int64))
        known = self.at < now
        first = pd.Series(self.at[known]).groupby(self.incident[known]).transform("min").to_numpy()
        ended = np.where(self.ended[known] < now, self.ended[known], now)
        until = np.minimum(
            pd.Series(ended).groupby(self.incident[known]).transform("min").to_numpy(), first + LONGEST_DAYS
        )
        is_first = self.at[known] == first
        is_repeat = ~is_first & (self.at[known] <= until)
        alive = np.where(is_first, np.maximum(until - first, 0.0), 0.0)
        area, size = self.area[known], self.areas + 1
        repeats = np.bincount(area, is_repeat, size).astype(np.float64)
        return self._shrunk(repeats, np.bincount(area, alive, size).astype(np.float64))

    def _shrunk(self, repeats: Floats, days: Floats) -> Floats:
        if not (repeats.sum() > 0 and days.sum() > 0):
            return np.ones(self.areas + 1)
        city = repeats.sum() / days.sum()
        rate = (repeats + PRIOR_REPEATS) / (days + PRIOR_REPEATS / city)
        rate[-1] = city
        return np.asarray(rate / (rate + 1.0 / self.life_days))


def read_reports(spec: PilotSpec, tables: Mapping[str, Any], areas: Sequence[str]) -> Reports:
    """The reports that the pilot's label counts, by the code of their area in ``areas`` (else the last).

    Raises :class:`ConfigError` where no column says where a report belongs.
    """
    asked = spec.audit.reporting
    assert asked.source is not None
    assert asked.incident is not None
    assert asked.life_days is not None
    table = tables[asked.source]
    chosen = satisfying(table, spec.label.where if asked.source == spec.label.source else None)
    known_at, area = spec.sources[asked.source].known_at or "", _area_column(spec, table.columns)
    names = dict.fromkeys(name for name in (asked.incident, area, known_at, asked.ended_at) if name)
    frame = chosen.select(*names).to_pyarrow().to_pandas().dropna(subset=[asked.incident, known_at])
    ended = frame[asked.ended_at] if asked.ended_at else pd.Series(pd.NaT, index=frame.index)
    code = pd.Index(list(areas)).get_indexer(frame[area].astype(str))
    return Reports(
        incident=pd.factorize(frame[asked.incident])[0].astype(np.int64),
        area=np.where(code < 0, len(areas), code).astype(np.int64),
        at=_days(frame[known_at]),
        ended=_days(ended),
        areas=len(areas),
        life_days=float(asked.life_days),
    )


def _area_column(spec: PilotSpec, columns: Sequence[str]) -> str:
    inside = spec.unit.inside
    key = None if inside is None else spec.sources[inside].key
    for name in (spec.unit.area, key):
        if name is not None and name in columns:
            return name
    raise ConfigError.because(
        say("no column says in which area a report lies"),
        about="models.mitigations",
        remedy=say("Use another method than corrected_target, or hand over the area of each report."),
    )


def _days(moments: pd.Series[Any]) -> Floats:
    """Days since 1970, NaN where blank."""
    stamps = pd.to_datetime(moments).to_numpy().astype("datetime64[us]")
    days: Floats = stamps.astype(np.int64) / 86_400e6
    return np.where(np.isnat(stamps), np.nan, days)
