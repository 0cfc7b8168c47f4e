"""What each candidate would have said, on dates it had not seen."""

from __future__ import annotations

from civic_ai.records.figure import Period
from civic_ai.records.record import Record


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
    settings: dict[str, str | int | float | bool] = {}

    named_by = ("name",)


class Predictions(Record):
    """``blob``: unit, as_of, split, candidate, score, lower, upper, label (blank: unmatured)."""

    panel: str
    blob: str
    rows: int
    candidates: tuple[CandidateRecord, ...]
    splits: tuple[SplitRecord, ...]
