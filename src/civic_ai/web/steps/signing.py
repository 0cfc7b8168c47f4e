"""How a person signs at the desk: with a passkey, with a file signed elsewhere, or by the account's own key.

The last is weaker: the server signs for whoever was signed in and typed the password again. It is there only
for people whose account key a custodian has enrolled.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from civic_ai.core.base64 import base64_text
from civic_ai.core.errors import CivicError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.ledger import PublicKey, Signature, SignedEnvelope
from civic_ai.review.envelope import seal_envelope, to_sign
from civic_ai.review.key_files import KeyFile, read_key_file
from civic_ai.review.passkey import challenge
from civic_ai.review.signatures import sign_statement
from civic_ai.review.standing import Standing
from civic_ai.review.statement import Statement

ACCOUNTS = "accounts"
"""The folder, beside the log's key, with the key files of accounts."""


@dataclass(frozen=True)
class Ways:
    """The keys with which a person may sign now. ``account``: the file of the account's own key."""

    passkeys: tuple[PublicKey, ...]
    account: Path | None


def ways_of(person: str, standing: Standing, keys: Path) -> Ways:
    """How this person may sign the ledger's next entry. ``keys``: the folder of the desk's keys."""
    in_use = [
        span.key
        for span in standing.register.spans.values()
        if span.key.holder == person and span.holds(standing.size)
    ]
    enrolled = {key.id for key in in_use if key.kind == "server"}
    files = (path for path in sorted((keys / ACCOUNTS).glob("*.key")))
    account = next((path for path in files if read_key_file(path).public_key.id in enrolled), None)
    return Ways(tuple(key for key in in_use if key.kind == "passkey"), account)


def challenge_of(statement: Statement) -> bytes:
    """What a browser gives the passkey, so that it signs this statement."""
    return challenge(to_sign(statement))


def by_passkey(statement: Statement, keyid: str, assertion: str) -> SignedEnvelope:
    """The envelope with what the browser handed over. It is judged when it is entered."""
    return _sealed(statement, keyid, assertion.encode())


def by_account(statement: Statement, file: Path) -> SignedEnvelope:
    """The envelope that the account's key signs."""
    key: KeyFile = read_key_file(file)
    return seal_envelope(statement, [sign_statement(statement, key.public_key, key.key)])


def by_file(statement: Statement, content: bytes) -> SignedEnvelope:
    """The envelope that was signed elsewhere. Raises :class:`RefusedError` unless it holds this statement."""
    try:
        envelope = SignedEnvelope.model_validate_json(content)
    except ValidationError as error:
        raise _no_envelope(say("this file is no signed statement")) from error
    if envelope.content != statement.to_json():
        raise _no_envelope(say("this file signs another statement than the one shown"))
    return envelope


def _sealed(statement: Statement, keyid: str, signature: bytes) -> SignedEnvelope:
    try:
        made = Signature(keyid=keyid, sig=base64_text(signature))
    except ValidationError as error:
        raise _no_envelope(say("the passkey's answer cannot be read")) from error
    return seal_envelope(statement, [made])


def _no_envelope(says: Message) -> CivicError:
    return RefusedError.because(says, remedy=say("Sign again what this page shows."))
