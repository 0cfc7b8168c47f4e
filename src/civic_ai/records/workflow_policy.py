"""How a city decides: the ``workflow`` block of the policy."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from civic_ai.records.levels import LEVELS, Level
from civic_ai.records.people import Duty
from civic_ai.records.record import Record

GateId = Literal["G0", "G1", "G2", "G3", "G4", "G5", "G6"]
ALWAYS_APART: frozenset[frozenset[Duty]] = frozenset(
    frozenset(pair)
    for pair in (
        ("build", "review"),
        ("build", "approve"),
        ("build", "deploy"),
        ("own", "review"),
        ("own", "approve"),
        ("own", "deploy"),
        ("request", "approve"),
        ("request", "deploy"),
        ("approve", "deploy"),
    )
)
"""Duties that no policy may give to one person; a city may add pairs."""


class WorkflowPolicy(Record):
    """What each gate must have in evidence, which duties are kept apart, and how votes count.

    ``quorum_share``: more than this share of the seats left must be present. ``evidence_from``: fields that
    cases below a level need not answer; until a level is confirmed, all are needed. ``blind_reviews``:
    nobody reads or changes a review before all first ones are in. ``endorsed_from``: from this level on
    an approval also needs the authority's word. ``capacity_share``: by how much the capacity may differ
    from the approved one. ``release_days``: how long a release may be used before somebody asks the ledger
    again whether the model was suspended.
    """

    evidence: dict[GateId, tuple[str, ...]]
    evidence_from: dict[str, Level] = {}
    apart: tuple[tuple[Duty, Duty], ...]
    quorum_share: float = Field(default=0.5, ge=0.5, lt=1)
    endorsed_from: Level = "III"
    missed_condition_suspends_from: Level = "II"
    blind_reviews: bool = True
    appeal_days: int = Field(default=30, ge=1)
    waiver_months: int = Field(default=12, ge=1, le=12)
    capacity_share: float = Field(default=0.1, ge=0, lt=1)
    release_days: int = Field(default=31, ge=1, le=366)
    names_voters: bool = False
    """Whether the public record says who voted how; reasons and counts are always public."""

    @model_validator(mode="after")
    def _every_gate_and_every_pair(self) -> WorkflowPolicy:
        missing = {"G0", "G1", "G2", "G3", "G4", "G5", "G6"} - set(self.evidence)
        if missing:
            raise ValueError(f"say what evidence these gates need: {', '.join(sorted(missing))}")
        open_pairs = ALWAYS_APART - {frozenset(pair) for pair in self.apart}
        if open_pairs:
            pairs = sorted(" and ".join(sorted(pair)) for pair in open_pairs)
            raise ValueError(f"no one person may do both, whatever the policy: {'; '.join(pairs)}")
        return self

    def keeps_apart(self, one: Duty, other: Duty) -> bool:
        """Whether no one person may do both."""
        return (one, other) in self.apart or (other, one) in self.apart

    def fields_for(self, gate: GateId, level: Level | None) -> tuple[str, ...]:
        """The fields that this gate needs answered, at this level."""
        return tuple(
            field
            for field in self.evidence[gate]
            if field not in self.evidence_from or reaches(level, self.evidence_from[field])
        )


def reaches(level: Level | None, least: Level) -> bool:
    """Whether ``level`` is ``least`` or more; a level that is not known counts as the highest."""
    return level is None or LEVELS.index(level) >= LEVELS.index(least)
