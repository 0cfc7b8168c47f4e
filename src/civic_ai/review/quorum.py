"""Who counts at a meeting, whether enough are there, and what the votes say."""

from __future__ import annotations

from collections import Counter

from civic_ai.records.case import Case, Meeting
from civic_ai.records.decision import Verdict
from civic_ai.records.people import Person
from civic_ai.records.policy import Policy
from civic_ai.review.level import rules_at, workflow_of
from civic_ai.review.permissions import barred

NOT_CARRIED: Verdict = "return"
"""What follows when no verdict has its majority: the case goes back, nothing is refused for good."""


def seats(case: Case) -> tuple[Person, ...]:
    """Everybody with a seat on the board (chair and members), each once."""
    return tuple(dict.fromkeys((*case.holders("chair"), *case.holders("member"))))


def seats_left(case: Case, policy: Policy) -> tuple[Person, ...]:
    """The seats without those who have a conflict or have had another part in this case."""
    return tuple(person for person in seats(case) if not any(barred(case, person, "approve", policy)))


def present(case: Case, meeting: Meeting, policy: Policy) -> tuple[Person, ...]:
    """Those at the meeting who may vote."""
    return tuple(person for person in seats_left(case, policy) if person in meeting.present)


def has_quorum(case: Case, meeting: Meeting, policy: Policy) -> bool:
    """Whether more than the policy's share of the seats left is at the meeting."""
    share = workflow_of(policy).quorum_share
    return len(present(case, meeting, policy)) > share * len(seats_left(case, policy))


def counted(case: Case, meeting: Meeting, policy: Policy) -> Verdict:
    """The verdict with more than half of the seats that count; ``return`` when none has it.

    Where the level asks for a majority of all seats, absent and recused ones count too; else those
    present. An abstention is no vote for anything.
    """
    of_all = rules_at(policy, case.level).majority == "all_seats"
    base = seats(case) if of_all else present(case, meeting, policy)
    votes = Counter(vote.verdict for vote in meeting.votes)
    for verdict, count in votes.items():
        if verdict != "abstain" and 2 * count > len(base):
            return verdict
    return NOT_CARRIED


def still_to_vote(case: Case, meeting: Meeting, policy: Policy) -> tuple[Person, ...]:
    """Those at the meeting whose vote is not in."""
    return tuple(person for person in present(case, meeting, policy) if not meeting.has_voted(person))
