"""The panel in memory, and the rows of it that one split may learn from.

Both pickle as the address of what they hold (store, digest, split), never as the rows: a process or a machine
that is sent a fit reads the panel from the store once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.scorer import EXPOSURE, Floats, exposure_of, feature_matrix
from civic_ai.models.stand_ins import stand_ins_for
from civic_ai.panel.split import Split, matured_on
from civic_ai.records.panel import Feature, PanelManifest
from civic_ai.records.predictions import FittedModel, LabelKind, StandIn
from civic_ai.store.blobs import Blobs

Positions = NDArray[np.int64]
Days = NDArray[np.datetime64]
ORDER = ("as_of", "step", "unit")


@dataclass(frozen=True, eq=False)
class PanelRows:
    """All rows, sorted by as-of date, step and unit whatever their order in the blob.

    ``derived`` keeps what a library makes of these rows once and several fits share (binned data).
    """

    frame: pd.DataFrame
    panel: PanelManifest
    blobs: Blobs
    derived: dict[str, Any] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Callable[..., PanelRows], tuple[str, Path]]:
        return _read_once, (self.panel.digest, self.blobs.folder)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features that candidates may use, in the panel's order."""
        return self.panel.features

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(feature.name for feature in self.features)

    @property
    def label_kind(self) -> LabelKind:
        """What a label is: whether, how often, or how long."""
        return self.panel.label_kind

    @property
    def horizon_days(self) -> int:
        """Days that one step of the label spans."""
        return self.panel.horizon_days

    @cached_property
    def matrix(self) -> Floats:
        """Rows x features; NaN where not known."""
        return feature_matrix(self.frame, self.names)

    @cached_property
    def label(self) -> Floats:
        """What happened within the horizon; NaN where that is not known yet."""
        return np.asarray(self.frame["label"], dtype=np.float64)

    @cached_property
    def as_of(self) -> Days:
        """The as-of date of each row, by day."""
        return np.asarray(self.frame["as_of"], dtype="datetime64[D]")

    @cached_property
    def matured_on(self) -> Days:
        """The day by whose end each row's label is known: the last day of its step."""
        return matured_on(self.as_of, self.frame["step"].to_numpy(), self.horizon_days)

    @cached_property
    def exposure(self) -> Floats | None:
        """How much there is to ask for in each row's unit, where the panel says so."""
        return exposure_of(self.frame) if EXPOSURE in self.frame.columns else None

    @cached_property
    def types(self) -> NDArray[np.int64]:
        """The number of each row's type among the panel's types; 0 everywhere where it has none."""
        if not self.panel.types:
            return np.zeros(len(self.frame), dtype=np.int64)
        units = self.blobs.table(self.panel.units_blob).select(["unit", "type"]).to_pandas()
        number = units.set_index("unit")["type"].map(list(self.panel.types).index)
        return np.asarray(number.loc[self.frame["unit"]], dtype=np.int64)

    def of(self, split: Split) -> Positions:
        """Positions of the split's test rows."""
        return np.flatnonzero(np.isin(self.as_of, np.array(split.test_dates, dtype="datetime64[D]")))


@dataclass(frozen=True, eq=False)
class Training:
    """The rows that one split may learn from: their labels had matured by its cutoff.

    Of durations, all rows from before the cutoff: what had not ended by then is censored there.
    """

    split: Split
    rows: PanelRows
    positions: Positions

    def __reduce__(self) -> tuple[Callable[..., Training], tuple[PanelRows, Split]]:
        return training_of, (self.rows, self.split)

    @property
    def frame(self) -> pd.DataFrame:
        """The training rows with all columns of the panel; a copy."""
        return self.rows.frame.iloc[self.positions]

    @property
    def matrix(self) -> Floats:
        """Training rows x features; a copy, so keep it no longer than needed."""
        return self.rows.matrix[self.positions]

    @property
    def label(self) -> Floats:
        """One label a training row."""
        return np.asarray(self.rows.label[self.positions])

    @property
    def as_of(self) -> Days:
        """One as-of date a training row."""
        return np.asarray(self.rows.as_of[self.positions])

    @property
    def events(self) -> int:
        """Events (for counts: everything counted; for durations: cases that ended by the cutoff)."""
        if self.rows.label_kind != "duration":
            return int(self.label.sum())
        days = np.maximum(np.nan_to_num(self.label), 0).astype("timedelta64[D]")
        by_cutoff = self.as_of + days <= np.datetime64(self.split.cutoff, "D")
        return int((self.frame["ended"].to_numpy(dtype=bool) & by_cutoff).sum())

    @cached_property
    def typical_exposure(self) -> float | None:
        """Geometric mean of the training rows' exposure; None where counts have no exposure."""
        if self.rows.exposure is None:
            return None
        return float(np.exp(np.mean(np.log(self.rows.exposure[self.positions]))))

    @cached_property
    def relative_exposure(self) -> Floats:
        """Each training row's exposure over the typical one; 1 where counts have no exposure."""
        if self.rows.exposure is None or self.typical_exposure is None:
            return np.ones(len(self.positions))
        return np.asarray(self.rows.exposure[self.positions] / self.typical_exposure)

    @cached_property
    def varying(self) -> NDArray[np.bool_]:
        """Which features take more than one value (not known counts as a value)."""
        matrix = self.matrix
        lowest, highest = (ufunc.reduce(matrix, axis=0, initial=np.nan) for ufunc in (np.fmin, np.fmax))
        return np.asarray((lowest < highest) | (self.sometimes_blank & ~np.isnan(lowest)))

    @cached_property
    def sometimes_blank(self) -> NDArray[np.bool_]:
        """Which features are not known on some row."""
        return np.asarray(np.isnan(self.matrix).any(axis=0))

    @property
    def bins_key(self) -> bytes:
        """Equal where the same features vary and the same are sometimes blank: such trainings may share bins.

        Bins made where a feature never was blank have no place for a blank.
        """
        return self.varying.tobytes() + self.sometimes_blank.tobytes()

    @cached_property
    def stand_ins(self) -> dict[str, StandIn]:
        """What stands for a blank in a feature that is never blank here."""
        return stand_ins_for(self.matrix, self.rows.features)


def read_rows(panel: PanelManifest, blobs: Blobs) -> PanelRows:
    """The panel's rows in memory, in one order."""
    table = blobs.table(panel.blob).sort_by([(column, "ascending") for column in ORDER])
    return PanelRows(table.to_pandas(date_as_object=False), panel, blobs)


@lru_cache(maxsize=1)
def _read_once(digest: str, folder: Path) -> PanelRows:
    """The rows, in a process that was sent their address."""
    blobs = Blobs(folder)
    return read_rows(blobs.record(PanelManifest, digest), blobs)


def training_of(rows: PanelRows, split: Split) -> Training:
    """The rows of the split's training dates whose labels matured before its cutoff.

    Raises :class:`DataError` when no row or no varying feature is left to learn from.
    """
    training = Training(split, rows, np.flatnonzero(_usable(rows, split)))
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


def _usable(rows: PanelRows, split: Split) -> NDArray[np.bool_]:
    cutoff = np.datetime64(split.cutoff, "D")
    dates = np.array(split.training_dates, dtype="datetime64[D]")
    in_time = rows.as_of < cutoff if rows.label_kind == "duration" else rows.matured_on <= cutoff
    return np.asarray(in_time & np.isin(rows.as_of, dates) & ~np.isnan(rows.label))


def learned_from(training: Training, model: FittedModel) -> FittedModel:
    """The model's description with what its scorer must know of the training rows beside the fit itself."""
    learned = {"typical_exposure": training.typical_exposure, "stand_ins": training.stand_ins}
    return model.model_copy(update=learned)


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
