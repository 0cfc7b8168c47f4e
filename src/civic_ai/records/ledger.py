"""The nouns of the ledger: keys, signed envelopes, entries, checkpoints, receipts.

An entry is one line: its moment, a space, its envelope (DSSE, canonical JSON). The line is the leaf of the
Merkle tree, so that moment and envelope are sealed together. ``docs/reference/ledger-format.md`` says it all.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.core.messages import N_
from civic_ai.records.record import Record

KeyKind = Literal["ed25519", "ssh", "passkey", "server"]
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
NAME = r"^[!-*,-~]+$"
"""The name of a log or a witness: visible ASCII without a plus sign, such as ``city.example/ledger``."""
STATEMENT_TYPE = "application/vnd.in-toto+json"


def _is_base64(text: str) -> str:
    base64_bytes(text)
    return text


def _is_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Base64 = Annotated[str, AfterValidator(_is_base64)]
Moment = Annotated[str, Field(pattern=MOMENT), AfterValidator(_is_moment)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def key_id(kind: KeyKind, key: str) -> str:
    """The id of a public key: SHA-256, in hex, of its kind, a line break and the key."""
    return hashlib.sha256(f"{kind}\n{key}".encode()).hexdigest()


class PublicKey(Record):
    """Whose signature a key makes, and the key itself.

    ``key``: 32 bytes in base64 (ed25519, server); an OpenSSH line without comment (ssh); the credential's
    COSE key in base64 (passkey). A ``server`` key signs for accounts that were logged in: weaker.
    """

    id: Sha256
    holder: str = Field(min_length=1)
    kind: KeyKind
    key: str
    relying_party: str | None = None
    """Passkeys only: the domain for which the passkey was made."""
    origin: str | None = None
    """Passkeys only: the address of the desk at which it signs."""

    @model_validator(mode="after")
    def _agrees(self) -> PublicKey:
        if self.id != key_id(self.kind, self.key):
            raise ValueError(N_("the id is not that of the key"))
        places = (self.relying_party, self.origin)
        if (self.kind == "passkey") != (None not in places) or (self.kind != "passkey" and any(places)):
            raise ValueError(N_("a passkey, and only a passkey, names relying_party and origin"))
        return self

    @property
    def is_personal(self) -> bool:
        """Whether only the holder can sign with it; a server's key signs for whoever was logged in."""
        return self.kind != "server"


class Signature(Record):
    """One signature of an envelope: the id of the key and, in base64, what it made."""

    keyid: Sha256
    sig: Base64


class SignedEnvelope(Record):
    """A DSSE envelope (secure-systems-lab/dsse, 1.0): a payload, in base64, and its signatures."""

    payload_type: str = Field(alias="payloadType", default=STATEMENT_TYPE)
    payload: Base64
    signatures: tuple[Signature, ...]

    @cached_property
    def content(self) -> bytes:
        """The payload's bytes: what was signed."""
        return base64_bytes(self.payload)


class LedgerEntry(Record):
    """One entry: its number from 0, its moment by the server's clock, its envelope."""

    number: int = Field(ge=0)
    at: Moment
    envelope: SignedEnvelope

    @property
    def line(self) -> bytes:
        """The entry as it is hashed and exported: moment, space, envelope; no line break."""
        return f"{self.at} ".encode() + self.envelope.to_json()

    @property
    def moment(self) -> datetime:
        """When the server says that it was appended, with time zone (UTC)."""
        return datetime.fromisoformat(self.at)


def read_entry(number: int, line: bytes) -> LedgerEntry:
    """The entry that ``line`` holds. Raises ``ValueError`` unless it is spelt exactly as ``line``."""
    at, _, envelope = line.partition(b" ")
    entry = LedgerEntry(
        number=number, at=at.decode("ascii"), envelope=SignedEnvelope.model_validate_json(envelope)
    )
    if entry.line != line:
        raise ValueError(N_("is not canonical JSON"))
    return entry


class Checkpoint(Record):
    """The state of a ledger: how many entries, and the root of its Merkle tree (C2SP tlog-checkpoint)."""

    origin: str = Field(pattern=NAME)
    size: int = Field(ge=0)
    root: Sha256

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64_text(bytes.fromhex(self.root))}\n"


class Cosignature(Record):
    """A witness saw this checkpoint, consistent with all that it saw before (C2SP tlog-cosignature)."""

    witness: str
    at: int = Field(ge=0)
    """Seconds since 1970 by the witness's own clock."""


class Receipt(Record):
    """That an entry stands on the ledger: its line, its place, the way up to the root, the signed root."""

    entry: bytes
    index: int = Field(ge=0)
    proof: tuple[Sha256, ...]
    checkpoint: str


class KeySpan(Record):
    """A key and the numbers of the first and the last entry that it may sign; None: until now."""

    key: PublicKey
    first: int
    last: int | None = None
    is_custodian: bool = False
    """Whether it may enrol and revoke the keys of others."""
    sign_count: int = 0
    """Passkeys only: what its own counter said when it signed here last; 0: it does not count."""

    def may_be_copied(self, sign_count: int) -> bool:
        """Whether a passkey that says ``sign_count`` now does not count on: two of it may be in use."""
        return bool(sign_count or self.sign_count) and sign_count <= self.sign_count

    def holds(self, number: int) -> bool:
        """Whether the key may sign entry ``number``."""
        return self.first <= number and (self.last is None or number <= self.last)
