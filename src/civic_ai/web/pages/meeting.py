"""A meeting of the board: what is asked, who is there, whether they are enough, how they have voted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse

from civic_ai.core.messages import Message, say
from civic_ai.records.case import Case, Meeting
from civic_ai.records.decision import CountedVote, Waiver
from civic_ai.records.people import BoardRole
from civic_ai.records.policy import Policy
from civic_ai.records.text import Text
from civic_ai.records.workflow_words import ANSWERS, DEEDS, QUESTIONS, ROLES, SEVERITIES
from civic_ai.review.deadlines import deadline_of
from civic_ai.review.grant_rules import unwaived
from civic_ai.review.level import gate_question, may_waive, rules_at, workflow_of
from civic_ai.review.needs import missing_reviews, notice_has_stood
from civic_ai.review.queue import reviews_seen_by
from civic_ai.review.quorum import counted, has_quorum, seats, seats_left, still_to_vote
from civic_ai.review.verdicts import ENDS
from civic_ai.review.verdicts import QUESTIONS as ASKED
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.pages.minutes import ends_a_meeting
from civic_ai.web.reader import reader_of
from civic_ai.web.speech import language_of
from civic_ai.web.steps.offers import offers
from civic_ai.web.steps.words import IF_MISSED

SECRETARY: BoardRole = "governance_officer"
MORE_THAN_HALF_OF_ALL = say("more than half of all seats")
MORE_THAN_HALF_PRESENT = say("more than half of those present")
OF_A_MEETING = ("open_meeting", "waive", "vote", "endorse", "close_vote", "adjourn", "declare_conflict")
PRESENT, ABSENT, LEFT, NOT_YET = (
    say("present"),
    say("absent"),
    say("has a conflict, and left"),
    say("not open yet"),
)


@dataclass(frozen=True)
class Seat:
    """One seat of the board. ``told``: how the person voted, None before that."""

    person: str
    presence: Message
    is_community: bool
    vote: CountedVote | None
    told: Message | None


@dataclass(frozen=True)
class OpenGate:
    """A gate that did not pass: what it asks, who may waive it, and the waiver that holds, if any."""

    asks: Text | str
    role: Message
    waiver: Waiver | None


@dataclass(frozen=True)
class Motion:
    """What is put to the vote: the answers there are, what carries one, and how many must be there."""

    answers: tuple[Message, ...]
    carried_by: Message
    needed: int
    seats: int


@dataclass(frozen=True)
class Item:
    """One item of the agenda."""

    told: Message
    is_done: bool


@dataclass(frozen=True)
class Task:
    """One thing that waits for who keeps the board's papers."""

    person: str
    deed: Message
    until: date | None


def page(request: HttpRequest, pilot: str) -> HttpResponse:
    """The meeting as it stands, and the minutes of those before it."""
    desk, person = the_desk(), reader_of(request).person
    standing = desk.standing()
    case, meeting = standing.case(pilot), standing.case(pilot).meeting
    possible = [
        offer for offer in offers(case, person, desk.today(), desk.policy) if offer.kind in OF_A_MEETING
    ]
    view = {
        "pilot": pilot,
        "title": desk.title(pilot, case, language_of(request)),
        "case": case,
        "question": QUESTIONS[ASKED[case.state]] if case.state in ASKED else None,
        "dossier": desk.dossier_at_hand(pilot, case.dossier),
        "meeting": meeting,
        "seats": [_seat(name, case, meeting, desk.policy) for name in seats(case)],
        "gates": [_gate(gate, case, desk) for gate in case.open_gates],
        "steps": [(offer, DEEDS[offer.kind]) for offer in possible],
        "past": [event for event in standing.events[pilot] if ends_a_meeting(event)][::-1],
        "motion": _motion(desk, case),
        "agenda": list(_agenda(desk, case, meeting)),
        "recused": case.recused,
        "severities": SEVERITIES,
        "reviews": reviews_seen_by(case, person, desk.policy),
        "conditions": case.decisions[-1].conditions if case.decisions else (),
        "owed": {one.id for one in case.owed},
        "if_missed": IF_MISSED,
        "tasks": list(_tasks(desk, pilot, case)),
        **_count(case, meeting, desk.policy),
    }
    return show(request, "meeting.html", view)


def _motion(desk: Desk, case: Case) -> Motion | None:
    """What is put to the vote; None where nothing is."""
    if case.state not in ENDS:
        return None
    of_all = rules_at(desk.policy, case.level).majority == "all_seats"
    share = workflow_of(desk.policy).quorum_share
    left = seats_left(case, desk.policy)
    return Motion(
        answers=tuple(ANSWERS[each] for each in ENDS[case.state]),
        carried_by=MORE_THAN_HALF_OF_ALL if of_all else MORE_THAN_HALF_PRESENT,
        needed=int(share * len(left)) + 1,
        seats=len(left),
    )


def _agenda(desk: Desk, case: Case, meeting: Meeting | None) -> Iterator[Item]:
    """What the board goes through, in order, and what is done already."""
    policy, on = desk.policy, desk.today()
    if case.state == "board_pilot":
        yield Item(
            say("Residents could read the notice, and comment"), not any(notice_has_stood(case, on, policy))
        )
    if case.state in ("board_pilot", "board_renewal"):
        yield Item(say("All reviews are in"), not missing_reviews(case, policy))
        yield Item(say("Somebody else ran it again and got the same figures"), case.reproduced_by is not None)
    yield Item(say("The meeting is open, and enough members are there"),
               meeting is not None and has_quorum(case, meeting, policy))  # fmt: skip
    if case.state != "board_stop":
        yield Item(say("Every gate that did not pass is waived; if not, it cannot be approved"),
                   not any(unwaived(case, on)))  # fmt: skip
    yield Item(
        say("Everybody there has voted"), meeting is not None and not still_to_vote(case, meeting, policy)
    )
    yield Item(say("The chair closes the vote; conditions are written there"), False)


def _tasks(desk: Desk, pilot: str, case: Case) -> Iterator[Task]:
    """What waits for the governance officer, who keeps the board's papers."""
    for turn in desk.turns_in(pilot):
        if turn.role == SECRETARY:
            until = deadline_of(case, turn.kind, desk.policy)
            yield Task(turn.person, DEEDS[turn.kind], None if until is None else until.on)


def _count(case: Case, meeting: Meeting | None, policy: Policy) -> dict[str, object]:
    """Quorum, who is still to vote, and the verdict once everybody has voted."""
    if meeting is None:
        return {"has_quorum": None, "to_vote": (), "result": None}
    waiting = still_to_vote(case, meeting, policy)
    result = None if waiting else ANSWERS[counted(case, meeting, policy)]
    return {"has_quorum": has_quorum(case, meeting, policy), "to_vote": waiting, "result": result}


def _seat(name: str, case: Case, meeting: Meeting | None, policy: Policy) -> Seat:
    votes = () if meeting is None else meeting.votes
    vote = next((each for each in votes if each.by == name), None)
    is_community = any(each.person == name and each.is_community for each in case.people)
    told = None if vote is None else ANSWERS[vote.verdict]
    return Seat(name, _presence(name, case, meeting, policy), is_community, vote, told)


def _presence(name: str, case: Case, meeting: Meeting | None, policy: Policy) -> Message:
    if name not in seats_left(case, policy):
        return LEFT
    if meeting is None:
        return NOT_YET
    return PRESENT if name in meeting.present else ABSENT


def _gate(gate: str, case: Case, desk: Desk) -> OpenGate:
    role, on = may_waive(desk.policy, case.level, gate), desk.today()
    holds = (one for one in case.waivers if one.gate == gate and on <= one.ends_on)
    return OpenGate(
        gate_question(desk.policy, gate), ROLES[role] if role else say("nobody"), next(holds, None)
    )
