"""Takes the steps of the demonstration: each is signed by its person's key and entered, if it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from civic_ai.records.action import ACTIONS, Action
from civic_ai.records.case import Case
from civic_ai.review.binding import binding_of
from civic_ai.review.envelope import seal_envelope
from civic_ai.review.history import Event, dossier_of, statement_of
from civic_ai.review.key_files import KeyFile
from civic_ai.review.level import may_waive
from civic_ai.review.office import Office
from civic_ai.review.signatures import sign_statement
from civic_ai.review.workflow import steps_in
from civic_ai.web.demo.kept import Kept
from civic_ai.web.demo.people import HOLDERS, in_role
from civic_ai.web.demo.pilots import Service
from civic_ai.web.demo.ways import Deed
from civic_ai.web.demo.words import WORDS

Fields = dict[str, Any]


@dataclass(frozen=True)
class Taking:
    """The office, and everybody's key by name."""

    office: Office
    keys: Mapping[str, KeyFile]
    _answered: dict[tuple[Service, frozenset[str]], tuple[str, ...]] = field(default_factory=dict)
    """Pilots of one service are one run under several names: what one answers, all do (a test compares)."""

    def take(self, kept: Kept, deed: Deed, on: date) -> None:
        """One deed; ``waive`` is a step for each gate that the role may waive."""
        events = self.office.events(kept.pilot.name)
        scene = _Scene(self.office, kept, events[-1].after if events else Case(), on)
        fields = self._usual(scene, deed) | self._evidence(scene, deed, events)
        for more in _each(scene, deed):
            action = _made(scene, deed, fields | more)
            about = dossier_of(action, scene.case)
            statement = statement_of(kept.pilot.name, action, about, self.office.policy)
            key = self.keys[action.by]
            signature = sign_statement(statement, key.public_key, key.key)
            self.office.enter(seal_envelope(statement, [signature]))

    def _usual(self, scene: _Scene, deed: Deed) -> Fields:
        """The fields that need not be typed, and what the person says."""
        known = {
            "kind": deed.kind,
            "by": in_role(deed.role),
            "role": deed.role,
            "at": scene.on,
            "pilot": scene.kept.pilot.name,
            "dossier": scene.kept.dossier_digest,
            "open_gates": scene.kept.open_gates,
        }
        wanted = ACTIONS[deed.kind].model_fields
        said = deed.told(scene.kept.pilot.place.language)
        return {name: value for name, value in known.items() if name in wanted} | said

    def _evidence(self, scene: _Scene, deed: Deed, events: tuple[Event, ...]) -> Fields:
        """The fields of the record that a gate asks for, where the step stands at one."""
        if not any(step.gate for step in steps_in(scene.case) if step.kind == deed.kind):
            return {}
        decided = scene.kept.decided(events)
        key = scene.kept.pilot.service, frozenset(decided)
        if key not in self._answered:
            self._answered[key] = scene.kept.answered(decided)
        return {"answered": self._answered[key]}


def _each(scene: _Scene, deed: Deed) -> Iterator[Fields]:
    """What each step of a deed says besides."""
    if deed.kind != "waive":
        yield {}
        return
    for gate in scene.case.open_gates:
        if may_waive(scene.office.policy, scene.case.level, gate) == deed.role:
            ends_on = scene.on + timedelta(days=300)
            yield {"gate": gate, "reason": scene.word(f"waived-{gate}"), "ends_on": ends_on}


def _made(scene: _Scene, deed: Deed, fields: Fields) -> Action:
    finish = _FINISH.get(deed.kind)
    whole = fields if finish is None else finish(scene, fields)
    return ACTIONS[deed.kind].model_validate(whole)  # type: ignore[return-value]


@dataclass(frozen=True)
class _Scene:
    """What a step is completed from."""

    office: Office
    kept: Kept
    case: Case
    on: date

    def filed(self, content: bytes) -> str:
        """The digest of a file, which is kept with the others."""
        return self.office.blobs.put(content)

    def written(self, name: str) -> str:
        """The digest of a file that says these words."""
        return self.filed(self.word(name).encode())

    def word(self, name: str) -> str:
        """These words in the city's language."""
        return WORDS[name][self.kept.pilot.place.language]


def _open_case(scene: _Scene, fields: Fields) -> Fields:
    return fields | {"people": HOLDERS}


def _propose_level(scene: _Scene, fields: Fields) -> Fields:
    return fields | scene.kept.level


def _attest(scene: _Scene, fields: Fields) -> Fields:
    return fields | scene.kept.second_run | {"report": scene.filed(scene.kept.report)}


def _review(scene: _Scene, fields: Fields) -> Fields:
    if "finding" not in fields:
        return fields
    name, severity = fields.pop("finding")
    return fields | {"findings": [{"id": name, "severity": severity, "text": fields.pop("finding_text")}]}


def _post_notice(scene: _Scene, fields: Fields) -> Fields:
    notice = scene.kept.dossier / "public" / f"public_notice.{scene.kept.pilot.place.language}.html"
    return fields | {"notice": scene.filed(notice.read_bytes())}


def _open_meeting(scene: _Scene, fields: Fields) -> Fields:
    return fields | {"present": [in_role("chair"), in_role("member")]}


def _close_vote(scene: _Scene, fields: Fields) -> Fields:
    if "ends_after" not in fields:
        return fields
    ends = scene.on + timedelta(days=fields.pop("ends_after"))
    lot = {
        "id": "lot",
        "text": scene.word("condition-lot"),
        "owner": in_role("owner"),
        "due_on": scene.on + timedelta(days=45),
        "proof": scene.word("proof-lot"),
        "if_missed": "suspend",
    }
    bound = binding_of(scene.kept.dossier, scene.word("area"), scene.word("use"), ends)
    return fields | {"binding": bound, "conditions": [lot], "expires_on": ends}


def _meet_condition(scene: _Scene, fields: Fields) -> Fields:
    return fields | {"condition": scene.case.owed[0].id, "proof": scene.written("proof-lot")}


def _report_pilot(scene: _Scene, fields: Fields) -> Fields:
    return fields | {"report": scene.written("pilot-report"), "overrides": scene.written("overrides")}


def _request_renewal(scene: _Scene, fields: Fields) -> Fields:
    return fields | {"monitoring": scene.written("pilot-report")}


def _void(scene: _Scene, fields: Fields) -> Fields:
    approval = scene.case.approval
    assert approval is not None
    assert approval.binding is not None
    runs = approval.binding.model_copy(update={"capacity": fields.pop("capacity")})
    return fields | {"found": runs}


_FINISH: Mapping[str, Callable[[_Scene, Fields], Fields]] = {
    "open_case": _open_case,
    "propose_level": _propose_level,
    "attest_reproduction": _attest,
    "review": _review,
    "post_notice": _post_notice,
    "open_meeting": _open_meeting,
    "close_vote": _close_vote,
    "meet_condition": _meet_condition,
    "report_pilot": _report_pilot,
    "request_renewal": _request_renewal,
    "void": _void,
}
"""Fields that follow from files and from the case, by step."""
