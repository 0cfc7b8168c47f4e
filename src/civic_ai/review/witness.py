"""A witness co-signs checkpoints (C2SP tlog-cosignature 1.0): a coach, or a sister city.

It remembers the last checkpoint that it signed and signs none that contradicts it. Without a witness, nobody
sees that an operator cut the ledger back or wrote it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from pydantic import ValidationError

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import CivicError, ConfigError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.ledger import Checkpoint, Cosignature
from civic_ai.review.checkpoint import open_checkpoint
from civic_ai.review.merkle import EMPTY_ROOT, consistency_proof, is_consistent, leaf_hash
from civic_ai.review.note import Note, NoteKey, NoteSignature, VerifierKey, read_note
from civic_ai.store.blobs import write_atomically

_OLD = re.compile(r"old (0|[1-9][0-9]{0,14})")
_TIME_BYTES = 8
_HASH_BYTES = 32


@dataclass(frozen=True)
class Request:
    """What a log asks of a witness: the size it saw last, the proof from there, the signed checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: str

    @property
    def text(self) -> str:
        """The request as text (the body of C2SP tlog-witness ``add-checkpoint``)."""
        proof = "".join(f"{base64_text(one)}\n" for one in self.proof)
        return f"old {self.old_size}\n{proof}\n{self.checkpoint}"


@dataclass(frozen=True)
class Witness:
    """A witness: its key, and the folder in which it remembers what it signed."""

    key: NoteKey
    memory: Path

    def cosign(self, request: str, log: VerifierKey, at: int) -> str:
        """The checkpoint of ``request`` with this witness's signature, made ``at`` (seconds since 1970).

        Raises :class:`RefusedError` unless ``log`` signed it and it continues the last one signed here.
        """
        asked = read_request(request)
        checkpoint = _opened(asked, log)
        place = self.memory / f"{digest_of_bytes(log.name.encode())}.json"
        self.memory.mkdir(parents=True, exist_ok=True)
        with FileLock(place.with_suffix(".lock")):
            self._require_continuation(asked, checkpoint, _remembered(place, log.name))
            write_atomically(place, checkpoint.to_json())
        return asked.checkpoint + cosignature_line(self.key, checkpoint, at)

    def _require_continuation(self, asked: Request, new: Checkpoint, last: Checkpoint) -> None:
        if new.size < last.size:
            raise _refused(
                say("this witness saw {last} entries; the checkpoint has {new}", last=last.size, new=new.size)
            )
        if asked.old_size != last.size:
            raise RefusedError.because(
                say("this witness last signed {last} entries, not {old}", last=last.size, old=asked.old_size),
                remedy=say("Ask again: `civic-ai witness request --old {last}`", last=last.size),
            )
        old_root, new_root = bytes.fromhex(last.root), bytes.fromhex(new.root)
        if not is_consistent(last.size, old_root, new.size, new_root, asked.proof):
            raise _refused(say("the checkpoint contradicts what this witness saw: the ledger was rewritten"))


def ask(lines: Sequence[bytes], old_size: int, checkpoint: str) -> Request:
    """What to ask of a witness that last signed ``old_size`` of the ledger's ``lines``.

    Raises :class:`ConfigError` when the ledger never had so many.
    """
    if not 0 <= old_size <= len(lines):
        raise ConfigError.because(
            say("the ledger has {size} entries, not {old}", size=len(lines), old=old_size),
            remedy=say("Ask the witness how many entries it signed last."),
        )
    leaves = [leaf_hash(line) for line in lines]
    return Request(old_size, consistency_proof(leaves, old_size) if old_size else (), checkpoint)


def read_request(text: str) -> Request:
    """The request that ``text`` holds. Raises :class:`ConfigError` when it is none."""
    head, _, checkpoint = text.partition("\n\n")
    first, *proof = head.split("\n")
    old = _OLD.fullmatch(first)
    try:
        hashes = tuple(base64_bytes(line) for line in proof)
        if old is None or any(len(one) != _HASH_BYTES for one in hashes):
            raise ValueError("is no request")
    except ValueError as error:
        raise ConfigError.because(
            say("this is no request to a witness: old size, proof, checkpoint"),
            remedy=say("The city makes one with `civic-ai witness request`."),
        ) from error
    return Request(int(old[1]), hashes, checkpoint)


def cosignature_line(key: NoteKey, checkpoint: Checkpoint, at: int) -> str:
    """The signature line of a witness for ``checkpoint``, ``at`` in seconds since 1970."""
    signature = key.private.sign(_cosigned(checkpoint.text, at))
    return key.line(at.to_bytes(_TIME_BYTES, "big") + signature)


def cosignatures(note: Note, witnesses: Iterable[VerifierKey]) -> tuple[Cosignature, ...]:
    """The co-signatures of these witnesses on a checkpoint.

    Raises ``ValueError`` when a line says that one of them made it and it did not: such a note is worthless.
    """
    found = [(key, line) for key in witnesses for line in note.signatures_by(key)]
    return tuple(_cosignature(note, key, line) for key, line in found)


def good_lines(note: str, witness: VerifierKey) -> tuple[str, ...]:
    """The lines of ``witness``; none where the note cannot be read or a line is not good."""
    try:
        read = read_note(note)
        cosignatures(read, [witness])
    except ValueError:
        return ()
    return tuple(one.line for one in read.signatures_by(witness))


def latest(found: Sequence[Cosignature]) -> int | None:
    """When a witness last signed, in seconds since 1970; None: never."""
    return max((one.at for one in found), default=None)


def _cosignature(note: Note, key: VerifierKey, line: NoteSignature) -> Cosignature:
    at = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    if not key.verifies(line.signature[_TIME_BYTES:], _cosigned(note.text, at)):
        raise ValueError(f"holds a line of {key.name} that it did not sign")
    return Cosignature(witness=key.name, at=at)


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _opened(asked: Request, log: VerifierKey) -> Checkpoint:
    try:
        checkpoint = open_checkpoint(asked.checkpoint, log)
    except ValueError as error:
        raise _refused(say("the checkpoint cannot be read")) from error
    if checkpoint is None:
        raise _refused(say("the checkpoint is not signed by the log {log}", log=log.name))
    return checkpoint


def _remembered(place: Path, origin: str) -> Checkpoint:
    """The last checkpoint signed; that of an empty ledger at first. A damaged memory signs nothing."""
    if not place.is_file():
        return Checkpoint(origin=origin, size=0, root=EMPTY_ROOT.hex())
    try:
        return Checkpoint.model_validate_json(place.read_bytes())
    except ValidationError as error:
        raise RefusedError.because(
            say("this witness can no longer read what it signed last"),
            about=str(place),
            remedy=say("Restore the file from a copy; tell the city before you start anew."),
        ) from error


def _refused(says: Message) -> CivicError:
    return RefusedError.because(says, remedy=say("Do not sign. Ask the city what happened, and tell others."))
