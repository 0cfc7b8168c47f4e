"""What must be so of an action itself, beyond who acts and what stands: each yields its refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from civic_ai.core.dates import days_between
from civic_ai.core.errors import Mistake
from civic_ai.core.messages import say
from civic_ai.records.action import (
    AnswerResident,
    Appeal,
    Assign,
    ConfirmLevel,
    DeclareConflict,
    Lapse,
    MeetCondition,
    MissCondition,
    OnDossier,
    OpenCase,
    OpenMeeting,
    Release,
    RequestRenewal,
    ResidentAppeal,
    Review,
    Submit,
    Void,
    Vote,
    Waive,
)
from civic_ai.records.case import Case
from civic_ai.records.decision import differences
from civic_ai.records.people import BoardRole
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_words import ROLES
from civic_ai.review.changes import DUTY_OF_ROLE
from civic_ai.review.level import gate_name, may_waive, months_after, workflow_of
from civic_ai.review.needs import missing_reviews
from civic_ai.review.permissions import barred, not_in_role
from civic_ai.review.quorum import present, seats
from civic_ai.review.step import refusal

MAY_NAME_A_CONFLICT = frozenset({"governance_officer", "chair"})
"""Roles that may declare the conflict of somebody else."""
SEATED = frozenset({"chair", "member"})
OFFICER: BoardRole = "governance_officer"
"""Whoever gives and takes the roles of a case."""


def each_holds_a_role_once(case: Case, action: OpenCase, policy: Policy) -> Iterator[Mistake]:
    """No person stands twice in one role."""
    held = Counter((holder.person, holder.role) for holder in action.people)
    for person, role in (pair for pair, times in held.items() if times > 1):
        yield refusal(
            say("{person} stands twice as {role}.", person=person, role=ROLES[role]),
            say("Name each person once in a role."),
        )


def roles_can_be_given(case: Case, action: OpenCase, policy: Policy) -> Iterator[Mistake]:
    """A governance officer is named: nobody else can give a role later."""
    if not any(holder.role == OFFICER for holder in action.people):
        yield refusal(
            say("No governance officer is named, so nobody could ever change who takes part."),
            say("Name one among the people."),
        )


def officer_stays(case: Case, action: Release, policy: Policy) -> Iterator[Mistake]:
    """The last governance officer stays."""
    if action.holder.role == OFFICER and len(case.holders(OFFICER)) == 1:
        yield refusal(
            say("{person} is the only governance officer of this case.", person=action.holder.person),
            say("Assign another one first."),
        )


def role_is_new(case: Case, action: Assign, policy: Policy) -> Iterator[Mistake]:
    """The person does not hold the role. Who reviewed, decided or deployed becomes no developer or owner."""
    holder = action.holder
    if case.has_role(holder.person, holder.role):
        yield refusal(
            say("{person} is {role} already.", person=holder.person, role=ROLES[holder.role]),
            say("Nothing is to be done."),
        )
    if duty := DUTY_OF_ROLE.get(holder.role):
        yield from barred(case, holder.person, duty, policy)


def role_is_held(case: Case, action: Release, policy: Policy) -> Iterator[Mistake]:
    """The person holds that role, as it stands."""
    if action.holder not in case.people:
        yield refusal(
            not_in_role(action.holder.person, action.holder.role),
            say("Look up who holds which role."),
        )


def seats_stay_in_a_meeting(case: Case, action: Assign | Release, policy: Policy) -> Iterator[Mistake]:
    """While the board meets, nobody gains or loses a seat."""
    if case.meeting is not None and action.holder.role in SEATED:
        yield refusal(
            say("The board is in a meeting; its seats stay as they are."),
            say("Close the vote or adjourn first."),
        )


def conflict_is_new(case: Case, action: DeclareConflict, policy: Policy) -> Iterator[Mistake]:
    """Declared by the person, the chair or the governance officer, of somebody in the case, once."""
    if action.by != action.person and action.role not in MAY_NAME_A_CONFLICT:
        yield refusal(
            say("{person} may declare only their own conflict.", person=action.by),
            say("Tell the chair or the governance officer."),
        )
    if not any(holder.person == action.person for holder in case.people):
        yield refusal(
            say("{person} has no part in this case.", person=action.person), say("Nothing is to be done.")
        )
    if action.person in case.recused:
        yield refusal(
            say("{person} has left this case already.", person=action.person), say("Nothing is to be done.")
        )


def dossier_is_the_one(case: Case, action: OnDossier, policy: Policy) -> Iterator[Mistake]:
    """The person has before them the dossier that the case is about now."""
    if action.dossier != case.dossier:
        yield refusal(
            say("This is about another dossier than the case is about now."),
            say("Read the dossier {dossier} and do it again.", dossier=case.dossier),
        )


def dossier_is_approved(case: Case, action: OnDossier, policy: Policy) -> Iterator[Mistake]:
    """What goes to work is the dossier that was approved."""
    if case.approval is None or action.dossier != case.approval.dossier:
        yield refusal(
            say("This dossier was not approved."), say("Only what the board signed may go to work.")
        )


def dossier_is_not_refused(
    case: Case, action: Submit | Appeal | RequestRenewal, policy: Policy
) -> Iterator[Mistake]:
    """A dossier that the board refused does not come back unchanged."""
    if action.dossier in case.refused_dossiers:
        yield refusal(say("The board has refused this very dossier."), say("Hand in one with new evidence."))


def gates_are_of_the_policy(
    case: Case, action: Submit | Appeal | RequestRenewal, policy: Policy
) -> Iterator[Mistake]:
    """Every open gate is one that the policy asks."""
    known = {gate.id for gate in policy.gates}
    for gate in action.open_gates:
        if gate not in known:
            yield refusal(
                say("The policy has no gate {gate}.", gate=gate),
                say("Check the gates again under this policy."),
            )


def second_person_confirms(case: Case, action: ConfirmLevel, policy: Policy) -> Iterator[Mistake]:
    """Somebody else confirms what was proposed."""
    if case.level_proposed is None:
        yield refusal(say("No level has been proposed."), say("The governance officer proposes one first."))
    elif action.level != case.level_proposed:
        yield refusal(
            say(
                "Level {proposed} was proposed, not {level}.",
                proposed=case.level_proposed,
                level=action.level,
            ),
            say("Confirm it, or have the other one proposed."),
        )
    if action.by == case.level_by:
        yield refusal(
            say("{person} proposed this level and may not confirm it.", person=action.by),
            say("Ask a second person."),
        )


def review_stays_blind(case: Case, action: Review, policy: Policy) -> Iterator[Mistake]:
    """Nobody changes a review before all first reviews are in."""
    is_blind = workflow_of(policy).blind_reviews and missing_reviews(case, policy)
    if is_blind and any((r.by, r.role) == (action.by, action.role) for r in case.reviews):
        yield refusal(
            say("{person} has given a review; it stands until all first reviews are in.", person=action.by),
            say("Wait for the others: first reviews are blind to each other."),
        )


def gate_may_be_waived(case: Case, action: Waive, policy: Policy) -> Iterator[Mistake]:
    """The gate is open, its waiver is this role's to give, and it ends in time."""
    gate = gate_name(policy, action.gate)
    if action.gate not in case.open_gates:
        yield refusal(say("Gate {gate} is not open.", gate=gate), say("Nothing is to be waived."))
        return
    role = may_waive(policy, case.level, action.gate)
    if action.role != role:
        yield refusal(
            say("Gate {gate} is not for {role} to waive.", role=ROLES[action.role], gate=gate),
            say("It may be waived by: {role}.", role=ROLES[role] if role else say("nobody")),
        )
    latest = months_after(action.at, workflow_of(policy).waiver_months)
    if not action.at < action.ends_on <= latest:
        yield refusal(
            say("The waiver of {gate} must end by {latest}.", gate=gate, latest=latest),
            say("Give its last day."),
        )


def all_seats_are_named(case: Case, action: OpenMeeting, policy: Policy) -> Iterator[Mistake]:
    """Each seat is either present or absent, and nobody else is named."""
    named = [*action.present, *action.absent]
    if sorted(named) != sorted(seats(case)):
        yield refusal(
            say("The minutes must name each seat once, as present or absent."),
            say("The seats are: {seats}.", seats=", ".join(seats(case))),
        )


def voter_is_present(case: Case, action: Vote, policy: Policy) -> Iterator[Mistake]:
    """Who votes is at the meeting and has not voted."""
    if case.meeting is None:
        return
    if action.by not in present(case, case.meeting, policy):
        yield refusal(
            say("{person} is not at this meeting.", person=action.by), say("Only those present vote.")
        )
    if case.meeting.has_voted(action.by):
        yield refusal(
            say("{person} has voted in this meeting.", person=action.by),
            say("A vote stands; adjourn the meeting to vote anew."),
        )


def condition_is_owed(case: Case, action: MeetCondition | MissCondition, policy: Policy) -> Iterator[Mistake]:
    """The condition is one that is still to be met."""
    if not any(condition.id == action.condition for condition in case.owed):
        yield refusal(
            say("No condition {condition} is owed.", condition=action.condition),
            say("Look up the conditions of the last approval."),
        )


def somebody_else_checks(case: Case, action: MeetCondition, policy: Policy) -> Iterator[Mistake]:
    """Who owes a condition does not say that it is met."""
    if any(c.id == action.condition and c.owner == action.by for c in case.owed):
        yield refusal(
            say("{person} owes this condition and may not say that it is met.", person=action.by),
            say("Ask another governance officer to look at the proof."),
        )


def day_has_passed(case: Case, action: MissCondition, policy: Policy) -> Iterator[Mistake]:
    """A condition is missed from the day after it was due."""
    for condition in case.owed:
        if condition.id == action.condition and action.at <= condition.due_on:
            yield refusal(
                say("Condition {condition} is due on {due}.", condition=condition.id, due=condition.due_on),
                say("Wait until that day has passed."),
            )


def refusal_may_be_appealed(case: Case, action: Appeal, policy: Policy) -> Iterator[Mistake]:
    """The board refused, the team has not appealed, and the days have not run out."""
    last = case.decisions[-1] if case.decisions else None
    if last is None or last.verdict != "reject":
        yield refusal(say("The board has refused nothing that could be appealed."), say("Open a new case."))
    elif days_between(last.decided_on, action.at) > workflow_of(policy).appeal_days:
        yield refusal(
            say("An appeal was possible within {days} days.", days=workflow_of(policy).appeal_days),
            say("Open a new case."),
        )
    if case.has_appealed:
        yield refusal(say("The team has appealed once."), say("Open a new case."))


def appeal_is_new(case: Case, action: ResidentAppeal, policy: Policy) -> Iterator[Mistake]:
    """The name of a resident's appeal is not taken."""
    if action.appeal in case.complaints:
        yield refusal(
            say("An appeal {appeal} is open already.", appeal=action.appeal), say("Give it another name.")
        )


def appeal_is_open(case: Case, action: AnswerResident, policy: Policy) -> Iterator[Mistake]:
    """The appeal waits for its answer."""
    if action.appeal not in case.complaints:
        yield refusal(
            say("No appeal {appeal} is open.", appeal=action.appeal), say("Look up the open appeals.")
        )


def approval_has_ended(case: Case, action: Lapse, policy: Policy) -> Iterator[Mistake]:
    """The last day of the approval has passed."""
    if case.approval is not None and case.approval.holds_on(action.at):
        yield refusal(
            say("The approval holds until {day}.", day=case.approval.ends_on),
            say("Suspend or stop it if it must end sooner."),
        )


def something_differs(case: Case, action: Void, policy: Policy) -> Iterator[Mistake]:
    """What runs is not what was approved."""
    bound = case.approval.binding if case.approval else None
    if bound is None or not differences(bound, action.found, workflow_of(policy).capacity_share):
        yield refusal(say("What was found is what was approved."), say("Suspend or stop it if it must end."))
