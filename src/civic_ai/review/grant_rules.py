"""What an approval must say: a verdict that was voted, a binding, an end, a waiver for each open gate."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from civic_ai.core.errors import Mistake
from civic_ai.core.messages import say
from civic_ai.records.action import CloseVote, Vote
from civic_ai.records.case import Case
from civic_ai.records.people import BoardRole
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_policy import reaches
from civic_ai.records.workflow_words import ANSWERS, ROLES
from civic_ai.review.level import gate_name, may_waive, months_after, rules_at, workflow_of
from civic_ai.review.quorum import counted
from civic_ai.review.step import refusal


def unwaived(case: Case, on: date) -> tuple[str, ...]:
    """The gates that did not pass and have no waiver that holds on that day."""
    waived = {waiver.gate for waiver in case.waivers if on <= waiver.ends_on}
    return tuple(gate for gate in case.open_gates if gate not in waived)


def gates_to_waive(case: Case, roles: Collection[BoardRole], policy: Policy) -> tuple[str, ...]:
    """The gates of the case that did not pass and that somebody in one of these roles may waive."""
    return tuple(gate for gate in case.open_gates if may_waive(policy, case.level, gate) in roles)


def verdict_was_voted(case: Case, action: CloseVote, policy: Policy) -> Iterator[Mistake]:
    """The verdict is the one that the votes gave."""
    if case.meeting is None:
        return
    result = counted(case, case.meeting, policy)
    if action.verdict != result:
        yield refusal(
            say(
                "The votes gave: {result}; not: {verdict}.",
                result=ANSWERS[result],
                verdict=ANSWERS[action.verdict],
            ),
            say("Close the vote with what it gave."),
        )


def extended_once(case: Case, action: CloseVote | Vote, policy: Policy) -> Iterator[Mistake]:
    """A pilot is extended once at most."""
    if case.has_extended and action.verdict == "extend":
        yield refusal(
            say("This pilot has been extended once."), say("Vote to approve it for use, return or reject it.")
        )


def nothing_is_granted(case: Case, action: CloseVote, policy: Policy) -> Iterator[Mistake]:
    """A decision that approves nothing carries no binding, end or condition."""
    if action.binding or action.expires_on or action.conditions:
        yield refusal(
            say("This verdict approves nothing, so nothing can hang on it."),
            say("Leave out binding, end and conditions; give the reason instead."),
        )


def binds_this_dossier(case: Case, action: CloseVote, policy: Policy) -> Iterator[Mistake]:
    """An approval says what exactly it approves, and that is the dossier voted on."""
    if action.binding is None:
        yield refusal(
            say("The approval does not say what exactly is approved."),
            say("Give `area`, `use` and `ends_on`; what they hold for is read from the dossier."),
            "binding",
        )
    elif action.binding.dossier != case.dossier:
        yield refusal(
            say("The approval binds another dossier than the one voted on."),
            say("Take the binding from the dossier {dossier}.", dossier=case.dossier),
        )
    elif action.binding.ends_on < action.at:
        yield refusal(
            say("The approved use ended on {day}.", day=action.binding.ends_on), say("Name a later end.")
        )


def ends_in_time(case: Case, action: CloseVote, policy: Policy) -> Iterator[Mistake]:
    """An approval has an end, no later than the level allows."""
    latest = months_after(action.at, rules_at(policy, case.level).expires_after_months)
    if action.expires_on is None or not action.at < action.expires_on <= latest:
        yield refusal(
            say(
                "An approval needs an end after {first} and no later than {latest}.",
                first=action.at,
                latest=latest,
            ),
            say("Give its last day."),
            "expires_on",
        )


def open_gates_are_waived(case: Case, action: CloseVote, policy: Policy) -> Iterator[Mistake]:
    """Each gate that did not pass has a waiver that has not ended."""
    for gate in unwaived(case, action.at):
        role = may_waive(policy, case.level, gate)
        yield refusal(
            say("Gate {gate} did not pass and nobody waived it.", gate=gate_name(policy, gate)),
            say("Return the case, or ask for a waiver with reason and end from: {role}.", role=ROLES[role])
            if role
            else say("Nobody may waive it: return the case to the team."),
        )


def conditions_can_be_kept(case: Case, action: CloseVote, policy: Policy) -> Iterator[Mistake]:
    """Each condition is owed by somebody in the case, from a day to come; a miss suspends where it must."""
    people = {holder.person for holder in case.people}
    strict_from = workflow_of(policy).missed_condition_suspends_from
    must_suspend = reaches(case.level, strict_from)
    for condition in action.conditions:
        if condition.owner not in people:
            yield refusal(
                say("{owner} has no part in this case.", owner=condition.owner),
                say("Name an owner who has one."),
                condition.id,
            )
        if condition.due_on < action.at:
            yield refusal(
                say("The condition was due on {due}.", due=condition.due_on),
                say("Give a day to come."),
                condition.id,
            )
        if must_suspend and condition.if_missed != "suspend":
            yield refusal(
                say("From level {level} on, a missed condition suspends the model.", level=strict_from),
                say("Write `if_missed: suspend`."),
                condition.id,
            )


def authority_agrees(case: Case, action: CloseVote, policy: Policy) -> Iterator[Mistake]:
    """At the levels that ask for it, the authority has endorsed the approval."""
    asked = reaches(case.level, workflow_of(policy).endorsed_from)
    if asked and case.meeting is not None and case.meeting.endorsed_by is None:
        yield refusal(
            say("At this level the authority must agree, and has not."),
            say("Ask the approver to endorse it in this meeting."),
        )
