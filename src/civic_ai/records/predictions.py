"""What each candidate would have said, on dates it had not seen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from civic_ai.records.figure import Period
from civic_ai.records.record import Record

Settings = dict[str, str | int | float | bool]


class SplitRecord(Record):
    """One training period and its test period. ``cutoff`` is the first test as-of date.

    Every training label matured before the cutoff (the gap is the horizon).
    """

    name: str
    training: Period
    cutoff: str
    test: Period
    training_rows: int
    training_events: int
    test_rows: int
    is_lockbox: bool = False

    named_by = ("name",)


class CandidateRecord(Record):
    """One way of scoring; ``is_baseline`` marks simple rules. ``simplicity`` orders them, 0 simplest."""

    name: str
    is_baseline: bool
    simplicity: int
    settings: Settings = {}

    named_by = ("name",)


class Predictions(Record):
    """``blob``: unit, as_of, split, candidate, score, lower, upper, label (blank: unmatured)."""

    panel: str
    blob: str
    rows: int
    candidates: tuple[CandidateRecord, ...]
    splits: tuple[SplitRecord, ...]


class FittedModel(Record):
    """``model.json`` of a bundle: what the model is, what it reads, and how it was made.

    Every feature is a ``dtype`` number, NaN where not known; the model turns ``link`` of what it
    predicts into a sum. ``smallest_cell``: fewest training rows behind any one value that it keeps.
    """

    candidate: str
    label_kind: Literal["event", "count"]
    link: Literal["log", "logit"]
    horizon_days: int
    seed: int
    features: tuple[str, ...]
    dtype: Literal["float64"] = "float64"
    settings: Settings
    libraries: dict[str, str]
    smallest_cell: int | None = None


class Bundle(Record):
    """A sealed model: its files by name, each named by its digest. Nothing in it is pickled."""

    format: Literal["bundle/1"] = "bundle/1"
    files: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]
