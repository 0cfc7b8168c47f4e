"""The form of a step, read from its record: one field of a form for each field that somebody must fill."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from civic_ai.core.messages import Message
from civic_ai.records.action import ACTIONS
from civic_ai.records.case import Case
from civic_ai.records.decision import Ballot
from civic_ai.records.people import BoardRole
from civic_ai.records.policy import Policy
from civic_ai.records.record import Record
from civic_ai.records.workflow_words import ANSWERS
from civic_ai.review.grant_rules import gates_to_waive
from civic_ai.review.level import gate_name
from civic_ai.review.quorum import seats
from civic_ai.review.step_evidence import FILED
from civic_ai.review.step_maker import FILLED
from civic_ai.review.verdicts import ABSTAIN, ENDS
from civic_ai.web.evidence import KEPT
from civic_ai.web.steps.words import CODES, FILES, HINTS, LABELS, YES_NO

Widget = Literal["line", "area", "day", "choice", "select", "presence", "tick", "file", "rows", "group"]
Told = Message | str
READ = {"propose_level": {"level", "answers"}, "attest_reproduction": {"agrees"}}
"""Fields that the step's own files say."""
DERIVED = frozenset({"absent"})
"""Fields that follow from another: who is not ticked as present is absent."""
BINDINGS = ("binding", "found")
LAST_DAY = "ends_on"
SCOPE = ("area", "use", LAST_DAY)
"""What somebody says of an approval; all else that it binds is read from the dossier. Who closes a vote gives
the last day once, as that of the approval."""
NUMBERED = "id"
"""Parts in a list are numbered by the desk: nobody needs to think of a name for a finding."""
MOST_BUTTONS = 4
"""A choice of more is a list to open."""
MORE_ROWS = 4
FIRST_ROWS: Mapping[str, int] = {"people": 10}
"""Rows that a list begins with; others with one."""
MOST_ROWS = 40


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen."""

    value: str
    told: Told


@dataclass(frozen=True)
class FormField:
    """One field of a form. ``name`` is its place in the record: ``findings.0.text``. ``parts``: the fields of
    a group, or of one row of a list."""

    name: str
    widget: Widget
    label: Message
    hint: Message | None = None
    is_required: bool = True
    options: tuple[Option, ...] = ()
    parts: tuple[FormField, ...] = ()

    @property
    def inner(self) -> tuple[FormField, ...]:
        """The fields of a group."""
        return tuple(
            replace(part, name=f"{self.name}.{part.name}", is_required=self.is_required)
            for part in self.parts
        )

    def row(self, number: int) -> tuple[FormField, ...]:
        """The fields of one row of a list; an empty row is no mistake, so none of them is required."""
        return tuple(
            replace(part, name=f"{self.name}.{number}.{part.name}", is_required=False) for part in self.parts
        )


@dataclass(frozen=True)
class Around:
    """What a form must know of the case: who takes part, which gates are open, what is owed."""

    case: Case
    policy: Policy
    roster: tuple[str, ...] = ()
    dossiers: tuple[str, ...] = ()
    """The dossiers of this pilot that the workspace holds, the newest first."""
    roles: tuple[BoardRole, ...] = ()
    """The roles in which the reader may take the step."""
    kind: str = field(default="")


def fields_of(kind: str, around: Around) -> tuple[FormField, ...]:
    """The form of a step."""
    around = replace(around, kind=kind)
    skipped = FILLED | DERIVED | READ.get(kind, set())
    model = ACTIONS[kind].model_fields
    made = [_made(name, info, around) for name, info in model.items() if name not in skipped]
    if "open_gates" in model:
        chosen = tuple(Option(digest, digest[:12]) for digest in around.dossiers)
        made.insert(0, FormField("dossier", "select", LABELS["dossier"], HINTS["dossier"], options=chosen))
    if kind == "open_case":
        made.insert(0, FormField("pilot", "line", LABELS["pilot"], HINTS["pilot"]))
    return tuple(sorted(made, key=_place))


def _place(made: FormField) -> int:
    """What is chosen comes before its reason, all else after."""
    if made.widget in ("choice", "select", "presence", "line"):
        return 0
    return 1 if made.name == "reason" else 2


def _made(name: str, info: FieldInfo, around: Around) -> FormField:
    if info.annotation is bool and not info.is_required():
        return FormField(name, "tick", LABELS[name], HINTS.get(name), is_required=False)
    found = _of_name(name, around) or _of_type(name, info.annotation, around)
    return replace(found, is_required=info.is_required(), hint=found.hint or HINTS.get(name))


def _of_name(name: str, around: Around) -> FormField | None:
    """Fields whose answers the case knows, and files."""
    if name in FILED and not (name == "proof" and around.kind == "close_vote"):
        return FormField(name, "file", LABELS[name], FILES[name in KEPT])
    if name in BINDINGS:
        asked = (one for one in SCOPE if one != LAST_DAY or around.kind != "close_vote")
        parts = tuple(FormField(one, "day" if one == LAST_DAY else "area", LABELS[one]) for one in asked)
        return FormField(name, "group", LABELS[name], parts=parts)
    if name not in _CHOSEN or (options := _CHOSEN[name](around)) is None:
        return None
    return FormField(name, _WIDGETS.get(name, "select"), LABELS[name], options=options)


def _of_type(name: str, annotation: Any, around: Around) -> FormField:
    """Fields by the type of what they hold."""
    kind = _bare(annotation)
    if get_origin(kind) is tuple:
        return FormField(name, "rows", LABELS[name], parts=_parts(get_args(kind)[0], around))
    if isinstance(kind, type) and issubclass(kind, Record):
        return FormField(name, "group", LABELS[name], parts=_parts(kind, around))
    if get_origin(kind) is Literal:
        words = CODES[name]
        options = tuple(Option(code, words[code]) for code in get_args(kind))
        return FormField(name, "choice", LABELS[name], options=options)
    if kind is bool:
        options = tuple(Option(value, told) for value, told in YES_NO.items())
        return FormField(name, "choice", LABELS[name], options=options)
    return FormField(name, "day" if kind is date else _letters(name), LABELS[name])


def _letters(name: str) -> Widget:
    return "line" if name in ("person", "appeal", "owner", "where", "proof") else "area"


def _parts(record: type[Record], around: Around) -> tuple[FormField, ...]:
    """The fields of a group or of a row; a long choice is a list there, so that the form stays short."""
    made = (_made(name, info, around) for name, info in record.model_fields.items() if name != NUMBERED)
    return tuple(
        replace(part, widget="select") if len(part.options) > MOST_BUTTONS else part for part in made
    )


def _bare(annotation: Any) -> Any:
    """The type without what annotates it, and without None."""
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(one for one in get_args(annotation) if one is not type(None)))
    return annotation


def _people(around: Around) -> tuple[Option, ...] | None:
    """Everybody in the case; who takes part in a new one is written as the keys name them."""
    if around.kind in ("open_case", "assign"):
        return tuple(Option(name, name) for name in around.roster) or None
    names = dict.fromkeys(holder.person for holder in around.case.people)
    return tuple(Option(name, name) for name in names)


def _objections(around: Around) -> tuple[Option, ...] | None:
    if around.kind == "resident_appeal":
        return None
    return tuple(Option(name, name) for name in around.case.complaints)


def _verdicts(around: Around) -> tuple[Option, ...]:
    """The answers that the board's question has; a vote may also abstain."""
    ends: tuple[Ballot, ...] = tuple(ENDS.get(around.case.state, ()))
    possible = (*ends, ABSTAIN) if around.kind == "vote" else ends
    return tuple(Option(verdict, ANSWERS[verdict]) for verdict in possible)


_WIDGETS: Mapping[str, Widget] = {"present": "presence", "verdict": "choice"}
_CHOSEN: Mapping[str, Callable[[Around], tuple[Option, ...] | None]] = {
    "person": _people,
    "owner": _people,
    "present": lambda around: tuple(Option(name, name) for name in seats(around.case)),
    "verdict": _verdicts,
    "gate": lambda around: tuple(
        Option(gate, gate_name(around.policy, gate))
        for gate in gates_to_waive(around.case, around.roles, around.policy)
    ),
    "condition": lambda around: tuple(Option(owed.id, owed.text) for owed in around.case.owed),
    "appeal": _objections,
}
"""Fields with answers that the case gives."""
