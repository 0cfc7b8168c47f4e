"""Checkpoints: the signed size and root of a ledger (C2SP tlog-checkpoint 1.0)."""

from __future__ import annotations

import re

from civic_ai.core.base64 import base64_bytes
from civic_ai.records.ledger import Checkpoint
from civic_ai.review.note import Note, NoteKey, VerifierKey, read_note

_TEXT = re.compile(r"([!-*,-~]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n")


def sign_checkpoint(checkpoint: Checkpoint, key: NoteKey) -> str:
    """The checkpoint as a note signed by the log."""
    return f"{checkpoint.text}\n{key.line(key.private.sign(checkpoint.text.encode()))}"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text states; no signature is checked. Raises ``ValueError``."""
    found = _TEXT.fullmatch(text)
    if not found:
        raise ValueError("is no checkpoint: origin, size, root")
    return Checkpoint(origin=found[1], size=int(found[2]), root=base64_bytes(found[3]).hex())


def is_signed_by_log(note: Note, key: VerifierKey) -> bool:
    """Whether the log signed the note: a line of its key stands there, and each of them is good."""
    lines = note.signatures_by(key)
    message = note.text.encode()
    return bool(lines) and all(key.verifies(line.signature, message) for line in lines)


def open_checkpoint(written: str, key: VerifierKey) -> Checkpoint | None:
    """The checkpoint of a signed note; None unless ``key`` signed it for its own log.

    Raises ``ValueError`` when it is no note or no checkpoint.
    """
    note = read_note(written)
    checkpoint = read_checkpoint(note.text)
    return checkpoint if checkpoint.origin == key.name and is_signed_by_log(note, key) else None
