"""The office as the command line opens it: which ledger, key and policy; a step is signed and entered."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from civic_ai.cli.dates import read_day, today
from civic_ai.core.errors import ConfigError, Mistake, RefusedError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.records.action import Action
    from civic_ai.records.alias import AliasMove
    from civic_ai.records.case import Case
    from civic_ai.records.dossier import Dossier
    from civic_ai.records.impact_level import ImpactLevel
    from civic_ai.records.policy import Policy
    from civic_ai.review.office import Entered, Office
    from civic_ai.store.workspace import Workspace

WORKSPACE_HELP = "Where generated things are kept."
POLICY_HELP = "The board's policy file."


@dataclass(frozen=True)
class Typed:
    """What a person names besides the fields of a step: ``pilot`` is its folder, or only its name."""

    pilot: Path
    key: Path
    role: str
    dossier: Path | None = None

    @property
    def name(self) -> str:
        """The pilot's name."""
        from civic_ai.pilot.located import validate
        from civic_ai.pilot.spec import PilotSpec
        from civic_ai.store.yaml import load_yaml

        file = self.pilot / "pilot.yaml"
        return validate(load_yaml(file), PilotSpec).pilot if file.is_file() else str(self.pilot)


@dataclass(frozen=True)
class Desk:
    """An office, and how a step is made of what a person types. ``workspace``: where MLflow's outbox is."""

    office: Office
    workspace: Workspace | None = None

    def take(self, kind: str, given: dict[str, Any], typed: Typed) -> Entered:
        """Make the step, have it checked, sign it, enter it.

        Raises :class:`ConfigError` for fields that are wrong, :class:`RefusedError` where the step may not be
        taken.
        """
        from civic_ai.review.envelope import seal_envelope
        from civic_ai.review.key_files import sign_with_file
        from civic_ai.tracking.outbox import post_aliases

        action = _made(kind, self._completed(kind, given, typed))
        entered = self.office.sign_and_enter(
            typed.name, action, lambda said: seal_envelope(said, [sign_with_file(typed.key, said)])
        )
        if self.workspace is not None and kind in _MOVES_ALIASES:
            post_aliases(self.workspace, _alias_move(entered))
        return entered

    def open_gates(self, dossier: Path) -> list[str]:
        """The gates of a sealed dossier that do not pass."""
        from civic_ai.records.gates import GateReport

        _manifest(dossier)
        report = GateReport.model_validate_json((dossier / "gates.json").read_bytes())
        return [check.gate for check in report.checks if check.verdict != "pass"]

    def _completed(self, kind: str, given: dict[str, Any], typed: Typed) -> dict[str, Any]:
        """The fields that need not be typed: who, in which role, when, on which dossier, on what evidence."""
        from civic_ai.records.action import ACTIONS

        if kind not in ACTIONS:
            raise ConfigError.because(
                say("is no step of the workflow"),
                about=kind,
                remedy=say("Use one of: {kinds}.", kinds=", ".join(ACTIONS)),
            )
        wanted = ACTIONS[kind].model_fields
        case = self.office.case(typed.name)
        about = None if typed.dossier is None else _manifest(typed.dossier).digest
        found: dict[str, Any] = {
            "kind": kind,
            "by": self._holder(typed.key),
            "role": typed.role,
            "at": today(),
        }
        found |= {"pilot": typed.name} if "pilot" in wanted else {}
        found |= {"dossier": about or case.dossier} if "dossier" in wanted else {}
        if typed.pilot.is_dir():
            found["answered"] = self._answered(typed, case)
        if kind == "propose_level":
            found |= _proposed(typed.pilot, self.office.policy)
        for field in _BINDINGS & wanted.keys():
            given = _bound(field, given, typed.dossier)
        return found | given

    def _holder(self, key: Path) -> str:
        """Whom the ledger knows this key as."""
        from civic_ai.review.key_files import read_public_key

        public = read_public_key(key.with_name(key.name + ".pub"), holder="-")
        span = self.office.ledger.register().spans.get(public.id)
        if span is None:
            raise RefusedError.because(
                say("this key is not enrolled"),
                about=str(key),
                remedy=say("A custodian enrols it: `civic-ai keys enroll`."),
            )
        return span.key.holder

    def _answered(self, typed: Typed, case: Case) -> list[str]:
        """The fields that the pilot's record answers with evidence: by its run, its city, and this board."""
        from civic_ai.cards.pilot_record import Declared, record_of
        from civic_ai.cards.sealed import read_sealed
        from civic_ai.pilot.answers import Beside, load_answers
        from civic_ai.pilot.crosswalk import shipped_crosswalk
        from civic_ai.review.decided import decided_of

        if typed.dossier is None:
            return []
        crosswalk = shipped_crosswalk()
        answers = load_answers(Beside(crosswalk, typed.name, typed.pilot.resolve()))
        decided = decided_of(self.office.steps(typed.name))
        impact = impact_of(typed.pilot, self.office.policy)
        declared = Declared(answers=answers, decided=decided, level=case.level, impact=impact)
        return sorted(record_of(read_sealed(typed.dossier, "board"), declared, crosswalk).answered)


def impact_of(pilot: Path, policy: Policy) -> ImpactLevel | None:
    """The level that the pilot's answers to the questionnaire give; None where it has none."""
    from civic_ai.policy.impact_answers import ANSWERS_FILE, pilot_answers
    from civic_ai.policy.impact_level import find_level
    from civic_ai.policy.impact_questionnaire import shipped_questionnaire

    if not (pilot / ANSWERS_FILE).is_file():
        return None
    questions = shipped_questionnaire()
    return find_level(questions, pilot_answers(pilot, questions), policy)


def _proposed(pilot: Path, policy: Policy) -> dict[str, Any]:
    """The level that the questionnaire gives, and the digest of its answers; nothing where it has none."""
    from civic_ai.policy.impact_answers import pilot_answers
    from civic_ai.policy.impact_questionnaire import shipped_questionnaire

    found = impact_of(pilot, policy)
    if found is None or found.level is None:
        return {}
    return {"level": found.level, "answers": pilot_answers(pilot, shipped_questionnaire()).digest}


_MOVES_ALIASES = frozenset({"close_vote", "lapse", "void", "stop"})
"""Steps that begin or end an approval."""


def _alias_move(entered: Entered) -> AliasMove:
    """Where MLflow's aliases belong after this step: a sign for scientists, never the gate."""
    from civic_ai.records.alias import AliasMove

    case = entered.case
    approved = None if case.approval is None else case.approval.dossier
    once = [made.dossier for made in case.decisions if made.ends_on is not None and made.dossier != approved]
    return AliasMove(
        pilot=entered.step.pilot,
        number=entered.entry.number,
        approved=approved,
        retired=once[-1] if once else None,
    )


_BINDINGS = frozenset({"binding", "found"})


def _bound(field: str, given: dict[str, Any], dossier: Path | None) -> dict[str, Any]:
    """The fields with the binding read from the dossier, where area, use and end date are given."""
    from civic_ai.review.binding import binding_of

    scope = {name: given[name] for name in ("area", "use", "ends_on") if name in given}
    rest = {name: value for name, value in given.items() if name not in scope}
    if dossier is None or len(scope) < 3:
        return given
    bound = binding_of(dossier, scope["area"], scope["use"], read_day(scope["ends_on"]))
    return rest | {field: bound.model_dump(mode="json")}


def _made(kind: str, fields: dict[str, Any]) -> Action:
    """The action of these fields. Raises :class:`ConfigError` with every mistake."""
    from civic_ai.records.action import ACTIONS

    try:
        return ACTIONS[kind].model_validate(fields)  # type: ignore[return-value]
    except ValidationError as error:
        raise ConfigError([_mistake(kind, detail) for detail in error.errors(include_url=False)]) from error


def _mistake(kind: str, detail: Any) -> Mistake:
    about = ".".join([kind, *map(str, detail["loc"])])
    return Mistake(about, say("{reason}", reason=detail["msg"]), None, say("Give it with --set or --from."))


def _manifest(dossier: Path) -> Dossier:
    """The manifest of an intact dossier. Raises :class:`RefusedError` where it was altered."""
    from civic_ai.cards.verification import read_manifest, require_intact

    require_intact(dossier)
    return read_manifest(dossier)


def open_desk(ledger: str | None, workspace: Path | None, policy: Path | None) -> Desk:
    """The office of these options, of the environment where they are left out.

    Raises :class:`ConfigError` where no ledger was founded, or a key or policy cannot be read.
    """
    from civic_ai.cli.record import ledger_to_read
    from civic_ai.policy.load import load_policy
    from civic_ai.review.office import Office
    from civic_ai.store.workspace import open_workspace

    home = open_workspace(os.environ, workspace)
    return Desk(Office(ledger_to_read(ledger), load_policy(policy), home.blobs), home)


def open_desk_to_write(
    ledger: str | None, log_key: Path | None, workspace: Path | None, policy: Path | None
) -> Desk:
    """The same with the log's key, without which nothing is entered."""
    from civic_ai.cli.record import log_key as read_log_key

    desk = open_desk(ledger, workspace, policy)
    office = replace(desk.office, ledger=replace(desk.office.ledger, log_key=read_log_key(log_key)))
    return replace(desk, office=office)
