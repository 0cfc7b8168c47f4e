"""What an intact ledger tells of a case, and what it must not be able to tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.review.history import faults_of, read_steps, statement_of
from civic_ai.review.policies import policies_kept
from civic_ai.review.statement import read_statement, state
from civic_ai.store.blobs import Blobs
from tests.unit.review.made_case import COMMUNITY, DIGESTS, PEOPLE, act, deed
from tests.unit.review.made_ledger import append, key_file, said
from tests.unit.review.made_office import PILOT, office_in, to_approval

CLOSING = deed("close_vote", "cha", "chair")


def test_an_honest_ledger_has_no_faults(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    assert list(faults_of(office.ledger.entries(), office.policy_of)) == []


def test_what_is_signed_reads_back_as_it_was(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    for one in (deed("open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY), CLOSING):
        statement = statement_of(PILOT, act(one), None, office.policy)
        assert read_statement(statement.to_json()) == statement


def test_a_step_that_a_changed_program_let_in_is_found(tmp_path: Path) -> None:
    """The owner approves alone: every signature is good, and the workflow does not allow it."""
    office = office_in(tmp_path)
    to_approval(office)
    forged = statement_of(PILOT, act(deed("start_pilot", "ona", "owner")), None, office.policy)
    append(office.ledger, said(forged, key_file("ona")))
    faults = list(faults_of(office.ledger.entries(), office.policy_of))
    assert {fault.kind for fault in faults} == {"not allowed"}
    assert {fault.entry for fault in faults} == {len(office.ledger.entries()) - 1}
    assert all(fault.is_fault for fault in faults)


def test_a_vote_in_anothers_name_is_found(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    said_of = statement_of(PILOT, act(deed("comment", "coa", "coach")), None, office.policy)
    append(office.ledger, said(said_of, key_file("dee")))
    (fault,) = faults_of(office.ledger.entries(), office.policy_of)
    assert "dee signed what coa is said to do" in str(fault.says)
    with pytest.raises(RefusedError):
        list(read_steps(office.ledger.entries()))


def test_a_predicate_that_is_no_action_is_no_step(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    append(office.ledger, said(state("vote", PILOT, "ab" * 32, {"kind": "vote"}), key_file("cha")))
    (fault,) = faults_of(office.ledger.entries(), office.policy_of)
    assert str(fault.says) == "This is no step of the workflow."


def test_a_type_that_is_not_that_of_its_action_is_no_step(tmp_path: Path) -> None:
    """A comment that claims to be a vote."""
    office = office_in(tmp_path)
    comment = statement_of(PILOT, act(deed("comment", "coa", "coach")), None, office.policy)
    posed = comment.model_copy(update={"predicate_type": "https://civic-ai.dev/vote/v1"})
    append(office.ledger, said(posed, key_file("coa")))
    (fault,) = faults_of(office.ledger.entries(), office.policy_of)
    assert str(fault.says) == "This is no step of the workflow."


def test_a_case_is_not_opened_for_one_pilot_under_the_name_of_another(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    opened = act(deed("open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY))
    append(office.ledger, said(statement_of("other", opened, None, office.policy), key_file("ona")))
    (fault,) = faults_of(office.ledger.entries(), office.policy_of)
    assert str(fault.says) == "This is no step of the workflow."


def test_a_step_signed_about_another_dossier_is_not_taken(tmp_path: Path) -> None:
    """Other programs read the subject of a statement; the workflow reads the step."""
    office = office_in(tmp_path)
    to_approval(office)
    comment = act(deed("comment", "coa", "coach"))
    posed = said(statement_of(PILOT, comment, DIGESTS["F"], office.policy), key_file("coa"))
    with pytest.raises(RefusedError, match=f"signed about {DIGESTS['F']}; the step is about {DIGESTS['A']}"):
        office.enter(posed)
    append(office.ledger, posed)
    (fault,) = faults_of(office.ledger.entries(), office.policy_of)
    assert (fault.kind, fault.entry) == ("not allowed", len(office.ledger.entries()) - 1)


def test_what_follows_a_fault_is_not_accused_of_it(tmp_path: Path) -> None:
    """The pilot was started by nobody who may; that it was then suspended is judged no more."""
    office = office_in(tmp_path)
    to_approval(office)
    for kind, by, role in (("start_pilot", "ona", "owner"), ("suspend", "off", "governance_officer")):
        step = statement_of(PILOT, act(deed(kind, by, role)), DIGESTS["A"], office.policy)
        append(office.ledger, said(step, key_file(by)))
    faults = list(faults_of(office.ledger.entries(), office.policy_of))
    assert {fault.entry for fault in faults} == {len(office.ledger.entries()) - 2}


def test_a_policy_that_is_not_at_hand_is_called_so(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office)
    first = next(iter(office.steps(PILOT))).number
    faults = list(faults_of(office.ledger.entries(), policies_kept(Blobs(tmp_path / "nothing"))))
    assert [(fault.kind, fault.entry) for fault in faults] == [("policy", first)]
    assert list(faults_of(office.ledger.entries(), policies_kept(office.blobs))) == []
