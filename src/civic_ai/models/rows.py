"""The panel in memory, and the rows of it that one split may learn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.scorer import Floats, feature_matrix
from civic_ai.panel.split import Split
from civic_ai.records.panel import Feature, PanelManifest
from civic_ai.store.blobs import Blobs

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class PanelRows:
    """All rows, sorted by as-of date and unit whatever their order in the blob."""

    frame: pd.DataFrame
    features: tuple[Feature, ...]
    label_kind: Literal["event", "count"]
    horizon_days: int

    @property
    def names(self) -> tuple[str, ...]:
        """The features that candidates may use, in the panel's order."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def matrix(self) -> Floats:
        """Rows x features; NaN where not known."""
        return feature_matrix(self.frame, self.names)

    @cached_property
    def label(self) -> Floats:
        """What happened within the horizon; NaN where that is not known yet."""
        return np.asarray(self.frame["label"], dtype=np.float64)

    @cached_property
    def as_of(self) -> NDArray[np.datetime64]:
        """The as-of date of each row, by day."""
        return np.asarray(self.frame["as_of"], dtype="datetime64[D]")

    @property
    def dates(self) -> list[date]:
        """Every as-of date that has rows, in order."""
        return [day.item() for day in np.unique(self.as_of)]

    def of(self, split: Split) -> Positions:
        """Positions of the split's test rows."""
        return np.flatnonzero(np.isin(self.as_of, np.array(split.test_dates, dtype="datetime64[D]")))


@dataclass(frozen=True)
class Training:
    """The rows that one split may learn from: their labels had matured by its cutoff."""

    split: Split
    rows: PanelRows
    positions: Positions

    @property
    def matrix(self) -> Floats:
        """Training rows x features; a copy, so keep it no longer than needed."""
        return self.rows.matrix[self.positions]

    @property
    def label(self) -> Floats:
        """One matured label a training row."""
        return np.asarray(self.rows.label[self.positions])

    @property
    def as_of(self) -> NDArray[np.datetime64]:
        """One as-of date a training row."""
        return np.asarray(self.rows.as_of[self.positions])

    @property
    def events(self) -> int:
        """Events (or, for counts, everything counted) in the training rows."""
        return int(self.label.sum())

    @cached_property
    def varying(self) -> NDArray[np.bool_]:
        """Which features take more than one value (not known counts as a value)."""
        matrix = self.matrix
        lowest, highest = (ufunc.reduce(matrix, axis=0, initial=np.nan) for ufunc in (np.fmin, np.fmax))
        has_gaps = np.isnan(matrix).any(axis=0)
        return np.asarray((lowest < highest) | (has_gaps & ~np.isnan(lowest)))


def read_rows(panel: PanelManifest, blobs: Blobs) -> PanelRows:
    """The panel's rows in memory, in one order."""
    table = blobs.table(panel.blob).sort_by([("as_of", "ascending"), ("unit", "ascending")])
    frame = table.to_pandas(date_as_object=False)
    return PanelRows(frame, panel.features, panel.label_kind, panel.horizon_days)


def training_of(rows: PanelRows, split: Split) -> Training:
    """The rows of the split's training dates whose labels matured before its cutoff.

    Raises :class:`DataError` when no row or no varying feature is left to learn from.
    """
    cutoff = np.datetime64(split.cutoff, "D")
    matured = rows.as_of + np.timedelta64(rows.horizon_days, "D") <= cutoff
    dates = np.array(split.training_dates, dtype="datetime64[D]")
    usable = matured & np.isin(rows.as_of, dates) & ~np.isnan(rows.label)
    training = Training(split, rows, np.flatnonzero(usable))
    if not training.varying.any():
        raise DataError.because(
            say(
                "none of the {features} features varies in the {rows} training rows of split {split}",
                features=len(rows.features),
                rows=len(training.positions),
                split=split.name,
            ),
            about="features",
            remedy=say("Declare features that differ between units or over time."),
        )
    return training


def refuse_few_events(training: Training, needed: int) -> None:
    """Raise :class:`DataError` when the training rows hold fewer than ``needed`` events."""
    if training.events < needed:
        raise DataError.because(
            say(
                "split {split} has {events} events in {rows} training rows; the policy asks for {needed}",
                split=training.split.name,
                events=training.events,
                rows=len(training.positions),
                needed=needed,
            ),
            about="limits.training_events",
            remedy=say("Use a longer history, larger units or a longer horizon, or fewer splits."),
        )
