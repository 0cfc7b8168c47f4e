from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.review.ssh_signature import (
    NAMESPACE,
    is_ssh_signature,
    public_line,
    read_signature,
    unarmour,
)

MESSAGE = b"DSSEv1 what is signed"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LINE = PRIVATE.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

# The example of OpenSSH's PROTOCOL.sshsig.
EXAMPLE = """-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgJKxoLBJBivUPNTUJUSslQTt2hD
jozKvHarKeN8uYFqgAAAADZm9vAAAAAAAAAFMAAAALc3NoLWVkMjU1MTkAAABAKNC4IEbt
Tq0Fb56xhtuE1/lK9H9RZJfON4o6hE9R4ZGFX98gy0+fFJ/1d2/RxnZky0Y7GojwrZkrHT
FgCqVWAQ==
-----END SSH SIGNATURE-----
"""

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


def text(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def made(namespace: bytes = NAMESPACE.encode(), digest: bytes = b"sha512", version: int = 1) -> bytes:
    """A signature built by hand from PROTOCOL.sshsig."""
    import hashlib

    hashed = hashlib.new(digest.decode(), MESSAGE).digest()
    signed = b"SSHSIG" + text(namespace) + text(b"") + text(digest) + text(hashed)
    inner = text(b"ssh-ed25519") + text(PRIVATE.sign(signed))
    key = base64_bytes(LINE.split()[1])
    parts = text(key) + text(namespace) + text(b"") + text(digest) + text(inner)
    return b"SSHSIG" + struct.pack(">I", version) + parts


def test_the_published_example_can_be_armoured_off_only_in_its_present_form() -> None:
    with pytest.raises(ValueError, match="early"):  # the example on that page lacks the digest
        read_signature(unarmour(EXAMPLE))
    with pytest.raises(ValueError, match="armoured"):
        unarmour(EXAMPLE.replace("END", "FIN"))
    assert unarmour(EXAMPLE) == unarmour(EXAMPLE.replace("\n", "\r\n"))


@pytest.mark.parametrize("digest", [b"sha256", b"sha512"])
def test_a_signature_by_the_page_verifies(digest: bytes) -> None:
    assert is_ssh_signature(LINE, made(digest=digest), MESSAGE)
    assert public_line(made()) == LINE


@pytest.mark.parametrize(
    "content",
    [
        made(namespace=b"git"),
        made(namespace=b""),
        made(digest=b"sha1"),
        made(version=2),
        made() + b"\0",
        made()[:-1],
        b"",
        b"SSHSIG",
        unarmour(EXAMPLE),
    ],
)
def test_any_other_content_is_no_signature(content: bytes) -> None:
    assert not is_ssh_signature(LINE, content, MESSAGE)


def test_every_altered_byte_is_noticed() -> None:
    good = made()
    for place in range(len(good)):
        changed = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        assert not is_ssh_signature(LINE, changed, MESSAGE), place
    assert not is_ssh_signature(LINE, good, MESSAGE + b" ")


def test_another_key_did_not_sign() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    assert not is_ssh_signature(other.decode(), made(), MESSAGE)
    curve = (
        generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    )
    assert not is_ssh_signature(curve.decode(), made(), MESSAGE)
    for broken in ("", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-ed25519 !!"):
        assert not is_ssh_signature(broken, made(), MESSAGE)


@needs_ssh
@pytest.mark.parametrize(
    "kind", [("ed25519",), ("ecdsa", "-b", "256"), ("ecdsa", "-b", "521"), ("rsa", "-b", "2048")]
)
def test_what_openssh_signs_verifies_and_what_it_did_not_does_not(
    tmp_path: Path, kind: tuple[str, ...]
) -> None:
    key = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", *kind, "-N", "", "-C", "a b", "-f", key], check=True)
    line = " ".join((tmp_path / "id.pub").read_text().split()[:2])
    content = unarmour(signed_by_openssh(key, NAMESPACE))
    assert is_ssh_signature(line, content, MESSAGE)
    assert public_line(content) == line
    assert not is_ssh_signature(line, content, MESSAGE[:-1])
    assert not is_ssh_signature(LINE, content, MESSAGE)
    assert not is_ssh_signature(line, unarmour(signed_by_openssh(key, "git")), MESSAGE)


@needs_ssh
def test_a_short_rsa_key_signs_nothing(tmp_path: Path) -> None:
    key = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", key], check=True)
    line = " ".join((tmp_path / "id.pub").read_text().split()[:2])
    assert not is_ssh_signature(line, unarmour(signed_by_openssh(key, NAMESPACE)), MESSAGE)


@needs_ssh
def test_openssh_takes_a_signature_built_by_the_page(tmp_path: Path) -> None:
    (tmp_path / "allowed").write_text(f'ana namespaces="{NAMESPACE}" {LINE}\n')
    body = base64_text(made())
    armoured = "\n".join(body[i : i + 70] for i in range(0, len(body), 70))
    (tmp_path / "sig").write_text(f"-----BEGIN SSH SIGNATURE-----\n{armoured}\n-----END SSH SIGNATURE-----\n")
    command = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "ana", "-n", NAMESPACE, "-s", "sig"]
    subprocess.run(command, input=MESSAGE, cwd=tmp_path, check=True, capture_output=True)


def signed_by_openssh(key: Path, namespace: str) -> str:
    command = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", namespace]
    return subprocess.run(command, input=MESSAGE, check=True, capture_output=True).stdout.decode()
