"""The fields of a pilot's record that the board's own steps fill: who reviewed, found and decided what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from civic_ai.records.action import (
    Action,
    CloseVote,
    DeclareConflict,
    Endorse,
    PostNotice,
    ReportPilot,
    RequestRenewal,
    Review,
    Waive,
)
from civic_ai.records.pilot_record import Decided
from civic_ai.records.text import Text
from civic_ai.review.history import Taken

REVIEWERS, FINDINGS, DECISION, BOUND = "M01", "M02", "M03", "M04"
WAIVERS, APPROVER, NOTICE, NEXT_REVIEW, CAUSES = "M05", "M06", "M07", "M08", "F04"
RESULTS, OVERRIDES, WATCHED = "E06", "H02", "L02"


def decided_of(steps: Iterable[Taken]) -> dict[str, Decided]:
    """By field: what the steps of a case say, in the words of those who took them; the last word counts.

    A field that two steps fill (two reviewers) holds both; the digest is that of the later statement. A file
    that a later report no longer names is no longer there.
    """
    found: dict[str, Decided] = {}
    for step in steps:
        for field, says in _fields(step.action):
            if says is None:
                found.pop(field, None)
                continue
            before = found.get(field)
            said = says if before is None or field not in _LISTED else f"{before.text.any}\n{says}"
            found[field] = Decided(text=Text(any=said), decision=step.statement)
    return found


_LISTED = frozenset({REVIEWERS, FINDINGS, WAIVERS})


def _fields(action: Action) -> Iterator[tuple[str, str | None]]:
    if isinstance(action, Review):
        yield from _of_review(action)
    elif isinstance(action, DeclareConflict):
        yield REVIEWERS, f"{action.person}: {action.reason}"
    elif isinstance(action, Waive):
        yield WAIVERS, f"{action.gate}, {action.by}: {action.reason} ({action.ends_on})"
    elif isinstance(action, Endorse):
        yield APPROVER, f"{action.by}: {action.reason}"
    elif isinstance(action, PostNotice):
        yield NOTICE, f"{action.where}: {action.notice}"
    elif isinstance(action, ReportPilot):
        yield RESULTS, _filed(action.by, action.report)
        yield OVERRIDES, _filed(action.by, action.overrides)
    elif isinstance(action, RequestRenewal):
        yield WATCHED, _filed(action.by, action.monitoring)
    elif isinstance(action, CloseVote):
        yield from _of_decision(action)


def _filed(person: str, digest: str | None) -> str | None:
    return None if digest is None else f"{person}: {digest}"


def _of_review(action: Review) -> Iterator[tuple[str, str]]:
    yield REVIEWERS, f"{action.by} ({action.role})"
    findings = [f"{finding.severity}: {finding.text}" for finding in action.findings]
    yield FINDINGS, "\n".join([f"{action.by}: {action.reason}", *findings])
    if action.role == "equity_reviewer":
        yield CAUSES, action.reason


def _of_decision(action: CloseVote) -> Iterator[tuple[str, str]]:
    yield DECISION, f"{action.verdict}: {action.reason}"
    if action.binding is not None:
        yield BOUND, f"{action.binding.dossier}: {action.binding.use}, {action.binding.area}"
    if action.expires_on is not None:
        yield NEXT_REVIEW, str(action.expires_on)
