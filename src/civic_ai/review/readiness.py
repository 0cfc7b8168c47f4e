"""How far a dossier is from the board, as a coach sees it: a score for each criterion, proposed from facts.

A proposal is read from gates and from the pilot's record. It never stands for a score: what nobody has scored
is not counted, and is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from civic_ai.records.gates import GateReport
from civic_ai.records.pilot_record import PilotRecord
from civic_ai.records.rubric import Criterion, Rubric

MISSING, THERE = 1, 2
"""The best score means that people did something with it: no fact shows that, so none proposes it."""


@dataclass(frozen=True)
class Proposal:
    """What the facts say of one criterion. ``mark``: None where it rests on no fact.

    ``failed`` and ``unknown`` name gates (one that nobody asked is unknown), ``gaps`` fields where nothing
    stands, ``unproven`` fields with an answer and no evidence.
    """

    mark: int | None
    failed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readiness:
    """``ready`` of ``asked`` criteria have enough; ``unscored`` have no score at all."""

    ready: int
    asked: int
    enough: int
    unscored: tuple[str, ...]


def propose(criterion: Criterion, gates: GateReport, record: PilotRecord) -> Proposal:
    """The score that the facts allow: 0 a gate fails or nothing is there; 1 something is missing, unknown or
    without evidence; 2 every gate passes and every field has its evidence."""
    verdicts = {check.gate: check.verdict for check in gates.checks}
    status = {entry.field: entry for entry in record.fields if entry.field in criterion.fields}
    found = Proposal(
        mark=None,
        failed=tuple(gate for gate in criterion.gates if verdicts.get(gate) == "fail"),
        unknown=tuple(gate for gate in criterion.gates if verdicts.get(gate, "unknown") == "unknown"),
        gaps=tuple(name for name in criterion.fields if name not in status or status[name].is_gap),
        unproven=tuple(name for name, entry in status.items() if entry.status == "answered_without_evidence"),
    )
    return Proposal(_mark(criterion, found), found.failed, found.unknown, found.gaps, found.unproven)


def _mark(criterion: Criterion, found: Proposal) -> int | None:
    rests_on = len(criterion.gates) + len(criterion.fields)
    if not rests_on:
        return None
    if found.failed or len(found.unknown) + len(found.gaps) == rests_on:
        return 0
    return MISSING if found.unknown or found.gaps or found.unproven else THERE


def readiness(rubric: Rubric, marks: Mapping[str, int]) -> Readiness:
    """What these scores, by criterion, come to."""
    names = [each.id for each in rubric.criteria]
    return Readiness(
        ready=sum(marks.get(name, -1) >= rubric.enough for name in names),
        asked=len(names),
        enough=rubric.enough,
        unscored=tuple(name for name in names if name not in marks),
    )
