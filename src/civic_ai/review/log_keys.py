"""The log's own key may be changed on the record: the old key and two people say so in one entry.

The old key signs the checkpoint that holds this entry, its last one; the new key signs all after it. So a
reader who knows either of them can follow. The entry names the root of all entries before it: whoever stole
the old key cannot put another history in front of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field, ValidationError

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import Message, say
from civic_ai.records.ledger import Checkpoint, PublicKey
from civic_ai.records.record import Record
from civic_ai.review.checkpoint import is_signed_by_log
from civic_ai.review.key_names import is_of_small_order
from civic_ai.review.merkle import root
from civic_ai.review.note import KeyType, NoteKey, VerifierKey, read_note, read_verifier_key
from civic_ai.review.statement import Statement, predicate_type, state

ROTATED = predicate_type("log-key-rotated")
_LEAST_PEOPLE = 2


class LogKeyRotated(Record):
    """The predicate: both public keys as one line each, the ledger's state before, and the old key's note."""

    old: str
    new: str
    before: Checkpoint
    by_old: str
    reason: str = Field(min_length=1)


@dataclass(frozen=True)
class Rotation:
    """The entry after the state ``before`` put the key ``new`` in the place of ``old``."""

    before: Checkpoint
    old: VerifierKey
    new: VerifierKey

    def fits(self, leaves: Sequence[bytes]) -> bool:
        """Whether the entries with these leaf hashes are those on which the key was changed."""
        return root(leaves[: self.before.size]).hex() == self.before.root


@dataclass(frozen=True)
class LogKeys:
    """The log's keys, one after another, as far as they hang together with one that is trusted."""

    trusted: VerifierKey
    rotations: tuple[Rotation, ...] = ()

    @property
    def is_linked(self) -> bool:
        """Whether the trusted key is one of those that the changes are about, or there were none."""
        known = {key for one in self.rotations for key in (one.old, one.new)}
        return not known or self.trusted in known

    def at(self, size: int) -> VerifierKey:
        """The key that signs a checkpoint of ``size`` entries; the trusted one where no chain leads to it."""
        if not (self.rotations and self.is_linked):
            return self.trusted
        used = [one for one in self.rotations if size > one.before.size + 1]
        return used[-1].new if used else self.rotations[0].old


def rotate(old: NoteKey, new: VerifierKey, before: Checkpoint, reason: str) -> Statement:
    """The statement that puts ``new`` in the place of ``old`` as the next entry after ``before``; two people
    sign it."""
    text = _named(new, before)
    note = f"{text}\n{old.line(old.private.sign(text.encode()))}"
    said = LogKeyRotated(old=old.public.text, new=new.text, before=before, by_old=note, reason=reason)
    return state("log-key-rotated", "log", digest_of_bytes(new.text.encode()), said.model_dump(mode="json"))


def read_rotation(statement: Statement) -> Rotation | None:
    """What a statement says of the log's key; None where it is no such statement, or malformed."""
    if statement.predicate_type != ROTATED:
        return None
    try:
        said = LogKeyRotated.model_validate(statement.predicate)
        made = Rotation(said.before, read_verifier_key(said.old), read_verifier_key(said.new))
        note = read_note(said.by_old)
    except (ValidationError, ConfigError, ValueError):
        return None
    digests = [one.digest_of_it.sha256 for one in statement.subject]
    is_named = note.text == _named(made.new, made.before) and digests == [digest_of_bytes(said.new.encode())]
    return made if is_named and is_signed_by_log(note, made.old) else None


def objection_to_rotation(
    number: int, statement: Statement, earlier: Sequence[Rotation], signers: Sequence[PublicKey]
) -> Message | None:
    """Why these people may not change the log's key so, after the ``earlier`` changes; None: they may."""
    made = read_rotation(statement)
    if made is None:
        return say("the log's old key did not sign for the new one")
    if made.before.size != number:
        return say("it was made for entry {size}", size=made.before.size)
    before = [one.new for one in earlier] or [made.old]
    if made.old != before[-1] or made.new in {made.old, *(one.old for one in earlier), *before}:
        return say("it does not replace the log's key in use by one never used")
    if made.new.name != made.old.name or made.new.type != KeyType.LOG or is_of_small_order(made.new.key):
        return say("the new key is no key of this log")
    people = {key.holder for key in signers if key.is_personal}
    return say("two people must sign that the log's key changes") if len(people) < _LEAST_PEOPLE else None


def _named(new: VerifierKey, before: Checkpoint) -> str:
    return f"{new.name}/log-key\n{new.text}\n{before.size}\n{before.root}\n"
