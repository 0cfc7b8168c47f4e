"""A release: all that `score` needs where no workspace stands, and all that shows that it is approved.

::

    dossier/       the sealed dossier, with its bundle
    ledger/        the exported ledger: entries, leaf hashes, checkpoint
    policies/      each policy that ruled in the case, by its digest
    binding.json decision.json        to what the approval is bound; the board's decision
    statement.json receipt.txt        what was signed to close the vote; that it stands on the ledger
    release.json   who, what, until when (records.deployment.Deployment)

Whoever reads a release brings the log's public key. The case is folded again from the ledger's entries:
nothing in ``decision.json`` is believed, and ``release.json`` must say what the ledger says. What came after
the release it cannot show.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from civic_ai.cards.verification import read_manifest
from civic_ai.core.errors import ConfigError, Mistake, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.deployment.approval import require_approval
from civic_ai.records.case import Case
from civic_ai.records.decision import Decision
from civic_ai.records.deployment import Deployment
from civic_ai.records.policy import Policy
from civic_ai.review.history import PolicyOf, Taken, case_of
from civic_ai.review.ledger_export import ExportedLedger, export, read_export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.office import Office
from civic_ai.review.receipt import make_receipt, receipt_text
from civic_ai.store.blobs import store_error, write_file
from civic_ai.store.scratch import scratch_prefix

DOSSIER, LEDGER, POLICIES, RELEASE = "dossier", "ledger", "policies", "release.json"


@dataclass(frozen=True)
class Released:
    """A release whose ledger was verified: the case as it stood, the policy of its approval, the record."""

    folder: Path
    case: Case
    policy: Policy
    record: Deployment

    @property
    def dossier(self) -> Path:
        """The folder of the sealed dossier."""
        return self.folder / DOSSIER


def write_release(folder: Path, office: Office, dossier: Path, at: datetime) -> Deployment:
    """Write the release of the approved ``dossier`` to ``folder``, which must not exist: all or nothing.

    Raises :class:`RefusedError` as :func:`~civic_ai.deployment.approval.require_approval`.
    """
    if folder.exists():
        raise ConfigError.because(
            say("something stands here already"), about=str(folder), remedy=say("Choose another folder.")
        )
    pilot = _pilot_of(dossier)
    case = office.case(pilot)
    decision = require_approval(case, dossier, at.date(), office.policy)
    record = _record(case, decision, at.date())
    _write_all(folder, dossier, {**_files(office, pilot, decision), RELEASE: record.to_json()})
    return record


def read_release(folder: Path, trust: Trust, at: datetime) -> Released:
    """The release in ``folder``, its ledger verified by keys that the reader brings.

    Raises :class:`RefusedError` where the ledger was altered, or does not hold the decision that the release
    names; :class:`ConfigError` where no release stands. Whether the approval still holds is asked after that.
    """
    try:
        record = Deployment.model_validate_json((folder / RELEASE).read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError.because(
            say("holds no release"), about=str(folder), remedy=say("`civic-ai release` writes one.")
        ) from error
    case = case_on(read_export(folder / LEDGER), record.pilot, _policies_in(folder / POLICIES), trust, at)
    approval = case.approval
    if approval is None or _record(case, approval, record.released_on) != record:
        raise _refused(folder, say("the ledger does not hold the decision that the release names"))
    return Released(folder, case, _policies_in(folder / POLICIES)(approval.policy), record)


def case_on(exported: ExportedLedger, pilot: str, policy_of: PolicyOf, trust: Trust, at: datetime) -> Case:
    """Where the case of ``pilot`` stands on an exported ledger. Raises :class:`RefusedError`, with every
    fault, unless the ledger is good by the keys in ``trust``."""
    found = verify_ledger(exported, trust, at)
    if not found.is_good:
        remedy = say("Do not use it; `civic-ai ledger verify` says more.")
        raise RefusedError(
            Mistake("ledger", finding.says, remedy=remedy) for finding in found.findings if finding.is_fault
        )
    return case_of(pilot, (entry for entry, _ in found.admitted), policy_of)


def _pilot_of(dossier: Path) -> str:
    try:
        return read_manifest(dossier).pilot
    except (OSError, ValueError) as error:
        raise ConfigError.because(
            say("holds no manifest.json, so it is no dossier"),
            about=str(dossier),
            remedy=say("Name the folder that a run printed as its dossier."),
        ) from error


def _record(case: Case, decision: Decision, released_on: date) -> Deployment:
    told = {
        "pilot": case.pilot,
        "state": case.state,
        "decision": decision.digest,
        "binding": decision.binding,
        "ends_on": decision.ends_on,
        "released_on": released_on,
    }
    return Deployment.model_validate(told)


def _files(office: Office, pilot: str, decision: Decision) -> dict[str, bytes]:
    """Path and content of everything but the dossier and ``release.json``."""
    assert decision.binding is not None
    snapshot = office.ledger.snapshot()
    closing = _closing(office.steps(pilot), decision)
    policies = {step.policy: office.policy_of(step.policy) for step in office.steps(pilot)}
    receipt = make_receipt(snapshot.lines, closing.number, snapshot.checkpoint)
    envelope = office.ledger.entries()[closing.number].envelope
    return {
        "binding.json": decision.binding.to_json(),
        "decision.json": decision.to_json(),
        "statement.json": envelope.to_json(),
        "receipt.txt": receipt_text(receipt).encode(),
        **{f"{LEDGER}/{name}": content for name, content in export(snapshot).files().items()},
        **{f"{POLICIES}/{digest}.json": policy.to_json() for digest, policy in policies.items()},
    }


def _closing(steps: tuple[Taken, ...], decision: Decision) -> Taken:
    """The step that stated the decision: the last vote that was closed on its dossier on its day."""
    closed = [
        step
        for step in steps
        if step.action.kind == "close_vote"
        and step.action.dossier == decision.dossier
        and step.action.at == decision.decided_on
    ]
    return closed[-1]


def _policies_in(folder: Path) -> PolicyOf:
    """Policies by their own digest; what a file is called is not believed."""
    known = {policy.digest: policy for policy in map(_read_policy, sorted(folder.glob("*.json")))}

    def policy_of(digest: str) -> Policy:
        if digest not in known:
            raise _refused(folder, say("the policy {digest} is missing or was altered", digest=digest[:12]))
        return known[digest]

    return policy_of


def _read_policy(path: Path) -> Policy:
    try:
        return Policy.model_validate_json(path.read_bytes())
    except ValueError as error:
        raise _refused(path, say("is no policy, or was altered")) from error


def _write_all(folder: Path, dossier: Path, files: Mapping[str, bytes]) -> None:
    """Write beside ``folder``, then rename: a reader sees all of it or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    sibling = folder.parent / f"{scratch_prefix('releasing')}{folder.name}"
    try:
        shutil.copytree(dossier, sibling / DOSSIER, symlinks=True)
        for name, content in files.items():
            write_file(sibling / name, content, mode=0o640)
        os.rename(sibling, folder)
    except OSError as error:
        raise store_error(folder, error) from error
    finally:
        shutil.rmtree(sibling, ignore_errors=True)


def _refused(path: Path, says: Message) -> RefusedError:
    made = RefusedError.because(says, about=str(path), remedy=say("Do not use it; ask for a new release."))
    assert isinstance(made, RefusedError)
    return made
