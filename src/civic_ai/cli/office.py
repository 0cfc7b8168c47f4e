"""The office as the command line opens it: which ledger, key and policy; a step is signed and entered."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from civic_ai.cli.dates import today
from civic_ai.cli.language import reader_language
from civic_ai.cli.step_evidence import (
    answered_fields,
    by_name,
    filed,
    manifest_of,
    proposed_level,
    require_as_read,
    with_binding,
)
from civic_ai.core.errors import ConfigError, Mistake, RefusedError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.records.action import Action
    from civic_ai.records.alias import AliasMove
    from civic_ai.records.case import Case
    from civic_ai.review.office import Entered, Office
    from civic_ai.store.workspace import Workspace

WORKSPACE_HELP = "Where generated things are kept."
POLICY_HELP = "The board's policy file."


@dataclass(frozen=True)
class Typed:
    """What a person names besides the fields of a step: ``pilot`` is its folder, or only its name.

    ``files``: what the step names by digest, each ``FILE`` or ``field=FILE``. ``numbers_checked``: small
    numbers in what the public will read were looked at.
    """

    pilot: Path
    key: Path
    role: str
    dossier: Path | None = None
    files: tuple[str, ...] = ()
    numbers_checked: bool = False

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
        from civic_ai.review.small_numbers import require_no_small_numbers
        from civic_ai.tracking.outbox import post_aliases

        action = _made(kind, self._completed(kind, given, typed))
        if not typed.numbers_checked:
            require_no_small_numbers(action, self.office.policy)
        try:
            entered = self.office.sign_and_enter(
                typed.name, action, lambda said: seal_envelope(said, [sign_with_file(typed.key, said)])
            )
        except RefusedError as error:
            raise RefusedError(by_name(mistake, reader_language()) for mistake in error.mistakes) from error
        if self.workspace is not None and kind in _MOVES_ALIASES:
            post_aliases(self.workspace, _alias_move(entered))
        return entered

    def _completed(self, kind: str, given: dict[str, Any], typed: Typed) -> dict[str, Any]:
        """The fields that need not be typed: who, in which role, when, on which dossier, on what evidence."""
        from civic_ai.records.action import ACTIONS

        if kind not in ACTIONS:
            raise ConfigError.because(
                say("is no step of the workflow"),
                about=kind,
                remedy=say("Use one of: {kinds}.", kinds=", ".join(f"`{each}`" for each in ACTIONS)),
            )
        wanted, case = ACTIONS[kind].model_fields, self.office.case(typed.name)
        folder = typed.dossier or self._handed_in(typed.name, case)
        found: dict[str, Any] = {
            "kind": kind,
            "by": self._holder(typed.key),
            "role": typed.role,
            "at": today(),
            "pilot": typed.name,
            "dossier": case.dossier if typed.dossier is None else manifest_of(typed.dossier).digest,
        }
        if kind == "propose_level":
            found |= proposed_level(typed.pilot, self.office.policy)
        read = self._read(kind, typed.pilot, case, folder)
        read |= filed(kind, typed.files, wanted) if typed.files else {}
        require_as_read(read, given)
        known = {name: value for name, value in found.items() if name in wanted}
        return known | with_binding(given, wanted, folder) | read

    def _handed_in(self, pilot: str, case: Case) -> Path | None:
        """Where the dossier that the case is about stands in this workspace; None where it does not."""
        if self.workspace is None or case.dossier is None:
            return None
        folder = self.workspace.dossiers(pilot) / case.dossier[:12]
        return folder if folder.is_dir() else None

    def _read(self, kind: str, pilot: Path, case: Case, folder: Path | None) -> dict[str, Any]:
        """What the step rests on, as the files say it: the answered fields of its gate, the open gates."""
        from civic_ai.records.action import ACTIONS
        from civic_ai.review.decided import decided_of
        from civic_ai.review.handed_in import open_gates
        from civic_ai.review.workflow import not_now, steps_in

        possible = [step for step in steps_in(case) if step.kind == kind]
        if not possible:
            raise not_now(case, kind)
        has_gate = any(step.gate is not None for step in possible)
        hands_in = "open_gates" in ACTIONS[kind].model_fields
        if not has_gate and not hands_in:
            return {}
        if folder is None or not pilot.is_dir():
            raise _not_at_hand(kind, folder is None)
        decided = decided_of(self.office.events(case.pilot or ""), manifest_of(folder).digest)
        read: dict[str, Any] = {"answered": answered_fields(pilot, folder, self.office.policy, decided)}
        return read | ({"open_gates": open_gates(folder, self.office.policy)} if hands_in else {})

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


def _not_at_hand(kind: str, no_dossier: bool) -> Exception:
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


_TYPED_BY_US = frozenset({"kind", "by", "role", "at", "pilot", "dossier", "answered", "open_gates"})
"""Fields that nobody needs to type."""


def _made(kind: str, fields: dict[str, Any]) -> Action:
    """The action of these fields. Raises :class:`ConfigError` with every mistake."""
    from civic_ai.records.action import ACTIONS

    try:
        return ACTIONS[kind].model_validate(fields)  # type: ignore[return-value]
    except ValidationError as error:
        raise ConfigError([_mistake(kind, detail) for detail in error.errors(include_url=False)]) from error


def _mistake(kind: str, detail: Any) -> Mistake:
    from civic_ai.pilot.located import did_you_mean, sentence_of
    from civic_ai.records.action import ACTIONS

    remedy = say("Give it with --set or --from.")
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        remedy = did_you_mean(str(detail["loc"][0]), sorted(ACTIONS[kind].model_fields.keys() - _TYPED_BY_US))
    return Mistake(".".join([kind, *map(str, detail["loc"])]), sentence_of(detail), None, remedy)


def open_desk(ledger: str | None, workspace: Path | None, policy: Path | None) -> Desk:
    """The office of these options, of the environment where they are left out.

    Raises :class:`ConfigError` where no ledger was founded, or a key or policy cannot be read.
    """
    from civic_ai.cli.record import ledger_to_read
    from civic_ai.policy.load import load_policy
    from civic_ai.review.office import Office
    from civic_ai.store.workspace import open_workspace

    home = open_workspace(os.environ, workspace)
    return Desk(Office(ledger_to_read(ledger, home.folder), load_policy(policy), home.blobs), home)


def open_desk_to_write(
    ledger: str | None, log_key: Path | None, workspace: Path | None, policy: Path | None
) -> Desk:
    """The same with the log's key, without which nothing is entered."""
    from civic_ai.cli.record import log_key as read_log_key

    desk = open_desk(ledger, workspace, policy)
    key = read_log_key(log_key, workspace)
    office = replace(desk.office, ledger=replace(desk.office.ledger, log_key=key))
    return replace(desk, office=office)
