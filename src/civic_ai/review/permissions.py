"""Who may do what: roles held, conflicts, and duties that no one person may do both of."""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.core.errors import Mistake
from civic_ai.core.messages import Message, say
from civic_ai.records.action import Act, OpenCase
from civic_ai.records.case import Case
from civic_ai.records.people import BoardRole, Duty, Holder, Person
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_words import DEEDS, ROLES
from civic_ai.review.level import workflow_of
from civic_ai.review.step import Step, refusal

JUDGING: frozenset[Duty] = frozenset({"review", "approve", "deploy"})
"""Duties that a person with a conflict leaves to others."""


def permission_mistakes(case: Case, action: Act, step: Step, policy: Policy) -> Iterator[Mistake]:
    """Every reason why this person may not take this step, in this role."""
    people = action.people if isinstance(action, OpenCase) else case.people
    yield from _not_in_role(people, action)
    if action.role not in step.roles:
        yield refusal(
            say("This is not for {role} to do: {step}.", role=ROLES[action.role], step=DEEDS[step.kind]),
            say("It is for: {roles}.", roles=tuple(ROLES[role] for role in step.roles)),
        )
    if step.duty is not None:
        yield from barred(case, action.by, step.duty, policy)


def barred(case: Case, person: Person, duty: Duty, policy: Policy) -> Iterator[Mistake]:
    """Why this person may not do this duty in this case, whatever the role; nothing: the person may."""
    if duty in JUDGING and person in case.recused:
        yield refusal(
            say("{person} has declared a conflict in this case and has left it.", person=person),
            say("Ask somebody without an interest in it."),
        )
    workflow = workflow_of(policy)
    for did in sorted(case.duties_of(person)):
        if workflow.keeps_apart(did, duty):
            yield refusal(
                say("{did} and may not {duty}.", did=_did(did, person), duty=_to_do(duty)),
                say("Ask someone who has had no part in that."),
            )


def may_take(case: Case, holder: Holder, step: Step, policy: Policy) -> bool:
    """Whether this person, in this role, may take this step (what it says and its evidence aside)."""
    if holder.role not in step.roles:
        return False
    return step.duty is None or not any(barred(case, holder.person, step.duty, policy))


def not_in_role(person: Person, role: BoardRole) -> Message:
    """That somebody does not hold a role."""
    return say("{person} is not {role} in this case.", person=person, role=ROLES[role])


def _not_in_role(people: tuple[Holder, ...], action: Act) -> Iterator[Mistake]:
    if not any(holder.person == action.by and holder.role == action.role for holder in people):
        yield refusal(
            not_in_role(action.by, action.role),
            say("Act in a role that you hold, or ask the governance officer to assign it."),
        )


def _did(duty: Duty, person: Person) -> Message:
    return {
        "build": say("{person} trained this model", person=person),
        "own": say("{person} owns this pilot", person=person),
        "request": say("{person} asked for this decision", person=person),
        "review": say("{person} reviewed this model", person=person),
        "approve": say("{person} decided on this model", person=person),
        "deploy": say("{person} put this model to work", person=person),
    }[duty]


def _to_do(duty: Duty) -> Message:
    return {
        "build": say("train it"),
        "own": say("own it"),
        "request": say("ask for a decision on it"),
        "review": say("review it"),
        "approve": say("decide on it"),
        "deploy": say("put it to work"),
    }[duty]
