"""What a verifier trusts, and what of a ledger's checkpoints is worth believing by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from civic_ai.core.messages import say
from civic_ai.records.ledger import Checkpoint, Cosignature
from civic_ai.review.checkpoint import is_signed_by_log, read_checkpoint
from civic_ai.review.findings import Finding
from civic_ai.review.log_keys import LogKeys, Rotation
from civic_ai.review.merkle import root
from civic_ai.review.note import VerifierKey, read_note
from civic_ai.review.witness import cosignatures

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Trust:
    """What the verifier brings: the log's key, witnesses' keys, checkpoints remembered from before."""

    log: VerifierKey
    witnesses: tuple[VerifierKey, ...] = ()
    remembered: tuple[bytes, ...] = ()
    """Checkpoints that the verifier, or a witness, kept: not taken from the city's files."""
    most_days: int = 30
    """How old the last co-signature may be before the reader is told."""


@dataclass(frozen=True)
class Seen:
    """A checkpoint as far as it can be believed, and what is wrong with it."""

    checkpoint: Checkpoint | None = None
    witnessed: tuple[Cosignature, ...] = ()
    findings: tuple[Finding, ...] = ()


def look_at(content: bytes, trust: Trust, rotations: Sequence[Rotation] = ()) -> Seen:
    """The checkpoint that ``content`` holds; None in it unless the log signed it.

    ``rotations``: how the ledger says that the log's key changed.
    """
    try:
        note = read_note(content.decode())
        checkpoint = read_checkpoint(note.text)
    except ValueError:
        return Seen(findings=(Finding("malformed", say("a checkpoint cannot be read")),))
    key = LogKeys(trust.log, tuple(rotations)).at(checkpoint.size)
    if checkpoint.origin != trust.log.name or not is_signed_by_log(note, key):
        says = say("a checkpoint is not signed by {log}", log=trust.log.name)
        return Seen(findings=(Finding("log signature", says),))
    try:
        return Seen(checkpoint, cosignatures(note, trust.witnesses))
    except ValueError:
        says = say("a witness did not sign what is said to be its signature")
        return Seen(checkpoint, findings=(Finding("witness signature", says),))


def contradictions(leaves: Sequence[bytes], seen: Checkpoint | None) -> Iterator[Finding]:
    """Whether these leaf hashes do not go on from a checkpoint that was seen before."""
    if seen is None:
        return
    if seen.size > len(leaves):
        says = say("{seen} entries were seen; here stand {now}", seen=seen.size, now=len(leaves))
        yield Finding("cut back", says)
    elif root(leaves[: seen.size]).hex() != seen.root:
        yield Finding("rewritten", say("the first {seen} entries are not those seen", seen=seen.size))


def age(witnessed_at: int | None, trust: Trust, at: datetime) -> Iterator[Finding]:
    """Whether no witness signed (``witnessed_at``, in seconds since 1970), or none for long before ``at``."""
    if witnessed_at is None:
        says = (
            say("no witness signed: nobody would see that the city cut or rewrote the ledger")
            if trust.witnesses
            else say("no co-signature was looked at: name the public key of the witness")
        )
        yield Finding("no witness", says)
        return
    days = int(at.timestamp() - witnessed_at) // _SECONDS_A_DAY
    if days > trust.most_days:
        most = trust.most_days
        says = say("the last witness signed {days} days ago, not {most}", days=days, most=most)
        yield Finding("old witness", says)
