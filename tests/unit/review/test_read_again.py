"""What was verified before is read again as it was when it was verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.base64 import base64_text
from civic_ai.records.ledger import LedgerEntry, Signature, SignedEnvelope
from civic_ai.review.admission import Admitted, admit
from civic_ai.review.envelope import seal_envelope, to_sign
from civic_ai.review.history import is_step, read_step, statement_of
from civic_ai.review.keys import KeyRegister, enrol
from civic_ai.review.passkey import challenge
from civic_ai.review.read_again import step_again
from civic_ai.review.statement import Statement
from tests.unit.review.authenticator import Authenticator
from tests.unit.review.made_case import act, deed, policy
from tests.unit.review.made_ledger import key_file, said
from tests.unit.review.made_office import TO_APPROVAL, office_in, take, to_approval

OPENS = act(deed(*TO_APPROVAL[0][:3], **TO_APPROVAL[0][3]))
OPENING = statement_of("streets", OPENS, None, policy())
ONA, SERVER = key_file("ona"), key_file("ona", "server")


def admitted(register: KeyRegister, number: int, envelope: SignedEnvelope) -> Admitted:
    found = admit(register, number, envelope)
    assert isinstance(found, Admitted)
    return found


def register_with(*enrolled: Statement) -> KeyRegister:
    register = KeyRegister()
    for number, statement in enumerate(enrolled):
        register = admitted(register, number, said(statement, ONA)).register
    return register


def line(number: int, envelope: SignedEnvelope) -> bytes:
    return LedgerEntry(number=number, at=f"{OPENS.at}T09:00:00.000000Z", envelope=envelope).line


def test_every_step_reads_as_it_did_and_what_is_about_keys_is_left_to_be_verified(tmp_path: Path) -> None:
    office, register, kinds = office_in(tmp_path), KeyRegister(), set()
    to_approval(office)
    take(office, "comment", "coa", "coach", text='\u00bfLlueve? "\\u0041" \u2028 \U0001f327\n')
    for entry in office.ledger.entries():
        found, again = (
            admitted(register, entry.number, entry.envelope),
            step_again(register, entry.number, entry.line),
        )
        if is_step(found.statement):
            step = read_step(entry.number, entry.moment.date(), found)
            assert again == (found.register, step)
            kinds.add(step.action.kind)
        else:
            assert again is None
        register = found.register
    assert kinds == {"comment", *(kind for kind, *_ in TO_APPROVAL)}


def test_a_step_for_which_a_server_signed_stays_weaker() -> None:
    register = register_with(enrol(ONA.public_key, is_custodian=True), enrol(SERVER.public_key))
    for signers, is_personal in (((ONA,), True), ((SERVER,), False), ((ONA, SERVER), False)):
        again = step_again(register, 2, line(2, said(OPENING, *signers)))
        assert again is not None
        assert again[1].is_personal is is_personal


def test_the_counter_of_a_passkey_goes_on() -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    passkey = Authenticator(holder="ona", count=6)
    register = register_with(enrol(ONA.public_key, is_custodian=True), enrol(passkey.public_key))
    sig = base64_text(passkey.assertion(challenge(to_sign(OPENING))))
    envelope = seal_envelope(OPENING, [Signature(keyid=passkey.public_key.id, sig=sig)])
    again = step_again(register, 2, line(2, envelope))
    assert again is not None
    assert again[0] == admitted(register, 2, envelope).register
    assert again[0].spans[passkey.public_key.id].sign_count == 7


def test_a_key_that_is_not_enrolled_signs_nothing() -> None:
    with pytest.raises(KeyError):
        step_again(KeyRegister(), 2, line(2, said(OPENING, ONA)))
