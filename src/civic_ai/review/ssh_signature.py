"""OpenSSH signatures (``ssh-keygen -Y sign``), read as PROTOCOL.sshsig of OpenSSH describes them (2020)."""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from civic_ai.core.base64 import base64_bytes, base64_text

NAMESPACE = "civic-ai"
"""What our signatures are for; a signature made for git or for files is none of ours."""
_MAGIC, _VERSION = b"SSHSIG", 1
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_DIGESTS = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA: dict[bytes, HashAlgorithm] = {b"rsa-sha2-256": SHA256(), b"rsa-sha2-512": SHA512()}
_ECDSA: dict[bytes, HashAlgorithm] = {
    b"ecdsa-sha2-nistp256": SHA256(),
    b"ecdsa-sha2-nistp384": SHA384(),
    b"ecdsa-sha2-nistp521": SHA512(),
}
_LEAST_RSA_BITS = 2048


@dataclass(frozen=True)
class SshSignature:
    """One signature, taken apart; nothing in it is checked."""

    key: bytes
    namespace: bytes
    reserved: bytes
    digest: bytes
    algorithm: bytes
    signature: bytes

    def covers(self, message: bytes) -> bytes:
        """What the key signed if this is a signature of ``message``."""
        hashed = _DIGESTS[self.digest](message).digest()
        return _MAGIC + b"".join(
            _string(part) for part in (self.namespace, self.reserved, self.digest, hashed)
        )


def unarmour(text: str) -> bytes:
    """The bytes of an armoured signature as ``ssh-keygen`` writes it. Raises ``ValueError``."""
    found = re.fullmatch(rf"{_BEGIN}\n([A-Za-z0-9+/=\n]+)\n{_END}\n?", text.replace("\r\n", "\n"))
    if not found:
        raise ValueError("is no armoured SSH signature")
    return base64_bytes(found[1].replace("\n", ""))


def read_signature(content: bytes) -> SshSignature:
    """The signature that ``content`` holds. Raises ``ValueError`` when it is none of the known version."""
    head = _MAGIC + struct.pack(">I", _VERSION)
    if not content.startswith(head):
        raise ValueError("is no SSH signature of version 1")
    key, namespace, reserved, digest, whole = _strings(content[len(head) :], 5)
    algorithm, signature = _strings(whole, 2)
    if digest not in _DIGESTS:
        raise ValueError("uses an unknown digest")
    return SshSignature(key, namespace, reserved, digest, algorithm, signature)


def public_line(content: bytes) -> str:
    """The public key that a signature names, as an OpenSSH line without comment. Raises ``ValueError``."""
    key = read_signature(content).key
    kind = _first_string(key)[0].decode("ascii")
    return f"{kind} {base64_text(key)}"


def is_ssh_signature(key: str, content: bytes, message: bytes) -> bool:
    """Whether ``content`` is a signature of ``message`` by the OpenSSH key ``key``, made for us.

    Ed25519, ECDSA (P-256, P-384, P-521) and RSA of at least 2048 bits with SHA-2. Others verify nothing.
    """
    try:
        found = read_signature(content)
        is_ours = found.namespace == NAMESPACE.encode() and found.key == base64_bytes(key.split(" ")[1])
        public = load_ssh_public_key(key.encode())
    except (ValueError, IndexError, UnsupportedAlgorithm):
        return False
    return is_ours and _verifies(public, found, found.covers(message))


def _verifies(public: object, found: SshSignature, signed: bytes) -> bool:
    try:
        if isinstance(public, Ed25519PublicKey) and found.algorithm == b"ssh-ed25519":
            public.verify(found.signature, signed)
        elif isinstance(public, EllipticCurvePublicKey) and found.algorithm == _first_string(found.key)[0]:
            public.verify(_ecdsa(found.signature), signed, ECDSA(_ECDSA[found.algorithm]))
        elif isinstance(public, RSAPublicKey) and public.key_size >= _LEAST_RSA_BITS:
            public.verify(found.signature, signed, padding.PKCS1v15(), _RSA[found.algorithm])
        else:
            return False
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def _ecdsa(signature: bytes) -> bytes:
    """SSH writes the two numbers of an ECDSA signature one after the other; DER is asked for."""
    first, second = _strings(signature, 2)
    return encode_dss_signature(int.from_bytes(first, "big"), int.from_bytes(second, "big"))


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _first_string(content: bytes) -> tuple[bytes, bytes]:
    """The first length-prefixed string and what follows it."""
    if len(content) < 4:
        raise ValueError("ends too early")
    end = 4 + int.from_bytes(content[:4], "big")
    if end > len(content):
        raise ValueError("ends too early")
    return content[4:end], content[end:]


def _strings(content: bytes, count: int) -> list[bytes]:
    """Exactly ``count`` length-prefixed strings. Raises ``ValueError``."""
    found = []
    for _ in range(count):
        one, content = _first_string(content)
        found.append(one)
    if content:
        raise ValueError("goes on after its end")
    return found
