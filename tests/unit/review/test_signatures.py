from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from civic_ai.core.base64 import base64_text
from civic_ai.records.ledger import PublicKey, Signature, key_id
from civic_ai.review.envelope import to_sign
from civic_ai.review.passkey import challenge
from civic_ai.review.signatures import sign_statement, verifies
from civic_ai.review.statement import state
from tests.unit.review.authenticator import Authenticator
from tests.unit.review.made_ledger import ANA, BEA, DOSSIER, key_file
from tests.unit.review.test_ssh_signature import LINE, MESSAGE, made

STATEMENT = state("vote", "pilot", DOSSIER, {})
SERVER = key_file("desk", "server")


@pytest.mark.parametrize("signer", [ANA, SERVER])
def test_a_key_file_signs_a_statement(signer: object) -> None:
    signature = sign_statement(STATEMENT, signer.public_key, signer.key)
    assert verifies(signer.public_key, signature, to_sign(STATEMENT))
    assert not verifies(signer.public_key, signature, to_sign(STATEMENT) + b" ")
    assert not verifies(BEA.public_key, signature, to_sign(STATEMENT))
    assert not verifies(
        BEA.public_key, signature.model_copy(update={"keyid": BEA.public_key.id}), to_sign(STATEMENT)
    )
    assert not verifies(signer.public_key, signature.model_copy(update={"sig": ""}), to_sign(STATEMENT))
    by_another_name = signature.model_copy(update={"keyid": BEA.public_key.id})
    assert not verifies(signer.public_key, by_another_name, to_sign(STATEMENT))


def test_the_vector_of_rfc_8032() -> None:
    private = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    raw = base64_text(private.public_key().public_bytes_raw())
    key = PublicKey(id=key_id("ed25519", raw), holder="test 2", kind="ed25519", key=raw)
    published = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verifies(key, Signature(keyid=key.id, sig=base64_text(published)), b"\x72")


def test_a_key_that_is_no_key_signs_nothing() -> None:
    for raw in ("", "AAAA", "no base64"):
        key = PublicKey(id=key_id("ed25519", raw), holder="x", kind="ed25519", key=raw)
        assert not verifies(key, Signature(keyid=key.id, sig=base64_text(b"\0" * 64)), b"")


def test_ssh_and_passkey_go_their_own_way() -> None:
    ssh = PublicKey(id=key_id("ssh", LINE), holder="Ana", kind="ssh", key=LINE)
    assert verifies(ssh, Signature(keyid=ssh.id, sig=base64_text(made())), MESSAGE)
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    passkey = Authenticator()
    sig = base64_text(passkey.assertion(challenge(MESSAGE)))
    assert verifies(passkey.public_key, Signature(keyid=passkey.public_key.id, sig=sig), MESSAGE)
    assert not verifies(ssh, Signature(keyid=ssh.id, sig=sig), MESSAGE)
