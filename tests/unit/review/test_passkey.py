from __future__ import annotations

import hashlib
import sys
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.review.passkey import challenge, is_passkey_signature, made_passkey, passkey_count
from tests.unit.review.authenticator import PRESENT, VERIFIED, Authenticator

MESSAGE = b"DSSEv1 what is signed"
ANA = Authenticator()


def test_the_library_is_loaded_only_when_a_passkey_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "webauthn", None)
    with pytest.raises(ConfigError, match="webauthn is missing"):
        is_passkey_signature(ANA.public_key, b"{}", MESSAGE)


def test_a_passkey_signs_one_statement() -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    assertion = ANA.assertion(challenge(MESSAGE))
    assert challenge(MESSAGE) == hashlib.sha256(MESSAGE).digest()
    assert is_passkey_signature(ANA.public_key, assertion, MESSAGE)
    assert not is_passkey_signature(ANA.public_key, assertion, MESSAGE + b" ")


@pytest.mark.parametrize(
    "other",
    [
        replace(ANA, origin="https://desk.city.example.evil"),
        replace(ANA, relying_party="evil.example"),
        replace(ANA, flags=PRESENT),
        replace(ANA, flags=VERIFIED),
        replace(ANA, private=derive_private_key(4243, SECP256R1())),
    ],
)
def test_a_phished_desk_an_unverified_person_or_another_key_signs_nothing(other: Authenticator) -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    assert not is_passkey_signature(ANA.public_key, other.assertion(challenge(MESSAGE)), MESSAGE)


@pytest.mark.parametrize("assertion", [b"", b"{}", b"\xff", b"[1]", b'{"id":1}'])
def test_what_is_no_assertion_signs_nothing(assertion: bytes) -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    assert not is_passkey_signature(ANA.public_key, assertion, MESSAGE)


def test_a_registration_is_no_signature() -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    made = ANA.assertion(challenge(MESSAGE), kind="webauthn.create")
    assert not is_passkey_signature(ANA.public_key, made, MESSAGE)


def test_the_counter_is_read_from_the_assertion() -> None:
    for count in (0, 1, 258, 2**31):
        ANA.count = count - 1
        assert passkey_count(ANA.assertion(challenge(MESSAGE))) == count


def test_a_passkey_that_a_browser_made_is_the_one_that_signs() -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    made = made_passkey(ANA.made(b"asked"), "Ana", b"asked", ANA.origin)
    assert made.key == ANA.public_key
    assert made.credential == "Y3JlZGVudGlhbA"
    assert is_passkey_signature(made.key, ANA.assertion(challenge(MESSAGE)), MESSAGE)


@pytest.mark.parametrize(
    "other",
    [replace(ANA, origin="https://evil.example"), replace(ANA, relying_party="evil.example"),
     replace(ANA, flags=PRESENT)],
)  # fmt: skip
def test_a_passkey_made_elsewhere_or_by_nobody_present_is_refused(other: Authenticator) -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    with pytest.raises(RefusedError, match="did not make a passkey that can be used here"):
        made_passkey(other.made(b"asked"), "Ana", b"asked", ANA.origin)


@pytest.mark.parametrize("answer", [ANA.made(b"other"), b"{}", b"", b"\xff"])
def test_another_answer_makes_no_passkey(answer: bytes) -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    with pytest.raises(RefusedError):
        made_passkey(answer, "Ana", b"asked", ANA.origin)
