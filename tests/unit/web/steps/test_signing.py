"""An envelope holds the statement shown, signed by a key of the reader's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.review.envelope import signed_bytes
from civic_ai.review.key_files import KeyFile, make_key_file
from civic_ai.review.keys import enrol, revoke
from civic_ai.review.signatures import verifies
from civic_ai.review.statement import Statement
from civic_ai.web.desk import Desk
from civic_ai.web.steps.signing import by_account, by_file, by_passkey, ways_of
from tests.unit.review.made_case import act, deed
from tests.unit.review.made_ledger import append, key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take


@pytest.fixture
def statement(desk: Desk) -> Statement:
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    return desk.office.prepare(PILOT, act(deed("comment", "coa", "coach")))


def account_key(desk: Desk, person: str) -> KeyFile:
    return make_key_file(desk.settings.keys / "accounts" / f"{person}.key", "server", person)


def account(desk: Desk, person: str) -> Path | None:
    return ways_of(person, desk.standing(), desk.settings.keys).account


def test_an_account_signs_only_while_its_key_is_enrolled(desk: Desk, statement: Statement) -> None:
    assert account(desk, "coa") is None
    made = account_key(desk, "coa")
    assert account(desk, "coa") is None
    append(desk.office.ledger, said(enrol(made.public_key), key_file("off")))
    file = account(desk, "coa")
    assert file is not None
    assert account(desk, "ona") is None
    envelope = by_account(statement, file)
    assert verifies(made.public_key, envelope.signatures[0], signed_bytes(envelope))
    assert not desk.office.enter(envelope).step.is_personal
    append(desk.office.ledger, said(revoke(made.public_key.id, "no more"), key_file("off")))
    assert account(desk, "coa") is None


def test_a_file_must_sign_the_very_statement(desk: Desk, statement: Statement) -> None:
    envelope = said(statement, key_file("coa"))
    assert by_file(statement, envelope.to_json()) == envelope
    other = desk.office.prepare(PILOT, act(deed("comment", "ona", "owner")))
    with pytest.raises(RefusedError, match="signs another statement"):
        by_file(other, envelope.to_json())


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"payload": "%%"}', b"[" * 10_000])
def test_what_is_no_envelope_is_refused(statement: Statement, content: bytes) -> None:
    with pytest.raises(RefusedError, match="is no signed statement"):
        by_file(statement, content)


def test_a_passkeys_answer_names_a_key(statement: Statement) -> None:
    assert by_passkey(statement, "a" * 64, "{}").signatures[0].keyid == "a" * 64
    with pytest.raises(RefusedError, match="cannot be read"):
        by_passkey(statement, "undefined", "{}")
