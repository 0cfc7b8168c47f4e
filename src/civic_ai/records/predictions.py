"""What each candidate would have said, on dates it had not seen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from civic_ai.records.figure import Period, Verdict
from civic_ai.records.record import Record

Settings = dict[str, str | int | float | bool]


class SplitRecord(Record):
    """One training period and its test period. ``cutoff`` is the first test as-of date.

    Every training label matured before the cutoff (the gap is the horizon). Counts are None where the public
    may not see them.
    """

    name: str
    training: Period
    cutoff: str
    test: Period
    training_rows: int | None
    training_events: int | None
    test_rows: int | None
    is_lockbox: bool = False

    named_by = ("name",)


class CandidateRecord(Record):
    """One way of scoring; ``is_baseline`` marks simple rules. ``simplicity`` orders them, 0 simplest.

    ``mitigates`` names the candidate whose list a mitigation changes; None for all others.
    """

    name: str
    is_baseline: bool
    simplicity: int
    settings: Settings = {}
    mitigates: str | None = None

    named_by = ("name",)


class Dropped(Record):
    """A candidate that was given up after the splits up to ``after_split``, and whose rows are nowhere.

    It lay ``behind`` the best candidate on ``measure`` (mean over the splits so far; lower is better), by at
    least two of its standard errors.
    """

    candidate: str
    after_split: str
    measure: str
    behind: float
    standard_error: float

    named_by = ("candidate",)


class Predictions(Record):
    """``blob``: unit, as_of, step, split, candidate, score, lower, upper, label (blank: unmatured), and where
    the question has them ``scale`` and ``due_in_days`` (see the panel), ``ended`` and ``open_after_<d>``: the
    chance of being still open after d days; ``base_score``: of a mitigation, what its candidate said.

    ``lower`` and ``upper`` bound the outcome itself at ``interval_level`` (blank where nothing was known to
    calibrate them on, and for events, whose interval is told for areas, not for rows).
    ``dropped`` candidates were given up on the way: they stand neither in ``candidates`` nor in the blob.
    ``fewest_rows``: on how many training rows every value in a sealed model must rest.
    """

    panel: str
    blob: str
    rows: int | None
    candidates: tuple[CandidateRecord, ...]
    splits: tuple[SplitRecord, ...]
    interval_level: float | None = None
    dropped: tuple[Dropped, ...] = ()
    fewest_rows: int = 11


class StandIn(Record):
    """What a model reads instead of a blank in a feature that had none when it was trained.

    The first feature of ``rates`` that is known on the row, times its rate (a count at the pace of another
    window); ``typical``, the training median, where none is.
    """

    typical: float
    rates: tuple[tuple[str, float], ...] = ()


LabelKind = Literal["event", "count", "duration"]


class FittedModel(Record):
    """``model.json`` of a bundle: what the model is, what it reads, and how it was made.

    Every feature is a ``dtype`` number, NaN where not known; the model turns ``link`` of what it
    predicts into a sum. ``smallest_cell``: fewest training rows behind any one value that it keeps.
    ``typical_exposure``: where counts are modelled per exposure, the exposure at which the sum is the log of
    the expected count; elsewhere log(exposure / typical) is added to it.
    ``stand_ins``: features that were never blank in training; a blank in any other has been learned from.
    ``learned``: False of a simple rule, which was declared before any row was seen and keeps nothing of them.
    """

    candidate: str
    label_kind: LabelKind
    link: Literal["log", "logit", "hazard", "identity"]
    horizon_days: int
    seed: int
    features: tuple[str, ...]
    dtype: Literal["float64"] = "float64"
    settings: Settings
    libraries: dict[str, str]
    smallest_cell: int | None = None
    typical_exposure: float | None = None
    stand_ins: dict[str, StandIn] = {}
    learned: bool = True


class SealedModel(Record):
    """What gates ask of the model that is proposed: ``leaves_verdict``, does each value that it keeps rest on
    as many training rows as the policy's minimum? A simple rule keeps none."""

    smallest_cell: int | None
    leaves_verdict: Verdict


class Bundle(Record):
    """A sealed model: its files by name, each named by its digest. Nothing in it is pickled."""

    format: Literal["bundle/1"] = "bundle/1"
    files: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]
