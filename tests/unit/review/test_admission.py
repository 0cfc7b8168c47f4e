from __future__ import annotations

import pytest

from civic_ai.core.base64 import base64_text
from civic_ai.records.ledger import Signature, SignedEnvelope
from civic_ai.review.admission import MOST_BYTES, Admitted, admit, register_after
from civic_ai.review.envelope import pre_authentication_encoding, seal_envelope, to_sign
from civic_ai.review.findings import Finding
from civic_ai.review.keys import KeyRegister, apply, enrol, revoke
from civic_ai.review.passkey import challenge
from civic_ai.review.statement import read_statement, state
from tests.unit.review.authenticator import Authenticator
from tests.unit.review.made_ledger import ANA, BEA, DOSSIER, EVE, founding, key_file, said, vote

SERVER = key_file("desk", "server")
REGISTER = KeyRegister()
for _number, _statement in enumerate(
    (
        enrol(ANA.public_key, is_custodian=True),
        enrol(BEA.public_key),
        enrol(SERVER.public_key),
        revoke(BEA.public_key.id, "x"),
    )
):
    REGISTER = apply(REGISTER, _number, _statement)


def kind(envelope: SignedEnvelope, number: int = 4) -> str:
    found = admit(REGISTER, number, envelope)
    assert isinstance(found, Finding)
    assert found.entry == number
    return found.kind


def test_a_good_entry_tells_who_signed() -> None:
    found = admit(REGISTER, 4, vote(1, ANA))
    assert isinstance(found, Admitted)
    assert (found.signers, found.is_personal, found.register) == ((ANA.public_key,), True, REGISTER)
    assert found.statement.predicate == {"round": 1}


def test_a_servers_word_is_weaker() -> None:
    for signers in ((SERVER,), (ANA, SERVER)):
        found = admit(REGISTER, 4, vote(1, *signers))
        assert isinstance(found, Admitted)
        assert not found.is_personal


def test_an_admitted_key_statement_changes_the_register() -> None:
    found = admit(REGISTER, 4, said(enrol(EVE.public_key), ANA))
    assert isinstance(found, Admitted)
    assert found.register.spans[EVE.public_key.id].first == 5


def test_the_first_entry_founds() -> None:
    assert isinstance(admit(KeyRegister(), 0, founding()), Admitted)
    assert admit(KeyRegister(), 0, vote(1, ANA)).kind == "foreign key"
    assert admit(KeyRegister(), 0, said(enrol(ANA.public_key, is_custodian=True), BEA)).kind == "foreign key"
    assert admit(REGISTER, 0, vote(1, ANA)).kind == "foreign key"


def test_each_fault_has_its_name() -> None:
    good = vote(1, ANA)
    signature = good.signatures[0]
    assert kind(vote(1, EVE)) == "foreign key"
    assert kind(vote(1, ANA, EVE)) == "foreign key"
    assert kind(vote(1, BEA)) == "revoked key"
    assert isinstance(admit(REGISTER, 3, vote(1, BEA)), Admitted)
    assert kind(good.model_copy(update={"payload": vote(2, ANA).payload})) == "bad signature"
    assert kind(good.model_copy(update={"signatures": (signature, signature)})) == "bad signature"
    assert kind(vote(1)) == "no statement"
    assert kind(said(enrol(EVE.public_key), SERVER)) == "not entitled"
    assert kind(good.model_copy(update={"payload": base64_text(b"{}")})) == "no statement"


def test_the_key_that_is_wrong_is_named_by_the_first_12_digits_of_its_id() -> None:
    for key, envelope in (
        (EVE, vote(1, EVE)),
        (BEA, vote(1, BEA)),
        (ANA, vote(1, ANA).model_copy(update={"payload": vote(2, ANA).payload})),
    ):
        found = admit(REGISTER, 4, envelope)
        assert isinstance(found, Finding)
        assert f" {key.public_key.id[:12]} " in found.says.text()


def test_another_payload_type_is_no_statement() -> None:
    good = vote(1, ANA)
    message = pre_authentication_encoding("text/plain", good.content)
    signature = Signature(keyid=ANA.public_key.id, sig=base64_text(ANA.key.sign(message)))
    other = SignedEnvelope(payload_type="text/plain", payload=good.payload, signatures=(signature,))
    assert kind(other) == "no statement"


@pytest.mark.parametrize("signers", [(ANA, SERVER), (SERVER, ANA)])
def test_one_bad_signature_among_good_ones_is_enough(signers: tuple[object, ...]) -> None:
    good = vote(1, *signers)
    bad = good.signatures[1].model_copy(update={"sig": base64_text(b"\0" * 64)})
    assert kind(good.model_copy(update={"signatures": (good.signatures[0], bad)})) == "bad signature"


def test_a_statement_of_more_than_a_megabyte_is_not_read() -> None:
    size = MOST_BYTES * 3 // 4
    assert kind(said(state("vote", "p", DOSSIER, {"text": "x" * size}), ANA)) == "too large"
    near = said(state("vote", "p", DOSSIER, {"text": "x" * (size - 300)}), ANA)
    assert isinstance(admit(REGISTER, 4, near), Admitted)


def passkey_entry(passkey: Authenticator, number: int, count: int) -> SignedEnvelope:
    """A vote signed by the passkey, which says that it has signed ``count`` times."""
    passkey.count = count - 1
    statement = state("vote", "p", DOSSIER, {"round": number})
    sig = base64_text(passkey.assertion(challenge(to_sign(statement))))
    return seal_envelope(statement, [Signature(keyid=passkey.public_key.id, sig=sig)])


@pytest.mark.parametrize(
    ("counts", "last"),
    [([1, 2, 9], "good"), ([5, 5], "counter"), ([5, 4], "counter"), ([5, 0], "counter"), ([0, 0, 0], "good"),
     ([0, 1, 2], "good")],
)  # fmt: skip
def test_a_passkeys_counter_goes_on(counts: list[int], last: str) -> None:
    """0, always: a synchronised passkey, which does not count."""
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    passkey = Authenticator()
    register = apply(REGISTER, 4, enrol(passkey.public_key))
    for number, count in enumerate(counts, start=5):
        found = admit(register, number, passkey_entry(passkey, number, count))
        register = found.register if isinstance(found, Admitted) else register
    assert (found.kind if isinstance(found, Finding) else "good") == last
    if isinstance(found, Finding):
        assert f"counted {counts[-1]} after 5: it may have been copied" in str(found.says)


def test_the_register_without_checking_counts_the_same() -> None:
    pytest.importorskip("webauthn", reason="the extra civic-ai[passkey] is not installed")
    passkey = Authenticator()
    register = apply(REGISTER, 4, enrol(passkey.public_key))
    envelope = passkey_entry(passkey, 5, 7)
    found = admit(register, 5, envelope)
    assert isinstance(found, Admitted)
    assert register_after(register, 5, read_statement(envelope.content), envelope) == found.register
    assert found.register.spans[passkey.public_key.id].sign_count == 7
