"""What ``civic-ai case`` prints: where a case stands, whose turn it is, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from civic_ai.cli.table import format_table
from civic_ai.core.errors import Mistake
from civic_ai.core.messages import Message, say, told
from civic_ai.records.action import CloseVote
from civic_ai.records.case import Case
from civic_ai.records.decision import Decision
from civic_ai.records.people import Holder
from civic_ai.records.policy import Policy
from civic_ai.records.workflow_words import DEEDS, QUESTIONS, ROLES, STATES, VERDICTS
from civic_ai.review.deeds import deed_of
from civic_ai.review.grant_rules import unwaived
from civic_ai.review.history import Taken
from civic_ai.review.level import gate_name, may_waive
from civic_ai.review.office import Office
from civic_ai.review.queue import Missing, Turn, waiting_for, what_is_missing
from civic_ai.review.steps import JUDGED


def case_text(office: Office, pilot: str, language: str) -> str:
    """For a person."""
    case, today = office.case(pilot), datetime.now(UTC).date()
    parts = [say("{pilot}: {state}", pilot=pilot, state=STATES[case.state]).text(language)]
    if case.level is not None:
        parts.append(say("Impact level {level}.", level=case.level).text(language))
    if case.state in JUDGED:
        parts += [_open_gate(gate, case, office.policy, language) for gate in unwaived(case, today)]
    steps = office.steps(pilot)
    closed = (step.action for step in steps if isinstance(step.action, CloseVote))
    parts += [_decision(*each, office, language) for each in zip(case.decisions, closed, strict=True)]
    parts += [_people(case, language)] if case.people else []
    turns = waiting_for(case, today, office.policy)
    parts += [_turns(turns, language)] if turns else []
    missing = what_is_missing(case, (), today, office.policy)
    parts += dict.fromkeys(_missing(each, language) for each in missing if each.needs)
    parts += [_steps(steps, language)] if steps else []
    return "\n\n".join(parts)


def case_json(office: Office, pilot: str) -> str:
    """For a program: the case, who is waited for, and every step."""
    case, today = office.case(pilot), datetime.now(UTC).date()
    turns = waiting_for(case, today, office.policy)
    told = {
        "schema": "case/1",
        "case": case.model_dump(mode="json"),
        "waiting_for": [{"kind": each.kind, "person": each.person, "role": each.role} for each in turns],
        "steps": [
            {"entry": step.number, "policy": step.policy, "statement": step.statement,
             "is_personal": step.is_personal, "action": step.action.model_dump(mode="json")}
            for step in office.steps(pilot)
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


OWN_VERBS = frozenset({"submit", "review"})
"""Steps that have a verb of their own on the command line; all others are typed after ``decide``."""
PERSON, ROLE, STEP = say("person"), say("role"), say("step")


def _people(case: Case, language: str) -> str:
    rows = [(each.person, _role(each, case)) for each in case.people]
    return _table((PERSON, ROLE), rows, language)


def _role(holder: Holder, case: Case) -> Message:
    role = ROLES[holder.role]
    return say("{role}; stepped aside", role=role) if holder.person in case.recused else role


def _turns(turns: Iterable[Turn], language: str) -> str:
    """Who is waited for, to do what, and what the person types after ``civic-ai``."""
    rows = [(turn.person, ROLES[turn.role], DEEDS[turn.kind], _verb(turn)) for turn in turns]
    return _table((say("waited for"), ROLE, STEP, say("to type after `civic-ai`")), rows, language)


def _verb(turn: Turn) -> str:
    verb = turn.kind if turn.kind in OWN_VERBS else f"decide {turn.kind}"
    return f"{verb} --role {turn.role}"


def _steps(steps: Iterable[Taken], language: str) -> str:
    rows = [
        (
            str(step.number),
            str(step.action.at),
            deed_of(step.action),
            step.action.by,
            ROLES[step.action.role],
        )
        for step in steps
    ]
    return _table((say("entry"), say("day"), STEP, PERSON, ROLE), rows, language)


def _table(head: Sequence[Message], rows: Sequence[Sequence[str | Message]], language: str) -> str:
    cells = [[str(told(cell, language)) for cell in row] for row in rows]
    return format_table([name.text(language) for name in head], cells)


def _decision(decision: Decision, closed: CloseVote, office: Office, language: str) -> str:
    told = [
        say(
            "{question} {verdict} on {day}, {votes} votes, policy {policy}.",
            question=QUESTIONS[decision.question],
            verdict=VERDICTS[decision.verdict],
            day=decision.decided_on,
            votes=len(decision.votes),
            policy=decision.policy[:12],
        ),
        say("{who}: {words}", who=ROLES[closed.role], words=closed.reason),
    ]
    if decision.ends_on is not None:
        told.append(say("It holds until {day}.", day=decision.ends_on))
    for condition in decision.conditions:
        told.append(
            say(
                "Condition {name}, {owner}, by {day}: {text}",
                name=condition.id,
                owner=condition.owner,
                day=condition.due_on,
                text=condition.text,
            )
        )
    for waiver in decision.waivers:
        told.append(
            say(
                "Waived by {person} until {day}: {gate}. {reason}",
                person=waiver.grantor,
                day=waiver.ends_on,
                gate=gate_name(office.policy_of(decision.policy), waiver.gate),
                reason=waiver.reason,
            )
        )
    for vote in decision.votes:
        if vote.dissent is not None:
            told.append(say("Dissent of {person}: {text}", person=vote.by, text=vote.dissent))
    return "\n".join(message.text(language) for message in told)


def _open_gate(gate: str, case: Case, policy: Policy, language: str) -> str:
    role = may_waive(policy, case.level, gate)
    open_one = say("Gate {gate} did not pass and nobody waived it.", gate=gate_name(policy, gate))
    who = say("It may be waived by: {role}.", role=ROLES[role] if role else say("nobody"))
    return f"{open_one.text(language)} {who.text(language)}"


def _missing(missing: Missing, language: str) -> str:
    head = say("Missing before this: {step}.", step=DEEDS[missing.kind]).text(language)
    return "\n".join([head, *_lines(missing.needs, language)])


def _lines(mistakes: Iterable[Mistake], language: str) -> Iterable[str]:
    for mistake in mistakes:
        remedy = "" if mistake.remedy is None else f" {mistake.remedy.text(language)}"
        yield f"  {mistake.says.text(language)}{remedy}"
