"""Take one step: a pure function from a case and an action to the next case, or a refusal.

A case is the fold of its actions. No clock is read: an action's day is its ``at``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, reduce

from civic_ai.core.errors import CivicError, Mistake, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.action import Action, CloseVote, MissCondition
from civic_ai.records.case import Case, State
from civic_ai.records.people import Person
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_words import DEEDS, GATES, STATES
from civic_ai.review.changes import with_duty
from civic_ai.review.level import workflow_of
from civic_ai.review.permissions import may_take, permission_mistakes
from civic_ai.review.step import Step, refusal
from civic_ai.review.steps import STEPS


def fold(actions: Iterable[Action], policy: Policy) -> Case:
    """The case after all of its actions. Raises :class:`RefusedError` at the first that may not be."""
    return reduce(lambda case, action: next_case(case, action, policy), actions, Case())


def next_case(case: Case, action: Action, policy: Policy) -> Case:
    """The case after ``action``; ``case`` itself stays as it was.

    Raises :class:`RefusedError` with every reason at once: the state has no such step, the person may
    not take it, evidence is missing (each field is named), or a rule does not hold.
    """
    step = step_for(case, action)
    mistakes = [
        *permission_mistakes(case, action, step, policy),
        *_evidence_mistakes(case, action, step, policy),
        *(mistake for need in step.needs for mistake in need(case, action.at, policy)),
        *(mistake for rule in step.rules for mistake in rule(case, action, policy)),
    ]
    if mistakes:
        raise RefusedError(mistakes)
    return case.model_copy(update=_changes(case, action, step, policy))


def step_for(case: Case, action: Action) -> Step:
    """The row of the table for this action in this state. Raises :class:`RefusedError` when there is none."""
    outcome = _outcome(case, action)
    for step in steps_in(case):
        if step.kind == action.kind and step.outcome == outcome:
            return step
    raise not_now(case, action.kind)


def not_now(case: Case, kind: str) -> CivicError:
    """The refusal of a step that the case's state does not know, with the steps that it knows."""
    possible = dict.fromkeys(step.kind for step in steps_in(case))
    return RefusedError.because(
        say(
            "The case stands here: {state}. This cannot be done now: {step}.",
            state=STATES[case.state],
            step=DEEDS[kind],
        ),
        remedy=say("What can be done now: {steps}.", steps=tuple(DEEDS[each] for each in possible)),
    )


def steps_in(case: Case) -> tuple[Step, ...]:
    """The rows of the table that start in the case's state."""
    return _steps_from(case.state)


def may(case: Case, person: Person, kind: str, policy: Policy) -> bool:
    """Whether this person holds a role that may do this now, and has done nothing that forbids it.

    What the action says and its evidence are judged when it is done.
    """
    return any(
        may_take(case, holder, step, policy)
        for step in steps_in(case)
        if step.kind == kind
        for holder in case.people
        if holder.person == person
    )


def missing_fields(case: Case, step: Step, answered: Iterable[str], policy: Policy) -> tuple[str, ...]:
    """The fields that the step's gate needs and the pilot's record does not answer, in the policy's order."""
    if step.gate is None:
        return ()
    given = set(answered)
    needed = workflow_of(policy).fields_for(step.gate, case.level)
    return tuple(field for field in needed if field not in given)


@cache
def _steps_from(state: State) -> tuple[Step, ...]:
    return tuple(step for step in STEPS if state in step.states)


def _evidence_mistakes(case: Case, action: Action, step: Step, policy: Policy) -> Iterator[Mistake]:
    if step.gate is None:
        return
    for field in missing_fields(case, step, action.answered, policy):
        yield refusal(
            say("This field must be answered with evidence before this: {gate}.", gate=GATES[step.gate]),
            say("`civic-ai answer` asks for it."),
            field,
        )


def _changes(case: Case, action: Action, step: Step, policy: Policy) -> dict[str, object]:
    done = case.done if step.duty is None else with_duty(case.done, step.duty, action.by)
    moved: dict[str, object] = {} if step.to is None else {"state": step.to, "meeting": None}
    return {"done": done, **moved, **(step.change(case, action, policy) if step.change else {})}


def _outcome(case: Case, action: Action) -> str | None:
    if isinstance(action, CloseVote):
        return action.verdict
    if isinstance(action, MissCondition):
        missed = (condition.if_missed for condition in case.owed if condition.id == action.condition)
        return next(missed, "report")
    return None
