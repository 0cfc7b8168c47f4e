"""A tiny city's people, policy and actions, and what a case says in the words of the specification."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from civic_ai.policy.load import load_policy
from civic_ai.records.action import ACTIONS, Action
from civic_ai.records.case import Case
from civic_ai.records.decision import Binding
from civic_ai.records.people import Holder
from civic_ai.records.policy import Gate, Policy
from civic_ai.records.text import Text
from civic_ai.records.workflow_policy import WorkflowPolicy
from tests.unit.review import specification as spec

FIRST = date(2026, 1, 1)
DIGESTS = {name: (name.lower() * 64)[:64] for name in "ABCDEF"}
NAMES = {digest: name for name, digest in DIGESTS.items()}
ANSWERED = tuple(sorted({"F3b"} | set().union(*spec.EVIDENCE.values())))
PEOPLE = (
    ("ona", "owner"),
    ("dee", "developer"),
    ("sol", "data_steward"),
    ("tec", "technical_reviewer"),
    ("equ", "equity_reviewer"),
    ("pri", "privacy_reviewer"),
    ("off", "governance_officer"),
    ("cha", "chair"),
    ("com", "member"),
    ("mem", "member"),
    ("app", "approver"),
    ("coa", "coach"),
    ("aud", "auditor"),
)
COMMUNITY = "com"


def day(number: int) -> date:
    """A day counted from the first."""
    return FIRST + timedelta(days=number)


@cache
def policy(**changed: Any) -> Policy:
    """The starter policy's levels with gates and evidence of our own."""
    starter = load_policy()
    gates = tuple(
        Gate(
            id=gate,
            asks=Text(en=f"Is {gate} met?", es=f"¿Se cumple {gate}?"),
            why=Text(any="!"),
            fact="f",
            must_be="> 1",
            waivable_by=role,
        )
        for gate, role in spec.WAIVED_BY.items()
    )
    workflow = WorkflowPolicy(
        evidence={
            gate: tuple(sorted(fields | spec.ONLY_FROM_III.get(gate, set())))
            for gate, fields in spec.EVIDENCE.items()
        },
        evidence_from={"F3b": "III"},
        apart=tuple(tuple(sorted(pair)) for pair in spec.FORBIDDEN),
        **changed,
    )
    levels = {
        level: rules.model_copy(update={"gates_not_waivable": () if level == "I" else ("g-low",)})
        for level, rules in starter.levels.items()
    }
    return starter.model_copy(update={"gates": gates, "workflow": workflow, "levels": levels})


def binding(dossier: str = "A", use_ends: int = 300, **changed: Any) -> Binding:
    """What an approval of a dossier binds."""
    given = {
        "dossier": DIGESTS[dossier],
        "bundle": DIGESTS["B"],
        "contracts": {"requests": DIGESTS["C"]},
        "features": DIGESTS["D"],
        "capacity": 100,
        "area": "all districts",
        "use": "crew routes",
        "ends_on": day(use_ends),
    }
    return Binding.model_validate({**given, **changed})


def holder(person: str, role: str) -> Holder:
    """One person in one role; one member speaks for residents."""
    return Holder(person=person, role=role, is_community=person == COMMUNITY and role == "member")


DETAILS = {
    "submit": {"dossier": "A", "gates": ()},
    "appeal": {"dossier": "B", "gates": ()},
    "request_renewal": {"dossier": "B", "gates": ()},
    "propose_level": {"level": "I"},
    "confirm_level": {"level": "I"},
    "review": {"blocking": False},
    "attest_reproduction": {"agrees": True},
    "waive": {"gate": "g-chair", "end": 250},
    "open_meeting": {"present": ("cha", "com", "mem"), "absent": ()},
    "vote": {"verdict": "approve"},
    "close_vote": {"verdict": "approve", "binding": "A", "use_ends": 300, "end": 200, "conditions": ()},
    "meet_condition": {"condition": "c"},
    "miss_condition": {"condition": "c"},
    "resident_appeal": {"appeal": "r"},
    "answer_resident": {"appeal": "r"},
    "void": {"found": "other"},
}


def deed(kind: str, by: str, role: str, **given: Any) -> spec.Deed:
    """A deed of the specification with everything that it needs, unless ``given`` says otherwise."""
    whole = {"kind": kind, "by": by, "role": role, "at": 0, "answered": ANSWERED, "dossier": "A"}
    return {**whole, **DETAILS.get(kind, {}), **given}


def act(given: spec.Deed) -> Action:
    """The action that a deed stands for."""
    kind = given["kind"]
    fields = {"by": given["by"], "role": given["role"], "at": day(given["at"]), "answered": given["answered"]}
    made = ACTIONS[kind]
    known = {**_details(given), "dossier": DIGESTS[given["dossier"]], "reason": "because"}
    fields |= {name: value for name, value in known.items() if name in made.model_fields}
    return made(**fields)  # type: ignore[return-value]


def _details(d: spec.Deed) -> dict[str, Any]:
    shown = {
        name: d[name] for name in ("level", "agrees", "gate", "present", "absent", "verdict") if name in d
    }
    shown |= {name: d[name] for name in ("condition", "appeal", "person") if name in d}
    kind = d["kind"]
    if "gates" in d:
        shown["open_gates"] = d["gates"]
    if "people" in d:
        shown |= {"pilot": "streets", "people": tuple(holder(*pair) for pair in d["people"])}
    if "holder" in d:
        shown["holder"] = holder(*d["holder"])
    if kind == "review" and d["blocking"]:
        shown["findings"] = ({"id": "f", "severity": "blocking", "text": "wrong"},)
    if kind == "waive":
        shown["ends_on"] = day(d["end"])
    if kind == "void":
        shown["found"] = binding("A", capacity=111 if d["found"] == "other" else 110)
    if kind == "close_vote":
        shown |= {
            "binding": d["binding"] and binding(d["binding"], d["use_ends"]),
            "expires_on": None if d["end"] is None else day(d["end"]),
            "conditions": tuple(_condition(*condition) for condition in d["conditions"]),
        }
    return shown | FIXED.get(kind, {})


FIXED: dict[str, dict[str, Any]] = {
    "propose_level": {"answers": DIGESTS["E"]},
    "attest_reproduction": {"report": DIGESTS["E"]},
    "report_pilot": {"report": DIGESTS["E"]},
    "meet_condition": {"proof": DIGESTS["E"]},
    "lift_suspension": {"proof": DIGESTS["E"]},
    "post_notice": {"notice": DIGESTS["E"], "where": "city hall"},
    "public_comment": {"comment": DIGESTS["E"]},
    "resident_appeal": {"words": DIGESTS["E"]},
    "answer_resident": {"is_upheld": True},
    "comment": {"text": "look at the map"},
}


def _condition(name: str, owner: str, due: int, missed: str) -> dict[str, Any]:
    return {
        "id": name,
        "text": "ask residents",
        "owner": owner,
        "due_on": day(due),
        "proof": "the answers",
        "if_missed": missed,
    }


def number(of: date) -> int:
    """The day's number."""
    return (of - FIRST).days


def world(case: Case) -> spec.World:
    """What a case says, in facts."""
    facts: set[tuple[Any, ...]] = set()
    if case.state == "unopened":
        return frozenset(facts)
    facts |= {("at", case.state), ("community", COMMUNITY)}
    facts |= {("role", h.person, h.role) for h in case.people}
    facts |= {("did", done.duty, done.person) for done in case.done}
    facts |= {("out", person) for person in case.recused}
    facts |= {("refused", NAMES[digest]) for digest in case.refused_dossiers}
    facts |= {("gate", gate) for gate in case.open_gates}
    facts |= {("said", r.by, r.role, r.is_blocking) for r in case.reviews}
    facts |= {("waived", w.gate, w.grantor, number(w.ends_on)) for w in case.waivers}
    facts |= {("owed", c.id, c.owner, number(c.due_on), c.if_missed) for c in case.owed}
    facts |= {("complaint", name) for name in case.complaints}
    facts |= _single("dossier", case.dossier and NAMES[case.dossier])
    facts |= _single("proposed", case.level_proposed, case.level_by)
    facts |= _single("level", case.level)
    facts |= _single("rerun", case.reproduced_by)
    facts |= {("notice", number(case.notice_on))} if case.notice_on else set()
    facts |= {("appealed",)} if case.has_appealed else set()
    facts |= {("extended",)} if case.has_extended else set()
    if case.decisions:
        facts |= {("last", case.decisions[-1].verdict, number(case.decisions[-1].decided_on))}
    if case.approval is not None and case.approval.ends_on is not None:
        facts |= {("approval", NAMES[case.approval.dossier], number(case.approval.ends_on))}
    if case.meeting is not None:
        facts |= {("meeting",), *(("present", person) for person in case.meeting.present)}
        facts |= {("vote", vote.by, vote.verdict) for vote in case.meeting.votes}
        facts |= _single("endorsed", case.meeting.endorsed_by)
    return frozenset(facts)


def _single(name: str, *values: Any) -> set[tuple[Any, ...]]:
    return set() if values[0] is None else {(name, *values)}
