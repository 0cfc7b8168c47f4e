from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.ledger import Checkpoint, KeySpan, PublicKey, key_id, read_entry
from tests.unit.review.authenticator import Authenticator
from tests.unit.review.made_ledger import ANA, vote

AT = "2026-01-05T09:00:00.000001Z"
LINE = f"{AT} ".encode() + vote(1, ANA).to_json()


def test_an_entry_is_its_line() -> None:
    entry = read_entry(7, LINE)
    assert (entry.number, entry.at, entry.envelope, entry.line) == (7, AT, vote(1, ANA), LINE)
    assert (entry.moment.microsecond, entry.moment.utcoffset().total_seconds()) == (1, 0)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        LINE[1:],
        LINE + b" ",
        LINE.replace(b" ", b"  "),
        LINE.replace(b":0", b": 0", 1),
        LINE.replace(b"000001Z", b"000001+00:00"),
        LINE.replace(b"2026-01-05", b"2026-02-30"),
        LINE.replace(b'"sig"', b'"more":1,"sig"'),
        LINE.replace(b'"payloadType"', b'"payload_type"'),
        LINE.replace(b'"payload":"', b'"payload":"!'),
        LINE.replace(b'"keyid":"', b'"keyid":"0'),
        LINE.decode().encode("utf-16"),
    ],
)
def test_an_entry_has_one_spelling(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_entry(0, line)


def test_a_key_is_named_by_itself() -> None:
    key = ANA.public_key
    assert key.id == key_id("ed25519", key.key) != key_id("server", key.key)
    with pytest.raises(ValidationError, match="not that of the key"):
        PublicKey(id="0" * 64, holder="Ana", kind="ed25519", key=key.key)
    with pytest.raises(ValidationError):
        PublicKey(id=key.id, holder="", kind="ed25519", key=key.key)


def test_a_passkey_and_no_other_names_its_desk() -> None:
    passkey = Authenticator().public_key.model_dump()
    ours = ANA.public_key.model_dump()
    for wrong in (
        passkey | {"origin": None},
        passkey | {"relying_party": None},
        ours | {"origin": "x"},
        ours | {"relying_party": "x", "origin": "x"},
    ):
        with pytest.raises(ValidationError, match="and only a passkey"):
            PublicKey.model_validate(wrong)


def test_a_span_holds_from_its_first_to_its_last_entry() -> None:
    span = KeySpan(key=ANA.public_key, first=3, last=5)
    assert [span.holds(number) for number in range(2, 7)] == [False, True, True, True, False]
    assert span.model_copy(update={"last": None}).holds(99)


def test_a_checkpoint_is_three_lines() -> None:
    made = Checkpoint(origin="city.example/ledger", size=3, root="00" * 32)
    assert made.text == "city.example/ledger\n3\n" + "A" * 43 + "=\n"
    for wrong in ({"origin": "a b"}, {"origin": "a+b"}, {"size": -1}, {"root": "00"}):
        with pytest.raises(ValidationError):
            Checkpoint.model_validate(made.model_dump() | wrong)
