"""What ``civic-ai case`` prints: where a case stands, whose turn it is, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from civic_ai.cli.table import format_table
from civic_ai.core.errors import Mistake
from civic_ai.core.messages import say
from civic_ai.records.case import Case
from civic_ai.records.decision import Decision
from civic_ai.records.policy import Policy
from civic_ai.review.grant_rules import unwaived
from civic_ai.review.level import may_waive
from civic_ai.review.office import Office
from civic_ai.review.queue import Missing, waiting_for, what_is_missing
from civic_ai.review.steps import JUDGED


def case_text(office: Office, pilot: str, language: str) -> str:
    """For a person."""
    case, today = office.case(pilot), datetime.now(UTC).date()
    parts = [say("{pilot}: {state}", pilot=pilot, state=case.state).text(language)]
    if case.level is not None:
        parts.append(say("Impact level {level}.", level=case.level).text(language))
    if case.state in JUDGED:
        parts += [_open_gate(gate, case, office.policy, language) for gate in unwaived(case, today)]
    parts += [_decision(decision, language) for decision in case.decisions]
    if case.people:
        parts.append(format_table(("person", "role"), [(each.person, each.role) for each in case.people]))
    turns = waiting_for(case, today, office.policy)
    if turns:
        rows = [(turn.person, turn.role, turn.kind) for turn in turns]
        parts.append(format_table(("waited for", "role", "to"), rows))
    missing = what_is_missing(case, (), today, office.policy)
    parts += [_missing(each, language) for each in missing if each.needs]
    steps = [
        (str(step.number), str(step.action.at), step.action.kind, step.action.by, step.action.role)
        for step in office.steps(pilot)
    ]
    if steps:
        parts.append(format_table(("entry", "day", "step", "by", "role"), steps))
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


def _decision(decision: Decision, language: str) -> str:
    told = [
        say(
            "{question}: {verdict} on {day}, {votes} votes, policy {policy}.",
            question=decision.question,
            verdict=decision.verdict,
            day=decision.decided_on,
            votes=len(decision.votes),
            policy=decision.policy[:12],
        )
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
                gate=waiver.gate,
                reason=waiver.reason,
            )
        )
    for vote in decision.votes:
        if vote.dissent is not None:
            told.append(say("Dissent of {person}: {text}", person=vote.by, text=vote.dissent))
    return "\n".join(message.text(language) for message in told)


def _open_gate(gate: str, case: Case, policy: Policy, language: str) -> str:
    role = may_waive(policy, case.level, gate)
    told = say("Gate {gate} did not pass and nobody waived it.", gate=gate)
    who = say("It may be waived by: {role}.", role=role or say("nobody"))
    return f"{told.text(language)} {who.text(language)}"


def _missing(missing: Missing, language: str) -> str:
    head = say("Before {kind}:", kind=missing.kind).text(language)
    return "\n".join([head, *_lines(missing.needs, language)])


def _lines(mistakes: Iterable[Mistake], language: str) -> Iterable[str]:
    for mistake in mistakes:
        remedy = "" if mistake.remedy is None else f" {mistake.remedy.text(language)}"
        yield f"  {mistake.says.text(language)}{remedy}"
