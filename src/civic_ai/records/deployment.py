"""An approved dossier in use: what was released, and each list that crews got."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from civic_ai.records.case import State
from civic_ai.records.decision import Binding
from civic_ai.records.people import Digest, Word
from civic_ai.records.record import Record


class Deployment(Record):
    """A release: what was approved, by which decision, until when, and on which day it was handed out.

    What happens in the case after ``released_on`` (a suspension, a new decision) a release cannot know.
    """

    schema_version: Literal["release/1"] = "release/1"
    pilot: Word
    state: State
    decision: Digest
    binding: Binding
    ends_on: date
    released_on: date


class DataUsed(Record):
    """One source of a list: the digest of what was handed over, rows, and the newest day in it."""

    name: str
    raw_digest: Digest
    contract: Digest
    rows: int
    quarantined: int
    newest_on: date | None

    named_by = ("name",)


class Worklist(Record):
    """One list: for which day, made on which day, from what, under which decision.

    ``capacity`` units were chosen of ``units``; ``by_lot`` of them by a lot that the model has no part in
    (``exploration_share`` of the capacity), so that silence can be seen. The lot is the order of
    SHA-256("<decision> <as_of> <unit>"): anybody can draw it again, nobody can choose it. ``table``: the
    SHA-256 of the CSV file. ``unstable_reasons``: reasons on the list that carry a mark.
    """

    schema_version: Literal["worklist/1"] = "worklist/1"
    pilot: Word
    as_of: date
    made_on: date
    dossier: Digest
    decision: Digest
    bundle: Digest
    policy: Digest
    snapshot: Digest
    sources: tuple[DataUsed, ...]
    units: int = Field(ge=1)
    capacity: int = Field(ge=1)
    chosen: int = Field(ge=1)
    exploration_share: float = Field(ge=0, le=0.5)
    by_lot: int = Field(ge=0)
    unstable_reasons: int = Field(ge=0)
    ends_on: date
    released_on: date | None = None
    table: Digest
