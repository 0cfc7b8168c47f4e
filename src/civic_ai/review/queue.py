"""Whose turn it is: who must act next in a case, and what is missing before it can go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from civic_ai.core.errors import Mistake
from civic_ai.records.action import Review
from civic_ai.records.case import Case
from civic_ai.records.people import BoardRole, Holder, Person
from civic_ai.records.pilot_record import ANSWERED_BY_STEPS
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


@dataclass(frozen=True)
class Now:
    """A case on a day, under a policy."""

    case: Case
    on: date
    policy: Policy


Open = Callable[[Now, Holder], bool]
"""Whether a step that could be taken is still open for this person."""


def _always(now: Now, holder: Holder) -> bool:
    return True


def _confirm(now: Now, holder: Holder) -> bool:
    return now.case.level_proposed is not None and holder.person != now.case.level_by


def _review(now: Now, holder: Holder) -> bool:
    return holder.role in missing_reviews(now.case, now.policy)


def _vote(now: Now, holder: Holder) -> bool:
    meeting = now.case.meeting
    return meeting is not None and holder.person in still_to_vote(now.case, meeting, now.policy)


def _notice(now: Now, holder: Holder) -> bool:
    """The board cannot meet before residents could read of it."""
    return now.case.notice_on is None and now.case.state == "board_pilot"


def _meet(now: Now, holder: Holder) -> bool:
    """Who owes a condition does not say that it is met."""
    return any(owed.owner != holder.person for owed in now.case.owed)


def _miss(now: Now, holder: Holder) -> bool:
    return any(owed.due_on < now.on for owed in now.case.owed)


def _lapse(now: Now, holder: Holder) -> bool:
    return now.case.approval is not None and not now.case.approval.holds_on(now.on)


AWAITED: Mapping[str, Open] = {
    "submit": _always,
    "propose_level": lambda now, holder: now.case.level_proposed is None,
    "confirm_level": _confirm,
    "review": _review,
    "attest_reproduction": lambda now, holder: now.case.reproduced_by is None,
    "hand_to_board": _always,
    "post_notice": _notice,
    "open_meeting": _always,
    "vote": _vote,
    "close_vote": _always,
    "start_pilot": _always,
    "report_pilot": _always,
    "start_use": _always,
    "lift_suspension": _always,
    "meet_condition": _meet,
    "miss_condition": _miss,
    "lapse": _lapse,
    "answer_resident": lambda now, holder: bool(now.case.complaints),
}
"""Actions that somebody waits for, and when each is still open; all others are done when there is cause."""
UP_TO_USE: tuple[GateId, ...] = ("G0", "G1", "G2", "G3", "G4")
"""The gates from a dossier to the decision on use, in their order."""
IN_MEETING: Mapping[str, bool] = {"open_meeting": False, "vote": True, "close_vote": True}
"""Whether a step is taken in a meeting of the board; all others are taken whether it meets or not."""


def waiting_for(case: Case, on: date, policy: Policy) -> tuple[Turn, ...]:
    """Everybody who can take the case further on that day, by action and name.

    A step whose needs are not met (a review, the days of a notice) waits for nobody; who owes what is
    missing is named instead.
    """
    now = Now(case, on, policy)
    turns = {
        Turn(step.kind, holder.person, holder.role)
        for step in _awaited(case)
        if not needs_not_met(case, step, on, policy)
        for holder in case.people
        if holder.role in step.roles  # asked first: of most people no more need be asked
        and AWAITED[step.kind](now, holder)
        and may_take(case, holder, step, policy)
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


def asked_later(case: Case, answered: Iterable[str], policy: Policy) -> Mapping[GateId, tuple[str, ...]]:
    """What the gates up to the decision on use, but for the next one, ask of a record that lacks it.

    It is said early because some of it, a mitigation for example, only another run can fill. A field stands
    at the first gate that asks for it. Gates that a case has passed have what they asked for. What a later
    step brings along nobody can answer before.
    """
    comes_next = {step.gate for step in _awaited(case)}
    flow, said = workflow_of(policy), {*answered, *ANSWERED_BY_STEPS}
    asked: dict[GateId, tuple[str, ...]] = {}
    for gate in UP_TO_USE:
        fields = tuple(field for field in flow.fields_for(gate, case.level) if field not in said)
        said.update(fields)
        if gate not in comes_next and fields:
            asked[gate] = fields
    return asked


def needs_not_met(case: Case, step: Step, on: date, policy: Policy) -> tuple[Mistake, ...]:
    """What the step needs, whoever takes it, and what is not so on that day."""
    return tuple(mistake for need in step.needs for mistake in need(case, on, policy))


def is_blind(case: Case, policy: Policy) -> bool:
    """Whether first reviews are still to come that nobody else may read before all are in."""
    return bool(workflow_of(policy).blind_reviews and missing_reviews(case, policy))


def reviews_seen_by(case: Case, person: Person, policy: Policy) -> tuple[Review, ...]:
    """The reviews that this person may read: only their own until all first reviews are in."""
    if not is_blind(case, policy):
        return case.reviews
    return tuple(review for review in case.reviews if review.by == person)


def _awaited(case: Case) -> tuple[Step, ...]:
    """The steps that lead on from here: in a meeting those of the meeting, before it what opens it."""
    in_meeting = case.meeting is not None
    return tuple(
        step
        for step in steps_in(case)
        if step.kind in AWAITED and IN_MEETING.get(step.kind, in_meeting) == in_meeting
    )
