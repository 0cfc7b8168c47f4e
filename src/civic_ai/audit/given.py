"""What an audit is given: the records that an evaluation rests on, the units, and their groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civic_ai.audit.bootstrap import clusters_of
from civic_ai.audit.cells import Integers, Scored
from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.data.snapshot import open_tables
from civic_ai.panel.groups import Grouping, area_groupings
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.figure import Period
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import Predictions
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

CASES = ("cases", "durations")
"""The questions whose units are cases: each counts once, whoever lives around it."""


@dataclass(frozen=True, eq=False)
class Given:
    """One evaluation with everything behind it. ``units``: the panel's units, in the order of their codes."""

    spec: PilotSpec
    evaluation: Evaluation
    predictions: Predictions
    panel: PanelManifest
    snapshot: DataSnapshot
    tables: Mapping[str, Any]
    units: pa.Table
    blobs: Blobs

    @cached_property
    def groupings(self) -> tuple[Grouping, ...]:
        """Every protected attribute over the units."""
        made = area_groupings(self.spec, self.tables, self.areas)
        return tuple(part.by_case for part in made) if self.panel.question in CASES else made

    @cached_property
    def areas(self) -> list[str | None]:
        """The area of each unit; None where it has none."""
        areas: list[str | None] = self.units["area"].to_pylist()
        return areas

    @cached_property
    def clusters(self) -> Integers:
        """What is resampled together: places alone, cases and places by type with those of their area."""
        if self.panel.question == "ranking" and not self.panel.types:
            return np.arange(self.units.num_rows)
        return self.area_codes

    @cached_property
    def area_codes(self) -> Integers:
        """(units,): a code of each unit's area; a unit without one has a code of its own."""
        return clusters_of(self.areas)

    @cached_property
    def types(self) -> Integers:
        """(units,): a code of each unit's type of request; one for all where types are not told apart."""
        names = [str(name) for name in self.units["type"].to_pylist()]
        return np.unique(np.array(names, dtype=str), return_inverse=True)[1].astype(np.int64)

    def codes(self, rows: pa.Table) -> Integers:
        """(rows,): the code of each row's unit."""
        names = pa.array(self.units["unit"].to_pylist(), pa.string())
        found = pc.index_in(rows["unit"].cast(pa.string()), names)
        return np.asarray(found.to_numpy(), dtype=np.int64)

    def tested(self) -> pa.Table:
        """The champion's test rows whose outcome is known. Raises :class:`DataError` where there are none."""
        return matured(self.blobs.table(self.predictions.blob), self.evaluation.champion)

    def scored(self, rows: pa.Table) -> Scored:
        """Rows of the predictions as arrays."""
        return Scored(
            unit=self.codes(rows),
            day=rows["as_of"].cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.int64),
            score=rows["score"].cast(pa.float64()).to_numpy(),
            label=rows["label"].cast(pa.float64()).to_numpy(),
        )


def read_given(spec: PilotSpec, evaluation: Evaluation, blobs: Blobs) -> Given:
    """Everything behind ``evaluation``. Raises what the store raises where a record was altered."""
    predictions = blobs.record(Predictions, evaluation.predictions)
    panel = blobs.record(PanelManifest, predictions.panel)
    snapshot = blobs.record(DataSnapshot, panel.snapshot)
    tables, units = open_tables(snapshot, blobs), blobs.table(panel.units_blob)
    return Given(spec, evaluation, predictions, panel, snapshot, tables, units, blobs)


def matured(table: pa.Table, candidate: str) -> pa.Table:
    """The rows of one candidate whose outcome is known. Raises :class:`DataError` where there are none."""
    rows = table.filter(pc.and_(pc.equal(table["candidate"], candidate), pc.is_valid(table["label"])))
    if not rows.num_rows:
        raise DataError.because(
            say("no test row has an outcome yet"),
            about=candidate,
            remedy=say("Move as_of.last back, or wait until the horizon of the last lists has passed."),
        )
    return rows


def period_of(rows: pa.Table) -> Period:
    """The first and last as-of date of some rows."""
    days = rows["as_of"].cast(pa.date32())
    return Period(first=pc.min(days).as_py(), last=pc.max(days).as_py())
