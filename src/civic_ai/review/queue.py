"""Whose turn it is: who must act next in a case, and what is missing before it can go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from civic_ai.core.errors import Mistake
from civic_ai.records.action import Review
from civic_ai.records.case import Case
from civic_ai.records.people import BoardRole, Holder, Person
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_policy import GateId
from civic_ai.review.level import workflow_of
from civic_ai.review.needs import missing_reviews
from civic_ai.review.permissions import may_take
from civic_ai.review.quorum import still_to_vote
from civic_ai.review.step import Step
from civic_ai.review.workflow import missing_fields, steps_in


@dataclass(frozen=True, order=True)
class Turn:
    """One person, in one role, is waited for to do this."""

    kind: str
    person: Person
    role: BoardRole


@dataclass(frozen=True)
class Missing:
    """What stands between a case and its next step: fields without evidence, and needs not met."""

    kind: str
    gate: GateId | None
    fields: tuple[str, ...]
    needs: tuple[Mistake, ...]


Open = Callable[[Case, Holder, Policy], bool]
"""Whether a step that could be taken is still open for this person."""


def _always(case: Case, holder: Holder, policy: Policy) -> bool:
    return True


def _confirm(case: Case, holder: Holder, policy: Policy) -> bool:
    return case.level_proposed is not None and holder.person != case.level_by


def _review(case: Case, holder: Holder, policy: Policy) -> bool:
    return holder.role in missing_reviews(case, policy)


def _vote(case: Case, holder: Holder, policy: Policy) -> bool:
    return case.meeting is not None and holder.person in still_to_vote(case, case.meeting, policy)


def _notice(case: Case, holder: Holder, policy: Policy) -> bool:
    return case.state == "board_pilot" and case.notice_on is None


AWAITED: Mapping[str, Open] = {
    "submit": _always,
    "propose_level": lambda case, holder, policy: case.level_proposed is None,
    "confirm_level": _confirm,
    "review": _review,
    "attest_reproduction": lambda case, holder, policy: case.reproduced_by is None,
    "hand_to_board": _always,
    "post_notice": _notice,
    "open_meeting": _always,
    "vote": _vote,
    "close_vote": _always,
    "start_pilot": _always,
    "report_pilot": _always,
    "start_use": _always,
    "lift_suspension": _always,
    "meet_condition": lambda case, holder, policy: bool(case.owed),
    "answer_resident": lambda case, holder, policy: bool(case.complaints),
}
"""Actions that somebody waits for, and when each is still open; all others are done when there is cause."""


IN_TIME: Mapping[str, Callable[[Case], bool]] = {
    "open_meeting": lambda case: case.meeting is None,
    "vote": lambda case: case.meeting is not None,
    "close_vote": lambda case: case.meeting is not None,
}
"""Steps of one state that come one after the other: before its time, nobody asks what a step lacks."""


def waiting_for(case: Case, on: date, policy: Policy) -> tuple[Turn, ...]:
    """Everybody who can take the case further on that day, by action and name.

    A step whose needs are not met (a review, the days of a notice) waits for nobody; who owes what is
    missing is named instead.
    """
    turns = {
        Turn(step.kind, holder.person, holder.role)
        for step in _awaited(case)
        if not needs_not_met(case, step, on, policy)
        for holder in case.people
        if may_take(case, holder, step, policy) and AWAITED[step.kind](case, holder, policy)
    }
    return tuple(sorted(turns))


def what_is_missing(case: Case, answered: Iterable[str], on: date, policy: Policy) -> tuple[Missing, ...]:
    """For each step that would take the case further, the fields and needs that it lacks, if any."""
    given = tuple(answered)
    found = (
        Missing(
            step.kind,
            step.gate,
            missing_fields(case, step, given, policy),
            needs_not_met(case, step, on, policy),
        )
        for step in _awaited(case)
    )
    return tuple(missing for missing in found if missing.fields or missing.needs)


def needs_not_met(case: Case, step: Step, on: date, policy: Policy) -> tuple[Mistake, ...]:
    """What the step needs, whoever takes it, and what is not so on that day."""
    return tuple(mistake for need in step.needs for mistake in need(case, on, policy))


def reviews_seen_by(case: Case, person: Person, policy: Policy) -> tuple[Review, ...]:
    """The reviews that this person may read: only their own until all first reviews are in."""
    if not (workflow_of(policy).blind_reviews and missing_reviews(case, policy)):
        return case.reviews
    return tuple(review for review in case.reviews if review.by == person)


def _awaited(case: Case) -> tuple[Step, ...]:
    def is_in_time(kind: str) -> bool:
        return kind not in IN_TIME or IN_TIME[kind](case)

    return tuple(step for step in steps_in(case) if step.kind in AWAITED and is_in_time(step.kind))
