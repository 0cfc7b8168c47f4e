"""What each action changes in the case; the state itself stands in the table of ``workflow``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from civic_ai.records.action import (
    AnswerResident,
    Appeal,
    Assign,
    AttestReproduction,
    CloseVote,
    DeclareConflict,
    Endorse,
    MeetCondition,
    OpenCase,
    OpenMeeting,
    PostNotice,
    ProposeLevel,
    Release,
    RequestRenewal,
    ResidentAppeal,
    Review,
    Submit,
    Vote,
    Waive,
)
from civic_ai.records.action import ConfirmLevel as Confirm
from civic_ai.records.case import Case, Done, Meeting
from civic_ai.records.decision import CountedVote, Decision, Waiver
from civic_ai.records.people import BoardRole, Duty, Holder, Person
from civic_ai.records.policy import Policy
from civic_ai.review.verdicts import QUESTIONS

DUTY_OF_ROLE: Mapping[BoardRole, Duty] = {"developer": "build", "owner": "own"}
"""Roles that are duties done by holding them."""

Fields = Mapping[str, object]


def with_duty(done: tuple[Done, ...], duty: Duty, person: Person) -> tuple[Done, ...]:
    """The duties done, with this one, each once."""
    if any(each.duty == duty and each.person == person for each in done):
        return done
    return (*done, _done(duty, person))


@lru_cache(maxsize=1024)
def _done(duty: Duty, person: Person) -> Done:
    return Done(duty=duty, person=person)


def open_case(case: Case, action: OpenCase, policy: Policy) -> Fields:
    """The people, and what they do by holding their roles."""
    return {
        "pilot": action.pilot,
        "people": action.people,
        "done": _with_roles(case.done, action.people),
    }


def assign(case: Case, action: Assign, policy: Policy) -> Fields:
    """One role more."""
    return {
        "people": (*case.people, action.holder),
        "done": _with_roles(case.done, (action.holder,)),
    }


def release(case: Case, action: Release, policy: Policy) -> Fields:
    """One role less; duties done stay done."""
    return {"people": tuple(holder for holder in case.people if holder != action.holder)}


def declare_conflict(case: Case, action: DeclareConflict, policy: Policy) -> Fields:
    """The person leaves, and their reviews, re-run, waivers and vote with them."""
    person = action.person
    return {
        "recused": (*case.recused, person),
        "reviews": tuple(review for review in case.reviews if review.by != person),
        "reproduced_by": None if case.reproduced_by == person else case.reproduced_by,
        "waivers": tuple(waiver for waiver in case.waivers if waiver.grantor != person),
        "meeting": case.meeting and _without(case.meeting, person),
    }


def new_round(case: Case, action: Submit | Appeal, policy: Policy) -> Fields:
    """Everything that was said about an earlier dossier is gone; no approval is left."""
    return {
        **_new_review(action),
        "level_proposed": None,
        "level_by": None,
        "level": None,
        "notice_on": None,
        "approval": None,
        "owed": (),
        "has_appealed": case.has_appealed or isinstance(action, Appeal),
    }


def renewal_round(case: Case, action: RequestRenewal, policy: Policy) -> Fields:
    """A new dossier to review; the approval in force stays until its end."""
    return _new_review(action)


def propose_level(case: Case, action: ProposeLevel, policy: Policy) -> Fields:
    """A level that waits for a second person."""
    return {"level_proposed": action.level, "level_by": action.by}


def confirm_level(case: Case, action: Confirm, policy: Policy) -> Fields:
    """The level."""
    return {"level": action.level}


def review(case: Case, action: Review, policy: Policy) -> Fields:
    """The reviewer's last word in this role."""
    others = (r for r in case.reviews if (r.by, r.role) != (action.by, action.role))
    return {"reviews": (*others, action)}


def attest_reproduction(case: Case, action: AttestReproduction, policy: Policy) -> Fields:
    """Who got the same figures; nobody, when the last re-run did not."""
    return {"reproduced_by": action.by if action.agrees else None}


def waive(case: Case, action: Waive, policy: Policy) -> Fields:
    """A waiver of one gate, in place of an earlier one."""
    new = Waiver(gate=action.gate, reason=action.reason, grantor=action.by, ends_on=action.ends_on)
    return {"waivers": (*(waiver for waiver in case.waivers if waiver.gate != new.gate), new)}


def post_notice(case: Case, action: PostNotice, policy: Policy) -> Fields:
    """The day on which residents could first read it."""
    return {"notice_on": case.notice_on or action.at}


def open_meeting(case: Case, action: OpenMeeting, policy: Policy) -> Fields:
    """A meeting without votes."""
    return {"meeting": Meeting(present=action.present, absent=action.absent)}


def end_meeting(case: Case, action: object, policy: Policy) -> Fields:
    """No meeting."""
    return {"meeting": None}


def vote(case: Case, action: Vote, policy: Policy) -> Fields:
    """One vote more."""
    counted = CountedVote(by=action.by, verdict=action.verdict, reason=action.reason, dissent=action.dissent)
    return {
        "meeting": case.meeting and case.meeting.model_copy(update={"votes": (*case.meeting.votes, counted)})
    }


def endorse(case: Case, action: Endorse, policy: Policy) -> Fields:
    """The authority's word, for this meeting."""
    return {"meeting": case.meeting and case.meeting.model_copy(update={"endorsed_by": action.by})}


def refuse(case: Case, action: CloseVote, policy: Policy) -> Fields:
    """A decision that ends every approval and that the team may appeal."""
    return {
        **end_or_return(case, action, policy),
        "approval": None,
        "refused_dossiers": (*case.refused_dossiers, action.dossier),
    }


def end_or_return(case: Case, action: CloseVote, policy: Policy) -> Fields:
    """A decision that gives no approval and takes none."""
    return {"decisions": (*case.decisions, _decision(case, action, policy)), "meeting": None}


def grant(case: Case, action: CloseVote, policy: Policy) -> Fields:
    """A decision that binds, and the conditions that are owed for it."""
    return {
        **end_or_return(case, action, policy),
        "approval": _decision(case, action, policy),
        "owed": action.conditions,
        "has_extended": case.has_extended or action.verdict == "extend",
    }


def meet_condition(case: Case, action: MeetCondition, policy: Policy) -> Fields:
    """One condition less."""
    return {"owed": tuple(condition for condition in case.owed if condition.id != action.condition)}


def resident_appeal(case: Case, action: ResidentAppeal, policy: Policy) -> Fields:
    """One answer owed to a resident."""
    return {"complaints": (*case.complaints, action.appeal)}


def answer_resident(case: Case, action: AnswerResident, policy: Policy) -> Fields:
    """One answer given."""
    return {"complaints": tuple(appeal for appeal in case.complaints if appeal != action.appeal)}


def end_approval(case: Case, action: object, policy: Policy) -> Fields:
    """No approval is left; what was owed for it falls away."""
    return {"approval": None, "owed": ()}


def _with_roles(done: tuple[Done, ...], holders: tuple[Holder, ...]) -> tuple[Done, ...]:
    for holder in holders:
        if duty := DUTY_OF_ROLE.get(holder.role):
            done = with_duty(done, duty, holder.person)
    return done


def _new_review(action: Submit | Appeal | RequestRenewal) -> dict[str, object]:
    return {
        "dossier": action.dossier,
        "open_gates": action.open_gates,
        "reviews": (),
        "reproduced_by": None,
        "waivers": (),
    }


def _without(meeting: Meeting, person: Person) -> Meeting:
    votes = tuple(vote for vote in meeting.votes if vote.by != person)
    endorsed_by = None if meeting.endorsed_by == person else meeting.endorsed_by
    return meeting.model_copy(update={"votes": votes, "endorsed_by": endorsed_by})


def _decision(case: Case, action: CloseVote, policy: Policy) -> Decision:
    meeting = case.meeting
    assert meeting is not None, "a vote is closed in a meeting"
    return Decision(
        question=QUESTIONS[case.state],
        dossier=action.dossier,
        verdict=action.verdict,
        decided_on=action.at,
        present=meeting.present,
        absent=meeting.absent,
        recused=case.recused,
        votes=meeting.votes,
        endorsed_by=meeting.endorsed_by,
        conditions=action.conditions,
        waivers=case.waivers if action.binding else (),
        expires_on=action.expires_on,
        binding=action.binding,
        policy=policy.digest,
    )
