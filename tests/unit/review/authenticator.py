"""A software passkey: WebAuthn assertions by the letter of the W3C page, without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

from civic_ai.core.base64 import base64_text
from civic_ai.records.ledger import PublicKey, key_id

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def url64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def cose(private: EllipticCurvePrivateKey) -> bytes:
    """The COSE key (RFC 9053) of a P-256 key: {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR."""
    numbers = private.public_key().public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    return b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y


@dataclass
class Authenticator:
    """One passkey of one holder at one desk."""

    holder: str = "Ana"
    relying_party: str = "desk.city.example"
    origin: str = "https://desk.city.example"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    private: EllipticCurvePrivateKey = field(default_factory=lambda: derive_private_key(4242, SECP256R1()))

    @property
    def public_key(self) -> PublicKey:
        key = base64_text(cose(self.private))
        return PublicKey(
            id=key_id("passkey", key),
            holder=self.holder,
            kind="passkey",
            key=key,
            relying_party=self.relying_party,
            origin=self.origin,
        )

    def made(self, challenge: bytes) -> bytes:
        """What the browser hands over for a passkey that it has made (level 2, sections 6.1 and 8.7)."""
        client = json.dumps({"type": "webauthn.create", "challenge": url64(challenge), "origin": self.origin})
        name = b"credential"
        data = (
            hashlib.sha256(self.relying_party.encode()).digest()
            + struct.pack(">BI", self.flags | ATTESTED, 0)
            + bytes(16)
            + struct.pack(">H", len(name))
            + name
            + cose(self.private)
        )
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
        response = {"clientDataJSON": url64(client.encode()), "attestationObject": url64(attestation)}
        made = {"id": url64(name), "rawId": url64(name), "type": "public-key", "response": response}
        return json.dumps(made).encode()

    def assertion(self, challenge: bytes, kind: str = "webauthn.get") -> bytes:
        """What the browser hands over for ``challenge``."""
        self.count += 1
        client = json.dumps({"type": kind, "challenge": url64(challenge), "origin": self.origin}).encode()
        data = hashlib.sha256(self.relying_party.encode()).digest() + struct.pack(
            ">BI", self.flags, self.count
        )
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        response = {
            "clientDataJSON": url64(client),
            "authenticatorData": url64(data),
            "signature": url64(signature),
        }
        name = url64(b"credential")
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response}).encode()
