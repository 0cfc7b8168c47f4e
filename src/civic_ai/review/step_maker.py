"""A step made of what a person says: everything that need not be said is read from where it stands.

::

    maker = StepMaker(office, workspace)
    action = maker.make("vote", {"verdict": "approve", "reason": "..."}, taking)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from civic_ai.core.errors import CivicError, ConfigError, Mistake
from civic_ai.core.messages import say
from civic_ai.pilot.located import did_you_mean, sentence_of
from civic_ai.records.action import ACTIONS, Action
from civic_ai.records.case import Case
from civic_ai.review.decided import decided_of
from civic_ai.review.handed_in import open_gates
from civic_ai.review.office import Office
from civic_ai.review.step_evidence import (
    answered_fields,
    manifest_of,
    proposed_level,
    require_as_read,
    with_binding,
)
from civic_ai.review.workflow import not_now, steps_in
from civic_ai.store.workspace import Workspace

FILLED = frozenset({"kind", "by", "role", "at", "pilot", "dossier", "answered", "open_gates", "again"})
"""Fields that nobody needs to say."""


def require_step(kind: str) -> None:
    """Raise :class:`ConfigError` where the workflow has no step of this name."""
    if kind not in ACTIONS:
        raise ConfigError.because(
            say("is no step of the workflow"),
            about=kind,
            remedy=say("Use one of: {kinds}.", kinds=", ".join(f"`{each}`" for each in ACTIONS)),
        )


@dataclass(frozen=True)
class Taking:
    """Who takes a step, in which role, case and on which day, and what it rests on.

    ``folder``: the city's own, with the pilot's answers. ``dossier``: the folder of a sealed one, where it is
    another than the case is about.
    """

    pilot: str
    by: str
    role: str
    on: date
    folder: Path
    dossier: Path | None = None


@dataclass(frozen=True)
class StepMaker:
    """Makes steps for one office. ``workspace``: where the dossiers of its cases are kept."""

    office: Office
    workspace: Workspace | None = None

    def make(self, kind: str, given: dict[str, Any], taking: Taking) -> Action:
        """The action of ``given`` and of all that the files say.

        Raises :class:`ConfigError` for fields that are wrong, each named; :class:`RefusedError` where the
        state has no such step, or something else was said than the files say.
        """
        require_step(kind)
        return _made(kind, self._completed(kind, given, taking))

    def _completed(self, kind: str, given: dict[str, Any], taking: Taking) -> dict[str, Any]:
        """The fields that need not be said: who, in which role, when, on which dossier, on what evidence."""
        wanted, case = ACTIONS[kind].model_fields, self.office.case(taking.pilot)
        folder = taking.dossier or self._handed_in(taking.pilot, case)
        found: dict[str, Any] = {
            "kind": kind,
            "by": taking.by,
            "role": taking.role,
            "at": taking.on,
            "pilot": taking.pilot,
            "dossier": case.dossier if taking.dossier is None else manifest_of(taking.dossier).digest,
        }
        read = self._read(kind, taking, case, folder)
        if kind == "propose_level":
            read |= proposed_level(taking.folder, self.office.policy)
        require_as_read(read, given)
        known = {name: value for name, value in found.items() if name in wanted}
        return known | with_binding(given, wanted, folder) | read

    def _handed_in(self, pilot: str, case: Case) -> Path | None:
        """Where the dossier that the case is about stands in this workspace; None where it does not."""
        if self.workspace is None or case.dossier is None:
            return None
        folder = self.workspace.dossiers(pilot) / case.dossier[:12]
        return folder if folder.is_dir() else None

    def _read(self, kind: str, taking: Taking, case: Case, folder: Path | None) -> dict[str, Any]:
        """What the step rests on, as the files say it: the answered fields of its gate, the open gates."""
        possible = [step for step in steps_in(case) if step.kind == kind]
        if not possible:
            raise not_now(case, kind)
        has_gate = any(step.gate is not None for step in possible)
        hands_in = "open_gates" in ACTIONS[kind].model_fields
        if not has_gate and not hands_in:
            return {}
        if folder is None or not taking.folder.is_dir():
            raise _not_at_hand(kind, folder is None)
        events = self.office.events(case.pilot or "")
        decided = decided_of(events, manifest_of(folder).digest, self.office.policy_of)
        read: dict[str, Any] = {
            "answered": answered_fields(taking.folder, folder, self.office.policy, decided)
        }
        return read | ({"open_gates": open_gates(folder, self.office.policy)} if hands_in else {})


def _not_at_hand(kind: str, no_dossier: bool) -> CivicError:
    """What this step rests on is not here to be read."""
    if no_dossier:
        return ConfigError.because(
            say("this step rests on the sealed dossier, and none is at hand"),
            about=kind,
            remedy=say("Name its folder: --dossier workspace/dossiers/PILOT/DIGEST."),
        )
    return ConfigError.because(
        say("this step rests on the city's answers, and only the pilot's name was given"),
        about=kind,
        remedy=say("Name the pilot's folder, where answers.yaml stands."),
    )


def _made(kind: str, fields: dict[str, Any]) -> Action:
    """The action of these fields. Raises :class:`ConfigError` with every mistake."""
    try:
        return ACTIONS[kind].model_validate(fields)  # type: ignore[return-value]
    except ValidationError as error:
        raise ConfigError([_mistake(kind, detail) for detail in error.errors(include_url=False)]) from error


def _mistake(kind: str, detail: Any) -> Mistake:
    remedy = say("Give it with --set or --from.")
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        remedy = did_you_mean(str(detail["loc"][0]), sorted(ACTIONS[kind].model_fields.keys() - FILLED))
    return Mistake(".".join([kind, *map(str, detail["loc"])]), sentence_of(detail), None, remedy)
