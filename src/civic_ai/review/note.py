"""Signed notes and their keys (C2SP signed-note 1.0): a text, a blank line, signature lines.

A verifier key is one line of text, ``name+key id+base64(type, key)``: that is all that a resident needs.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.records.ledger import NAME

_KEY_BYTES, _ID_BYTES = 32, 4
_SIGNATURE_LINE = re.compile(r"— ([!-*,-~]+) ([A-Za-z0-9+/]+={0,2})\n")
_MOST_SIGNATURES = 64


class KeyType(IntEnum):
    """What a note key signs: the text (a log), or the text and the time (a witness)."""

    LOG = 1
    WITNESS = 4


@dataclass(frozen=True)
class VerifierKey:
    """The public key of a log or of a witness."""

    name: str
    type: KeyType
    key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before each of its signatures."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.type]) + self.key).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as one line of text."""
        return f"{self.name}+{self.id.hex()}+{base64_text(bytes([self.type]) + self.key)}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` (64 bytes, Ed25519) is this key's over ``message``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class NoteKey:
    """The private key of a log or of a witness, with its name."""

    name: str
    type: KeyType
    private: Ed25519PrivateKey

    @property
    def public(self) -> VerifierKey:
        """What others need to check its signatures."""
        return VerifierKey(self.name, self.type, self.private.public_key().public_bytes_raw())

    def line(self, signature: bytes) -> str:
        """The signature line that carries ``signature``."""
        return f"— {self.name} {base64_text(self.public.id + signature)}\n"


@dataclass(frozen=True)
class NoteSignature:
    """One signature line, taken apart."""

    name: str
    id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in the note."""
        return f"— {self.name} {base64_text(self.id + self.signature)}\n"

    def is_by(self, key: VerifierKey) -> bool:
        """Whether the line says that ``key`` made it."""
        return (self.name, self.id) == (key.name, key.id)


@dataclass(frozen=True)
class Note:
    """A text and its signature lines, none of them checked."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def signatures_by(self, key: VerifierKey) -> tuple[NoteSignature, ...]:
        """The lines that say that ``key`` made them."""
        return tuple(signature for signature in self.signatures if signature.is_by(key))


def read_note(written: str) -> Note:
    """The note that ``written`` holds. Raises ``ValueError`` when it is none."""
    text, blank, lines = written.rpartition("\n\n")
    found = _SIGNATURE_LINE.findall(lines)
    if not blank or not found or len(found) > _MOST_SIGNATURES:
        raise ValueError("is no signed note")
    if "".join(f"— {name} {code}\n" for name, code in found) != lines:
        raise ValueError("has a line that is no signature")
    return Note(text + "\n", tuple(_signature(name, code) for name, code in found))


def read_verifier_key(text: str) -> VerifierKey:
    """The key that one line of text holds. Raises :class:`ConfigError` when it holds none."""
    try:
        name, stated_id, code = text.strip().split("+", 2)
        content = base64_bytes(code)
        made = VerifierKey(name, KeyType(content[0]), content[1:])
        is_key = re.match(NAME, name) and made.id.hex() == stated_id and len(made.key) == _KEY_BYTES
    except (ValueError, IndexError) as error:
        raise _no_key() from error
    if not is_key:
        raise _no_key()
    return made


def _signature(name: str, code: str) -> NoteSignature:
    content = base64_bytes(code)
    if len(content) <= _ID_BYTES:
        raise ValueError("has a signature without bytes")
    return NoteSignature(name, content[:_ID_BYTES], content[_ID_BYTES:])


def _no_key() -> ConfigError:
    made = ConfigError.because(
        say("this is no public key of a log or a witness: name+id+key in one line"),
        remedy=say("Ask the city, or the witness, for the line of its .pub file."),
    )
    assert isinstance(made, ConfigError)
    return made
