"""Whether a key made a signature: one way for each kind of key."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.records.ledger import KeyKind, PublicKey, Signature
from civic_ai.review.envelope import to_sign
from civic_ai.review.passkey import is_passkey_signature, passkey_count
from civic_ai.review.ssh_signature import is_ssh_signature
from civic_ai.review.statement import Statement


def verifies(key: PublicKey, signature: Signature, message: bytes) -> bool:
    """Whether ``signature`` is one of ``key`` over ``message``."""
    return signature.keyid == key.id and _WAYS[key.kind](key, base64_bytes(signature.sig), message)


def sign_statement(statement: Statement, key: PublicKey, private: Ed25519PrivateKey) -> Signature:
    """The Ed25519 signature of ``statement`` by ``key``, whose private half is ``private``."""
    return Signature(keyid=key.id, sig=base64_text(private.sign(to_sign(statement))))


def sign_count(key: PublicKey, signature: Signature) -> int:
    """How often the key had signed by its own counter, in a signature that is good; 0: it does not count."""
    return passkey_count(base64_bytes(signature.sig)) if key.kind == "passkey" else 0


def _by_ed25519(key: PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64_bytes(key.key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _by_ssh(key: PublicKey, signature: bytes, message: bytes) -> bool:
    return is_ssh_signature(key.key, signature, message)


_WAYS: dict[KeyKind, Callable[[PublicKey, bytes, bytes], bool]] = {
    "ed25519": _by_ed25519,
    "server": _by_ed25519,
    "ssh": _by_ssh,
    "passkey": is_passkey_signature,
}
