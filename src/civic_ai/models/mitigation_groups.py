"""The group, the district and the reporting rate of every unit, for mitigations that need them.

A mitigation serves units, and a unit can stand in one group only. Where residents of several groups live in a
unit, it counts for the group that lives there most *above its share of the whole city* (location quotient),
so that a group that is nowhere the majority is steered too. The audit still measures every group by shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from civic_ai.data.snapshot import open_tables
from civic_ai.models.mitigated_order import Floats, Integers
from civic_ai.models.reporting_rates import Reports, read_reports
from civic_ai.models.rows import PanelRows
from civic_ai.panel.groups import Grouping, area_grouping
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.snapshot import DataSnapshot


@dataclass(frozen=True, eq=False)
class UnitGroups:
    """Units of a panel in the order of its units' table."""

    spec: PilotSpec
    rows: PanelRows

    @cached_property
    def _units(self) -> pd.DataFrame:
        units: pd.DataFrame = self.rows.blobs.table(self.rows.panel.units_blob).to_pandas()
        return units

    @cached_property
    def _areas(self) -> list[str | None]:
        area = self._units["area"]
        return [None if blank else str(name) for name, blank in zip(area, area.isna(), strict=True)]

    @cached_property
    def unit(self) -> Integers:
        """(rows,): the code of each row's unit."""
        index = pd.Index(self._units["unit"].astype(str))
        return np.asarray(index.get_indexer(self.rows.frame["unit"].astype(str)), dtype=np.int64)

    @cached_property
    def tie(self) -> Integers:
        """(units,): a place for each unit among equal scores, drawn by the pilot's seed."""
        return np.random.default_rng(self.spec.seed).permutation(len(self._units))

    @cached_property
    def district(self) -> Integers:
        """(units,): a code for each area; all units without an area are one district."""
        names = np.array(["" if name is None else f"area {name}" for name in self._areas], dtype=str)
        return np.unique(names, return_inverse=True)[1].astype(np.int64)

    @cached_property
    def _tables(self) -> Mapping[str, Any]:
        snapshot = self.rows.blobs.record(DataSnapshot, self.rows.panel.snapshot)
        return open_tables(snapshot, self.rows.blobs)

    def group(self, attribute: str) -> Integers:
        """(units,): the group of the attribute that each unit counts for."""
        return steered_group(area_grouping(self.spec, attribute, self._tables, self._areas))

    @cached_property
    def _reports(self) -> Reports:
        return read_reports(self.spec, self._tables, self._named)

    @cached_property
    def _named(self) -> list[str]:
        return sorted({name for name in self._areas if name is not None})

    def reported_share(self, day: np.datetime64) -> Floats:
        """(units,): which share of its area's problems is ever reported, as could be told on ``day``."""
        code = {name: i for i, name in enumerate(self._named)}
        at = [len(code) if name is None else code[name] for name in self._areas]
        return self._reports.share(day)[at]


def steered_group(grouping: Grouping) -> Integers:
    """(places,): of each place the group whose share there is largest against its share of all residents."""
    city: Floats = grouping.residents @ grouping.shares
    quotient = np.divide(grouping.shares, city, out=np.zeros_like(grouping.shares), where=city > 0)
    return np.asarray(quotient.argmax(axis=1), dtype=np.int64)
