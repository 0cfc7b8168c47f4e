"""Who may comment, mark, settle, score and answer; and what stays hidden while first reviews are blind."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from civic_ai.records.case import Case
from civic_ai.review.office import Office
from civic_ai.review.remarks import (
    may_answer_for_city,
    may_ask_change,
    may_hear,
    may_score,
    may_settle,
    may_speak,
    round_began,
)
from tests.unit.review.made_case import DIGESTS, PEOPLE, policy
from tests.unit.review.made_office import PILOT, TO_APPROVAL, office_in, take

A, B = DIGESTS["A"], DIGESTS["B"]
EVERYBODY = [person for person, _ in PEOPLE]
REVIEWING = {"tec", "equ", "pri"}


@dataclass(frozen=True)
class Said:
    by: str
    roles: tuple[str, ...] = ()
    dossier: str = A
    after: int = 10_000


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(made, kind, by, role, **given)
    return made


def level_three(office: Office) -> Case:
    take(office, "propose_level", "off", "governance_officer", level="III")
    return take(office, "confirm_level", "cha", "chair", level="III").case


def hears(office: Office, said: Said, person: str, **changed: Any) -> bool:
    return may_hear(said, office.case(PILOT), round_began(office.events(PILOT)), person, policy(**changed))


def test_who_may_do_what(office: Office) -> None:
    case = office.case(PILOT)

    def allowed(may: Any) -> set[str]:
        return {person for person in [*EVERYBODY, "zoe"] if may(case, person)}

    assert allowed(may_speak) == set(EVERYBODY) - {"aud"}
    assert allowed(may_ask_change) == REVIEWING | {"coa", "off"}
    assert allowed(may_score) == {"coa"}
    assert allowed(may_answer_for_city) == {"ona", "dee", "sol"}


def test_only_who_asked_and_a_coach_settle(office: Office) -> None:
    case = office.case(PILOT)
    settle = {person for person in [*EVERYBODY, "zoe"] if may_settle(case, person, Said("equ"))}
    assert settle == {"equ", "coa"}
    assert not may_settle(case, "zoe", Said("zoe"))


def test_who_has_left_for_a_conflict_says_nothing_more(office: Office) -> None:
    take(office, "declare_conflict", "tec", "technical_reviewer", person="tec")
    case = office.case(PILOT)
    assert "tec" in case.recused
    assert not may_speak(case, "tec")
    assert not may_ask_change(case, "tec")
    assert not may_settle(case, "tec", Said("tec"))


def test_a_reviewer_is_heard_by_nobody_else_before_all_first_reviews_are_in(office: Office) -> None:
    case, began = level_three(office), round_began(office.events(PILOT))
    for by, reader in product(EVERYBODY, EVERYBODY):
        assert may_hear(Said(by), case, began, reader, policy()) == (by == reader or by not in REVIEWING)
    for reviewer, role in (("tec", "technical_reviewer"), ("equ", "equity_reviewer")):
        take(office, "review", reviewer, role)
        assert not hears(office, Said("equ"), "ona")
    case = take(office, "review", "pri", "privacy_reviewer").case
    assert all(may_hear(Said(by), case, began, "ona", policy()) for by in EVERYBODY)


def test_a_city_whose_reviews_are_open_hides_nothing(office: Office) -> None:
    level_three(office)
    assert hears(office, Said("tec"), "ona", blind_reviews=False)
    assert not hears(office, Said("tec"), "ona")


def test_who_is_no_reviewer_any_more_stays_hidden_and_who_became_one_is(office: Office) -> None:
    """A role taken away would otherwise open what was said in it, one given later would not close it."""
    level_three(office)
    assert not hears(office, Said("mem", ("technical_reviewer",)), "ona")
    assert not hears(office, Said("tec", ()), "ona")
    assert hears(office, Said("mem", ("member",)), "ona")


def test_what_was_said_of_an_earlier_dossier_before_this_one_may_be_read(office: Office) -> None:
    level_three(office)
    take(office, "return_case", "off", "governance_officer")
    before = len(office.ledger.entries())
    number = take(office, "submit", "ona", "owner", dossier="B").entry.number
    assert number == round_began(office.events(PILOT)) == before
    assert office.case(PILOT).dossier == B
    assert hears(office, Said("tec", dossier=A, after=before), "ona")
    assert not hears(office, Said("tec", dossier=A, after=before + 1), "ona")
    assert not hears(office, Said("tec", dossier=B, after=before), "ona")
    assert not hears(office, Said("tec", dossier=B, after=before + 1), "ona")


def test_before_anything_is_handed_in_a_reviewer_is_not_heard(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    take(office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    assert round_began(office.events(PILOT)) == -1
    assert not hears(office, Said("tec", after=0), "ona")
    assert hears(office, Said("coa", after=0), "ona")
