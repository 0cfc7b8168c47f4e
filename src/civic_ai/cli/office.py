"""The office as the command line opens it: which ledger, key and policy; a step is signed and entered."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_ai.cli.dates import today
from civic_ai.cli.language import reader_language
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.records.action import Action
    from civic_ai.review.note import VerifierKey
    from civic_ai.review.office import Entered, Office
    from civic_ai.store.workspace import Workspace

WORKSPACE_HELP = "Where generated things are kept."
POLICY_HELP = "The board's policy file."


def name_of(pilot: Path) -> str:
    """The name of a pilot by its folder, or as it was typed where no pilot stands there."""
    from civic_ai.pilot.located import validate
    from civic_ai.pilot.spec import PilotSpec
    from civic_ai.store.yaml import load_yaml

    file = pilot / "pilot.yaml"
    return validate(load_yaml(file), PilotSpec).pilot if file.is_file() else str(pilot)


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
        return name_of(self.pilot)


@dataclass(frozen=True)
class Desk:
    """An office, and how a step is made of what a person types. ``workspace``: where MLflow's outbox is."""

    office: Office
    workspace: Workspace | None = None

    def require_continued(self, log: VerifierKey) -> None:
        """Raise :class:`RefusedError` where an older ledger, or another, was put in the place of this one."""
        from civic_ai.review.ledger_memory import LedgerMemory

        if self.workspace is not None:
            LedgerMemory(self.workspace.seen).require_continued(log, self.office.ledger)

    def take(self, kind: str, given: dict[str, Any], typed: Typed) -> Entered:
        """Make the step, have it checked, sign it, enter it.

        Raises :class:`ConfigError` for fields that are wrong, :class:`RefusedError` where the step may not be
        taken.
        """
        from civic_ai.review.envelope import seal_envelope
        from civic_ai.review.key_files import sign_with_file
        from civic_ai.review.small_numbers import require_no_small_numbers
        from civic_ai.review.step_evidence import by_name
        from civic_ai.tracking.aliases import post_last_move

        action = self._made(kind, given, typed)
        if not typed.numbers_checked:
            require_no_small_numbers(action, self.office.policy)
        try:
            entered = self.office.sign_and_enter(
                typed.name, action, lambda said: seal_envelope(said, [sign_with_file(typed.key, said)])
            )
        except RefusedError as error:
            raise RefusedError(by_name(mistake, reader_language()) for mistake in error.mistakes) from error
        if self.workspace is not None:
            post_last_move(self.workspace, typed.name, self.office.events(typed.name))
        return entered

    def _made(self, kind: str, given: dict[str, Any], typed: Typed) -> Action:
        """The step of these fields, with what the files say."""
        from civic_ai.records.action import ACTIONS
        from civic_ai.review.step_evidence import filed, require_as_read
        from civic_ai.review.step_maker import StepMaker, Taking, require_step

        require_step(kind)
        named = filed(kind, typed.files, ACTIONS[kind].model_fields) if typed.files else {}
        require_as_read(named, given)
        by = self._holder(typed.key)
        taking = Taking(typed.name, by, typed.role, today(), typed.pilot, typed.dossier)
        return StepMaker(self.office, self.workspace).make(kind, given | named, taking)

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
    """The same with the log's key, without which nothing is entered.

    Raises :class:`RefusedError` also where the ledger does not go on from what this workspace saw of it.
    """
    from civic_ai.cli.record import log_key as read_log_key

    desk = open_desk(ledger, workspace, policy)
    key = read_log_key(log_key, workspace)
    desk.require_continued(key.public)
    office = replace(desk.office, ledger=replace(desk.office.ledger, log_key=key))
    return replace(desk, office=office)
