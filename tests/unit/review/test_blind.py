"""A review is hidden from the others until all first ones are in, and from nobody afterwards."""

from __future__ import annotations

from pathlib import Path

from civic_ai.review.blind import is_hidden
from civic_ai.review.office import Office
from tests.unit.review.made_office import PILOT, TO_APPROVAL, office_in, take


def seen(office: Office, person: str) -> list[str]:
    """Whose reviews this person may read."""
    case = office.case(PILOT)
    reviews = [event for event in office.events(PILOT) if event.action.kind == "review"]
    return [event.action.by for event in reviews if not is_hidden(event, case, person, office.policy)]


def under_review(folder: Path) -> Office:
    office = office_in(folder)
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(office, kind, by, role, **given)
    take(office, "propose_level", "off", "governance_officer", level="III")
    take(office, "confirm_level", "cha", "chair", level="III")
    return office


def test_first_reviews_are_blind_to_each_other(tmp_path: Path) -> None:
    office = under_review(tmp_path)
    take(office, "review", "tec", "technical_reviewer")
    assert [seen(office, person) for person in ("tec", "equ", "cha", "ona")] == [["tec"], [], [], []]
    take(office, "review", "equ", "equity_reviewer")
    assert [seen(office, person) for person in ("tec", "equ", "pri")] == [["tec"], ["equ"], []]
    take(office, "review", "pri", "privacy_reviewer")
    assert seen(office, "equ") == seen(office, "ona") == ["tec", "equ", "pri"]


def test_a_reviewers_signed_comment_is_as_hidden_as_the_review(tmp_path: Path) -> None:
    office = under_review(tmp_path)
    comments = [take(office, "comment", by, role).step for by, role in
                (("equ", "equity_reviewer"), ("coa", "coach"))]  # fmt: skip

    def heard(person: str) -> list[str]:
        case = office.case(PILOT)
        found = [event for event in office.events(PILOT) if event.step in comments]
        return [event.action.by for event in found if not is_hidden(event, case, person, office.policy)]

    assert [heard(person) for person in ("equ", "tec", "ona")] == [["equ", "coa"], ["coa"], ["coa"]]
    take(office, "release", "off", "governance_officer", holder=("equ", "equity_reviewer"))
    assert heard("tec") == ["coa"]
    take(office, "assign", "off", "governance_officer", holder=("equ", "equity_reviewer"))
    for by, role in (("tec", "technical_reviewer"), ("equ", "equity_reviewer"), ("pri", "privacy_reviewer")):
        take(office, "review", by, role)
    assert heard("ona") == ["equ", "coa"]


def test_a_signed_comment_on_an_earlier_dossier_may_be_read(tmp_path: Path) -> None:
    office = under_review(tmp_path)
    step = take(office, "comment", "equ", "equity_reviewer").step
    take(office, "return_case", "off", "governance_officer")
    take(office, "submit", "ona", "owner", dossier="B")
    (event,) = [event for event in office.events(PILOT) if event.step == step]
    assert not is_hidden(event, office.case(PILOT), "ona", office.policy)


def test_other_steps_are_never_hidden(tmp_path: Path) -> None:
    office = under_review(tmp_path)
    case = office.case(PILOT)
    assert not any(is_hidden(event, case, "mem", office.policy) for event in office.events(PILOT))
