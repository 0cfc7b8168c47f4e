"""DSSE: what is signed of an envelope (secure-systems-lab/dsse, protocol 1.0)."""

from __future__ import annotations

from collections.abc import Iterable

from civic_ai.core.base64 import base64_text
from civic_ai.records.ledger import STATEMENT_TYPE, Signature, SignedEnvelope
from civic_ai.review.statement import Statement


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """The bytes that a DSSE signature covers: type and payload with their lengths."""
    kind = payload_type.encode()
    return b" ".join(
        [b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload],
    )


def to_sign(statement: Statement) -> bytes:
    """The bytes that a person signs to make ``statement``."""
    return pre_authentication_encoding(STATEMENT_TYPE, statement.to_json())


def signed_bytes(envelope: SignedEnvelope) -> bytes:
    """The bytes that each signature of ``envelope`` must cover."""
    return pre_authentication_encoding(envelope.payload_type, envelope.content)


def seal_envelope(statement: Statement, signatures: Iterable[Signature]) -> SignedEnvelope:
    """The envelope of a statement and its signatures."""
    return SignedEnvelope(payload=base64_text(statement.to_json()), signatures=tuple(signatures))
