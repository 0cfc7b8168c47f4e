"""Passkeys: a WebAuthn assertion over the digest of what is signed (W3C Web Authentication, level 2, 2021).

The challenge is the SHA-256 of the DSSE bytes, so an assertion belongs to one statement. The library is
``webauthn`` (an extra, ``civic-ai[passkey]``), loaded only where a passkey's signature is checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from types import ModuleType
from urllib.parse import urlsplit

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.ledger import PublicKey, key_id

_COUNTER = slice(33, 37)


def challenge(message: bytes) -> bytes:
    """What the browser must be given as challenge, so that the passkey signs ``message``."""
    return hashlib.sha256(message).digest()


def is_passkey_signature(key: PublicKey, assertion: bytes, message: bytes) -> bool:
    """Whether ``assertion`` (the browser's JSON) is one of ``key`` for ``message``, the person verified.

    The domain and the desk's address must be those at which the key was enrolled. Raises
    :class:`ConfigError` where the library is not installed.
    """
    webauthn = _library()
    try:
        webauthn.verify_authentication_response(
            credential=assertion.decode(),
            expected_challenge=challenge(message),
            expected_rp_id=str(key.relying_party),
            expected_origin=str(key.origin),
            credential_public_key=base64_bytes(key.key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # the library lets parsers' errors through; whatever fails, it is no signature
        return False
    return True


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that a browser has made: its public key, and the name by which the browser asks for it."""

    key: PublicKey
    credential: str


def made_passkey(made: bytes, holder: str, asked: bytes, origin: str) -> NewPasskey:
    """The passkey of ``holder`` that the browser's JSON ``made`` tells of, as an answer to the challenge
    ``asked`` by the desk at ``origin``; the person was verified.

    Raises :class:`RefusedError` where it is no such answer, :class:`ConfigError` without the library.
    """
    webauthn, domain = _library(), urlsplit(origin).hostname or ""
    try:
        found = webauthn.verify_registration_response(
            credential=made.decode(),
            expected_challenge=asked,
            expected_rp_id=domain,
            expected_origin=origin,
            require_user_verification=True,
        )
    except Exception as error:  # as above
        raise RefusedError.because(
            say("the browser did not make a passkey that can be used here"),
            remedy=say("Try again, or use a key file."),
        ) from error
    key = base64_text(found.credential_public_key)
    public = PublicKey(
        id=key_id("passkey", key), holder=holder, kind="passkey", key=key, relying_party=domain, origin=origin
    )
    return NewPasskey(public, base64.urlsafe_b64encode(found.credential_id).rstrip(b"=").decode())


def passkey_count(assertion: bytes) -> int:
    """The authenticator's signature counter (level 2, section 6.1): 4 bytes behind a hash and the flags.

    Many synchronised passkeys always say 0: they do not count.
    """
    data = json.loads(assertion)["response"]["authenticatorData"]
    content = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    return int.from_bytes(content[_COUNTER], "big")


def _library() -> ModuleType:
    try:
        import webauthn
    except ImportError as error:
        raise ConfigError.because(
            say("a passkey's signature cannot be checked: the library webauthn is missing"),
            remedy=say("Install it: pip install 'civic-ai[passkey]'"),
        ) from error
    return webauthn
