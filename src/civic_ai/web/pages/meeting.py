"""A meeting of the board: what is asked, who is there, whether they are enough, how they have voted."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from civic_ai.core.messages import Message, say
from civic_ai.records.case import Case, Meeting
from civic_ai.records.decision import CountedVote
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_words import ANSWERS, DEEDS, QUESTIONS
from civic_ai.review.quorum import counted, has_quorum, seats, seats_left, still_to_vote
from civic_ai.review.verdicts import QUESTIONS as ASKED
from civic_ai.web.desk import the_desk
from civic_ai.web.next import open_gates
from civic_ai.web.page import show
from civic_ai.web.pages.minutes import ends_a_meeting
from civic_ai.web.reader import reader_of
from civic_ai.web.speech import language_of
from civic_ai.web.steps.offers import offers

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
        "gates": open_gates(desk, case),
        "steps": [(offer, DEEDS[offer.kind]) for offer in possible],
        "past": [event for event in standing.events[pilot] if ends_a_meeting(event)][::-1],
        **_count(case, meeting, desk.policy),
    }
    return show(request, "meeting.html", view)


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
