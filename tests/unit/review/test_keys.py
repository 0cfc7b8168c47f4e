from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.core.messages import Message
from civic_ai.records.ledger import Checkpoint, PublicKey
from civic_ai.review.key_files import note_key
from civic_ai.review.keys import (
    KeyRegister,
    apply,
    enrol,
    founded_by,
    is_about_keys,
    objection,
    read_enrolment,
    read_revocation,
    revoke,
)
from civic_ai.review.log_keys import read_rotation, rotate
from civic_ai.review.statement import Statement, state
from tests.unit.review.made_ledger import ANA, BEA, DOSSIER, EVE, LOG, key_file

A, B, E = ANA.public_key, BEA.public_key, EVE.public_key
SERVER, SERVER_2 = key_file("desk", "server").public_key, key_file("desk 2", "server").public_key
BEA_2 = key_file("Bea 2").public_key.model_copy(update={"holder": "Bea"})


def register(*statements: Statement) -> KeyRegister:
    """The register after Ana founded the ledger and these followed."""
    made = KeyRegister()
    for number, statement in enumerate((enrol(A, is_custodian=True), *statements)):
        made = apply(made, number, statement)
    return made


WITH_BEA = register(enrol(B))


def why(known: KeyRegister, statement: Statement, *signers: PublicKey) -> str | None:
    """The objection at the next entry but one."""
    found = objection(known, 5, statement, [signer.id for signer in signers])
    return found.sentence if isinstance(found, Message) else None


def test_a_key_may_sign_from_the_entry_after_its_enrolment() -> None:
    assert [WITH_BEA.spans[A.id].holds(number) for number in (0, 1, 99)] == [True, True, True]
    assert [WITH_BEA.spans[B.id].holds(number) for number in (0, 1, 2, 99)] == [False, False, True, True]
    assert WITH_BEA.custodians(5) == {A.id}
    assert KeyRegister().custodians(0) == set()


def test_a_revoked_key_may_sign_its_end_and_nothing_after() -> None:
    after = register(enrol(B), revoke(B.id, "left"))
    assert [after.spans[B.id].holds(number) for number in (1, 2, 3)] == [False, True, False]
    assert WITH_BEA.spans[B.id].last is None


def test_a_replaced_key_ends_where_the_new_one_begins() -> None:
    after = register(enrol(B), enrol(BEA_2, replaces=B.id))
    assert [after.spans[B.id].holds(number) for number in (2, 3)] == [True, False]
    assert [after.spans[BEA_2.id].holds(number) for number in (2, 3)] == [False, True]


def test_the_first_entry_enrols_a_person_as_custodian() -> None:
    assert founded_by(enrol(A, is_custodian=True)).spans[A.id].first == 0
    assert founded_by(enrol(A, is_custodian=True)).custodians(0) == {A.id}
    nothing = KeyRegister()
    assert founded_by(enrol(A)) == nothing
    assert founded_by(enrol(SERVER, is_custodian=True)) == nothing
    assert founded_by(enrol(A, is_custodian=True, replaces=B.id)) == nothing
    assert founded_by(revoke(A.id, "x")) == nothing
    assert objection(founded_by(enrol(A, is_custodian=True)), 0, enrol(A, is_custodian=True), [A.id]) is None


def test_custodians_enrol_and_revoke() -> None:
    assert why(WITH_BEA, enrol(E), A) is None
    assert why(WITH_BEA, enrol(E), B, A) is None
    assert why(WITH_BEA, enrol(SERVER), A) is None
    assert why(WITH_BEA, enrol(E, is_custodian=True), A) is None
    assert why(WITH_BEA, revoke(B.id, "left"), A) is None
    assert why(WITH_BEA, enrol(BEA_2, replaces=B.id), A) is None
    assert why(WITH_BEA, enrol(BEA_2, is_custodian=True, replaces=B.id), A) is None


def test_holders_replace_and_revoke_their_own() -> None:
    assert why(WITH_BEA, revoke(B.id, "lost"), B) is None
    assert why(WITH_BEA, enrol(BEA_2, replaces=B.id), B) is None


@pytest.mark.parametrize(
    ("statement", "signer", "says"),
    [
        (enrol(B), A, "enrolled before"),
        (enrol(A), A, "enrolled before"),
        (enrol(SERVER, is_custodian=True), A, "server's key cannot"),
        (enrol(E), B, "only a custodian may enrol"),
        (enrol(BEA_2, replaces=B.id), E, "only a custodian may enrol"),
        (enrol(E, replaces=B.id), A, "another holder"),
        (enrol(E, replaces=B.id), B, "another holder"),
        (enrol(E, replaces=E.id), A, "is not in use"),
        (enrol(BEA_2, is_custodian=True, replaces=B.id), B, "may not do more"),
        (revoke(E.id, "x"), A, "is not in use"),
        (revoke(A.id, "x"), B, "only a custodian or the holder"),
        (revoke(A.id, "x"), A, "leave no custodian"),
        (state("key-enrolled", "key", E.id, {"key": "?"}), A, "cannot be read"),
        (state("key-enrolled", "key", E.id, {"key": E.model_dump(mode="json")}), A, "cannot be read"),
        (state("key-revoked", "key", A.id, {"key": B.id, "reason": "x"}), A, "cannot be read"),
        (state("key-revoked", "key", B.id, {"key": B.id, "reason": ""}), A, "cannot be read"),
        (state("key-revoked", "key", B.id, {"key": B.id}), A, "cannot be read"),
    ],
)
def test_what_nobody_may_say_about_keys(statement: Statement, signer: PublicKey, says: str) -> None:
    assert says in (why(WITH_BEA, statement, signer) or "nothing")


def test_a_custodian_may_go_when_another_stays() -> None:
    two = register(enrol(B, is_custodian=True))
    assert why(two, revoke(A.id, "left"), A) is None
    after = apply(two, 5, revoke(A.id, "left"))
    assert objection(after, 6, revoke(B.id, "left"), [B.id]) is not None
    assert objection(after, 6, enrol(E), [A.id]) is not None
    assert objection(after, 6, revoke(A.id, "again"), [B.id]) is not None


def test_a_key_that_ended_is_not_replaced() -> None:
    gone = register(enrol(B), revoke(B.id, "left"))
    assert "is not in use" in (why(gone, enrol(BEA_2, replaces=B.id), A) or "")
    assert why(gone, enrol(BEA_2), A) is None


def test_the_last_custodian_is_replaced_by_a_custodian_alone() -> None:
    new = key_file("Ana 2").public_key.model_copy(update={"holder": "Ana"})
    assert "leave no custodian" in (why(WITH_BEA, enrol(new, replaces=A.id), A) or "")
    assert why(WITH_BEA, enrol(new, is_custodian=True, replaces=A.id), A) is None


def test_a_servers_key_does_not_become_a_personal_one() -> None:
    known = register(enrol(SERVER))
    personal = key_file("p").public_key.model_copy(update={"holder": "desk"})
    renewed = SERVER_2.model_copy(update={"holder": "desk"})
    assert "may not do more" in (why(known, enrol(personal, replaces=SERVER.id), SERVER) or "")
    assert why(known, enrol(renewed, replaces=SERVER.id), SERVER) is None


def test_other_statements_change_no_key() -> None:
    vote = state("vote", "pilot", DOSSIER, {"key": B.id})
    assert not is_about_keys(vote)
    assert is_about_keys(enrol(B))
    assert is_about_keys(revoke(B.id, "x"))
    assert apply(WITH_BEA, 5, vote) == WITH_BEA
    assert objection(WITH_BEA, 5, vote, []) is None
    assert read_enrolment(vote) is None
    assert read_revocation(enrol(B)) is None


def test_who_looks_like_another_is_not_enrolled() -> None:
    twin = key_file("twin").public_key
    for holder, says in (("bea", "looks like that of another"), ("Bea\u200b", "nobody sees")):
        assert says in (why(WITH_BEA, enrol(twin.model_copy(update={"holder": holder})), A) or "")
    same = twin.model_copy(update={"holder": "Bea"})
    assert why(WITH_BEA, enrol(same), A) is None, "a person may have two keys"


def test_a_ledger_is_not_founded_by_a_name_that_is_not_seen() -> None:
    hidden = A.model_copy(update={"holder": "Ana\u200b"})
    assert founded_by(enrol(hidden, is_custodian=True)) == KeyRegister()


NEW_LOG = replace(note_key(key_file("second", "log")), name=LOG.name).public
ROTATION = rotate(LOG, NEW_LOG, Checkpoint(origin=LOG.name, size=5, root="0" * 64), "the server was replaced")


def test_the_logs_key_is_changed_by_a_custodian_with_another_person() -> None:
    known = register(enrol(B), enrol(E))
    assert is_about_keys(ROTATION)
    assert why(known, ROTATION, A, B) is why(known, ROTATION, E, A) is None
    assert "only a custodian may change" in (why(known, ROTATION, B, E) or "")
    assert "only a custodian may change" in (why(known, ROTATION) or "")
    assert "two people must sign" in (why(known, ROTATION, A) or "")


def test_a_change_of_the_logs_key_is_remembered_after_those_before_and_ends_no_persons_key() -> None:
    after = apply(WITH_BEA, 5, ROTATION)
    assert after.rotations == (read_rotation(ROTATION),) != (None,)
    assert after.spans == WITH_BEA.spans
    assert "never used" in (why(after, ROTATION, A, B) or "")
    assert apply(after, 6, ROTATION).rotations == 2 * after.rotations
