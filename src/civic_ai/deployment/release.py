"""A release: all that `score` needs where no workspace stands, and all that shows that it is approved.

::

    dossier/       the sealed dossier, with its bundle
    ledger/        the exported ledger: entries, leaf hashes, checkpoint
    policies/      each policy that ruled in the case, by its digest
    binding.json decision.json        to what the approval is bound; the board's decision
    statement.json receipt.txt        what was signed to close the vote; that it stands on the ledger
    release.json   who, what, until when (records.deployment.Deployment)
    release.txt    that the log signed it on its day

Whoever reads a release brings the log's public key. The case is folded again from the ledger's entries:
nothing in ``decision.json`` is believed, and ``release.json`` must say what the ledger says. What came after
the release it cannot show: the reader brings a newer export of the ledger, or stops using it when it is older
than the policy allows (``workflow.release_days``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from civic_ai.cards.verification import read_manifest
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.deployment.approval import require_approval
from civic_ai.deployment.standing import standing_on
from civic_ai.records.case import Case
from civic_ai.records.decision import Decision
from civic_ai.records.deployment import Deployment
from civic_ai.records.policy import Policy
from civic_ai.review.checkpoint import is_signed_by_log
from civic_ai.review.history import PolicyOf, Taken
from civic_ai.review.ledger_export import export, read_export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.note import NoteKey, VerifierKey, read_note
from civic_ai.review.office import Office
from civic_ai.review.policies import policies_in
from civic_ai.review.receipt import make_receipt, receipt_text
from civic_ai.store.blobs import store_error, write_file
from civic_ai.store.scratch import scratch_prefix

DOSSIER, LEDGER, POLICIES, RELEASE, SIGNED = "dossier", "ledger", "policies", "release.json", "release.txt"


@dataclass(frozen=True)
class Released:
    """A release whose ledger was verified: the case as it stood, the policy of its approval, the record.

    ``known_on``: the last day on which something is known of the case.
    """

    folder: Path
    case: Case
    policy: Policy
    record: Deployment
    known_on: date

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
    signed = {RELEASE: record.to_json(), SIGNED: _signed(record, office.ledger.require_log_key())}
    _write_all(folder, dossier, {**_files(office, pilot, decision), **signed})
    return record


def read_release(folder: Path, trust: Trust, at: datetime) -> Released:
    """The release in ``folder``, its ledger verified by keys that the reader brings.

    Raises :class:`RefusedError` where the ledger was altered, or does not hold the decision that the release
    names, or the log did not sign the release; :class:`ConfigError` where no release stands. Whether the
    approval still holds is asked after that.
    """
    try:
        record = Deployment.model_validate_json((folder / RELEASE).read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError.because(
            say("holds no release"), about=str(folder), remedy=say("`civic-ai release` writes one.")
        ) from error
    standing = standing_on(
        read_export(folder / LEDGER), record.pilot, _policies_in(folder / POLICIES), trust, at
    )
    case, approval = standing.case, standing.case.approval
    if approval is None or _record(case, approval, record.released_on) != record:
        raise _refused(folder, say("the ledger does not hold the decision that the release names"))
    if not _is_signed(folder, record, standing.signers):
        raise _refused(folder, say("the release is not signed by {log}", log=trust.log.name))
    policy = _policies_in(folder / POLICIES)(approval.policy)
    return Released(folder, case, policy, record, record.released_on)


def with_newer(found: Released, newer: Path, trust: Trust, at: datetime) -> Released:
    """The release with the case as a newer export of the same ledger, in ``newer``, tells it.

    Raises :class:`RefusedError` unless that ledger is good and goes on from the one in the release.
    """
    seen = (*trust.remembered, read_export(found.folder / LEDGER).checkpoint)
    standing = standing_on(
        read_export(newer), found.record.pilot, policies_in(newer), replace(trust, remembered=seen), at
    )
    return replace(found, case=standing.case, known_on=max(found.known_on, standing.known_on))


def _signed(record: Deployment, key: NoteKey) -> bytes:
    """The note by which the log says that it handed ``record`` out: its digest, and so its day."""
    text = _text(record, key.name)
    return f"{text}\n{key.line(key.private.sign(text.encode()))}".encode()


def _is_signed(folder: Path, record: Deployment, signers: Sequence[VerifierKey]) -> bool:
    try:
        note = read_note((folder / SIGNED).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return any(note.text == _text(record, key.name) and is_signed_by_log(note, key) for key in signers)


def _text(record: Deployment, log: str) -> str:
    return f"{log}/release\n{record.digest}\n"


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
        return Policy.from_json(path.read_bytes())
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
