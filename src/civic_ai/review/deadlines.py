"""Until when: the days that a case itself, its approval and the policy set, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from civic_ai.core.dates import add_days
from civic_ai.core.messages import Message, say
from civic_ai.records.case import Case
from civic_ai.records.policy import Policy
from civic_ai.review.level import rules_at, workflow_of

BEFORE_THE_FIRST_DECISION = ("submitted", "triaged", "in_review", "board_pilot")
"""States in which residents comment on the notice before the board meets."""

ABOUT = {"miss_condition": "meet_condition"}
"""Steps that are about the same day as another."""


@dataclass(frozen=True)
class Deadline:
    """One day that counts. ``kind``: the step that it is about, None where it is about the whole case."""

    on: date
    kind: str | None
    says: Message

    def is_past(self, day: date) -> bool:
        """Whether the day has gone by."""
        return self.on < day


def deadlines(case: Case, policy: Policy) -> tuple[Deadline, ...]:
    """Every day that is set for this case, the nearest first. Empty: nobody has set one."""
    found = (
        *_of_the_notice(case, policy),
        *_of_conditions(case),
        *_of_approval(case),
        *_of_appeal(case, policy),
    )
    return tuple(sorted(found, key=lambda one: (one.on, one.kind or "")))


def deadline_of(case: Case, kind: str, policy: Policy) -> Deadline | None:
    """The day by which this step counts: its own where it has one, else the nearest of the case."""
    found = deadlines(case, policy)
    own = (one for one in found if one.kind == ABOUT.get(kind, kind))
    return next(own, next((one for one in found if one.kind is None), None))


def _of_the_notice(case: Case, policy: Policy) -> Iterator[Deadline]:
    days = rules_at(policy, case.level).comment_days
    is_open = case.state in BEFORE_THE_FIRST_DECISION and case.meeting is None
    if case.notice_on is not None and days and is_open:
        says = say("until here residents comment on the notice; then the board may meet")
        yield Deadline(add_days(case.notice_on, days), "public_comment", says)


def _of_conditions(case: Case) -> Iterator[Deadline]:
    for owed in case.owed:
        says = say("{owner} owes: {text}", owner=owed.owner, text=owed.text)
        yield Deadline(owed.due_on, "meet_condition", says)


def _of_approval(case: Case) -> Iterator[Deadline]:
    if case.approval is not None and case.approval.ends_on is not None:
        yield Deadline(case.approval.ends_on, None, say("the approval ends"))


def _of_appeal(case: Case, policy: Policy) -> Iterator[Deadline]:
    if case.state == "rejected" and case.decisions and not case.has_appealed:
        last = add_days(case.decisions[-1].decided_on, workflow_of(policy).appeal_days)
        yield Deadline(last, "appeal", say("the owner may appeal until here"))
