"""A step is judged and entered in one transaction, or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of
from civic_ai.core.errors import RefusedError
from civic_ai.records.case import Case
from civic_ai.review.history import faults_of, statement_of
from tests.unit.review.made_case import DIGESTS, PEOPLE, act, deed, policy
from tests.unit.review.made_ledger import append, key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, Calendar, office_in, take, to_approval


def test_the_whole_way_to_an_approval_stands_on_the_ledger(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    last = to_approval(office)
    assert last.case.state == "approved_for_pilot"
    assert office.case(PILOT) == last.case
    assert [step.action.kind for step in office.steps(PILOT)] == [kind for kind, *_ in TO_APPROVAL]
    assert last.case.approval is not None
    assert last.case.approval.binding is not None
    assert last.case.approval.binding.dossier == DIGESTS["A"]
    assert office.case("another-pilot") == Case()


def test_what_may_not_be_is_refused_before_anybody_signs_and_again_when_it_is_entered(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    take(office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    before = office.ledger.entries()
    submit = act(deed("submit", "dee", "developer"))
    with pytest.raises(RefusedError):
        office.prepare(PILOT, submit)
    with pytest.raises(RefusedError):
        office.enter(said(statement_of(PILOT, submit, None, office.policy), key_file("dee")))
    assert office.ledger.entries() == before


def test_what_is_signed_names_the_dossier_that_it_is_about(tmp_path: Path) -> None:
    """Before there is one, the pilot; then the dossier of the case, or the new one that is handed in."""
    office = office_in(tmp_path)

    def about(kind: str, by: str, role: str, **given: object) -> str:
        return office.prepare(PILOT, act(deed(kind, by, role, **given))).subject[0].digest_of_it.sha256

    assert about(*TO_APPROVAL[0][:3], **TO_APPROVAL[0][3]) == digest_of({"pilot": PILOT})
    take(office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    assert about("submit", "ona", "owner", dossier="B") == DIGESTS["B"]
    take(office, "submit", "ona", "owner")
    assert about("comment", "coa", "coach") == DIGESTS["A"]


def test_nobody_signs_for_another(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    take(office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    statement = office.prepare(PILOT, act(deed("submit", "ona", "owner")))
    for signers in (["dee"], ["ona", "dee"]):
        with pytest.raises(RefusedError, match="dee signed what ona is said to do"):
            office.enter(said(statement, *map(key_file, signers)))
    assert office.case(PILOT).state == "draft"


def test_of_two_that_are_both_ready_one_is_entered(tmp_path: Path) -> None:
    """A double click, or two people at once: the second is judged by what the first made of the case."""
    office = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL[:6]:
        take(office, kind, by, role, **given)
    ready = [
        said(office.prepare(PILOT, act(deed(kind, "off", "governance_officer"))), key_file("off"))
        for kind in ("hand_to_board", "return_case")
    ]
    told: list[str] = []

    def enter(number: int) -> None:
        try:
            told.append(office.enter(ready[number]).case.state)
        except RefusedError:
            told.append("refused")

    threads = [threading.Thread(target=enter, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[-1] == "refused" or told.count("refused") == 1
    assert len(office.steps(PILOT)) == 7


def test_a_step_signed_on_another_day_is_not_entered(tmp_path: Path) -> None:
    """A day either way is the time zone."""
    calendar = Calendar()
    office = office_in(tmp_path, calendar)
    take(office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    signed = said(office.prepare(PILOT, act(deed("submit", "ona", "owner"))), key_file("ona"))
    calendar.number = 2
    with pytest.raises(RefusedError, match="It was signed for January 1, 2026, and today is January 3, 2026"):
        office.enter(signed)
    calendar.number = 1
    entered = office.enter(signed)
    assert str(entered.step.action.at) == "2026-01-02", "the ledger's day counts"


def test_a_changed_policy_does_not_rewrite_what_was_decided(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    last = to_approval(office)
    stricter = policy(quorum_share=0.9)
    later = type(office)(office.ledger, stricter, office.blobs)
    assert later.case(PILOT) == last.case
    assert last.case.approval is not None
    assert last.case.approval.policy == office.policy.digest
    old = said(office.prepare(PILOT, act(deed("comment", "coa", "coach"))), key_file("coa"))
    with pytest.raises(RefusedError, match="under another policy than the one in force"):
        later.enter(old)
    assert take(later, "comment", "coa", "coach").step.policy == stricter.digest


def test_a_step_reads_what_concerns_its_case_and_no_more(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office, "trees")
    to_approval(office)
    assert len(office.ledger.entries()) == len(PEOPLE) + 2 * len(TO_APPROVAL)
    read = office.ledger.about(PILOT)
    assert read == office.ledger.entries()[: len(PEOPLE)] + office.ledger.entries()[-len(TO_APPROVAL) :]
    with office.ledger.writing() as book:
        assert book.about(PILOT) == read
    assert office.cases() == {PILOT: office.case(PILOT), "trees": office.case("trees")}


def test_what_a_changed_program_let_into_one_case_does_not_stop_another(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    to_approval(office, "trees")
    forged = statement_of("trees", act(deed("start_pilot", "ona", "owner")), None, office.policy)
    append(office.ledger, said(forged, key_file("ona")))
    assert to_approval(office).case.state == "approved_for_pilot"
    with pytest.raises(RefusedError):
        office.case("trees")
    assert [fault.kind for fault in faults_of(office.ledger.entries(), office.policy_of)][:1] == [
        "not allowed"
    ]


def test_the_same_may_be_said_again_once_something_else_was_done_and_not_twice_in_a_row(
    tmp_path: Path,
) -> None:
    """A board that adjourns meets and votes again on one day in the same words; nobody need reword a vote."""
    office = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL[:9]:
        take(office, kind, by, role, **given)
    for _ in range(3):
        take(office, "vote", "cha", "chair")
        take(office, "adjourn", "cha", "chair", reason="A tie.")
        with pytest.raises(RefusedError, match="not in a meeting"):
            take(office, "adjourn", "cha", "chair", reason="A tie.")
        take(office, "open_meeting", "cha", "chair")
    take(office, "comment", "coa", "coach")
    with pytest.raises(RefusedError, match="the same statement stands already"):
        take(office, "comment", "coa", "coach")
    said_again = [step.action.again for step in office.steps(PILOT) if step.action.kind == "vote"]
    assert said_again == [0, 1, 2]
    assert not list(faults_of(office.ledger.entries(), office.policy_of))
