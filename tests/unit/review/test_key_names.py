"""Names that could be taken for another's, and keys with which anybody can sign."""

from __future__ import annotations

import unicodedata

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.core.base64 import base64_text
from civic_ai.records.ledger import KeyKind, PublicKey, key_id
from civic_ai.review.key_names import is_of_small_order, is_plain, objection_to_key, skeleton
from tests.unit.review.made_ledger import key_file

IDENTITY = b"\x01" + bytes(31)
ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
ENDS = [bytes.fromhex(first + "ff" * 30 + "7f") for first in ("ec", "ed", "ee")]
OTHER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
SMALL = [bytes(32), IDENTITY, ORDER_8, OTHER_8, *ENDS]


def public(holder: str, key: bytes | None = None, kind: KeyKind = "ed25519") -> PublicKey:
    told = key_file(holder).public_key.key if key is None else base64_text(key)
    return PublicKey(id=key_id(kind, told), holder=holder, kind=kind, key=told)


def why(holder: str, *others: str) -> str | None:
    found = objection_to_key(public(holder), others)
    return None if found is None else str(found)


@pytest.mark.parametrize("holder", ["Ona Owner", "José", "Łucja Żak", "李雷", "Ona O'Neil-Díaz", "desk 2"])
def test_names_of_people_are_plain(holder: str) -> None:
    assert why(holder, "Bea") is None
    assert why(holder, holder) is None


@pytest.mark.parametrize(
    "holder",
    ["", " Ona", "Ona ", "Ona  Owner", "Ona\u200b", "Ona\u202eOwner", "Ona\n", "O\u00adna",
     unicodedata.normalize("NFD", "José")],
)  # fmt: skip
def test_what_is_not_seen_is_refused(holder: str) -> None:
    assert not is_plain(holder)


@pytest.mark.parametrize(
    "holder", ["ona owner", "ONA OWNER", "OnaOwner", "Ona Owner.", "Ona-Owner", "Ｏna Owner"]
)
def test_look_alikes_are_refused(holder: str) -> None:
    assert why(holder, "Bea", "Ona Owner") == "the holder's name looks like that of another: Ona Owner"


@given(st.text(min_size=1, max_size=12))
def test_case_and_blanks_never_make_another_person(name: str) -> None:
    assert skeleton(f" {name.upper().lower()} ") == skeleton(name.upper().lower())


@pytest.mark.parametrize("key", SMALL)
@pytest.mark.parametrize("sign", [0, 0x80])
def test_keys_of_small_order_are_refused(key: bytes, sign: int) -> None:
    signed = key[:-1] + bytes([key[-1] | sign])
    assert is_of_small_order(signed)
    assert "anybody could sign" in str(objection_to_key(public("Pat", signed), ()))
    assert "anybody could sign" in str(objection_to_key(public("Pat", signed, "server"), ()))


def test_that_is_no_fancy_anybody_signs_for_such_a_key() -> None:
    """The library itself takes one signature for any message."""
    Ed25519PublicKey.from_public_bytes(IDENTITY).verify(IDENTITY + bytes(32), b"I approve")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(key_file("Ana").key.public_key().public_bytes_raw()).verify(
            IDENTITY + bytes(32), b"I approve"
        )


def test_an_openssh_key_is_looked_at_too() -> None:
    head = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
    for raw, is_weak in ((ORDER_8, True), (key_file("Ana").key.public_key().public_bytes_raw(), False)):
        key = f"ssh-ed25519 {base64_text(head + raw)}"
        found = objection_to_key(PublicKey(id=key_id("ssh", key), holder="Pat", kind="ssh", key=key), ())
        assert (found is not None) == is_weak
    other = "ecdsa-sha2-nistp256 AAAA"
    assert objection_to_key(PublicKey(id=key_id("ssh", other), holder="P", kind="ssh", key=other), ()) is None


def test_what_is_no_key_is_refused() -> None:
    assert objection_to_key(public("Pat", b"short"), ()) is not None
    key = "no base64!"
    assert (
        objection_to_key(PublicKey(id=key_id("ed25519", key), holder="P", kind="ed25519", key=key), ())
        is not None
    )
