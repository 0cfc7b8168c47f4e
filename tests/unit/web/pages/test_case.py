"""The page of a case: where it stands, what is missing, who is waited for, what happened."""

from __future__ import annotations

from civic_ai.web.desk import Desk
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

PAGE = f"/cases/{PILOT}/"


def seen(person: str) -> str:
    return reader(person).get(PAGE).content.decode()


def at_level_three(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(desk.office, kind, by, role, **given)
    take(desk.office, "propose_level", "off", "governance_officer", level="III")
    take(desk.office, "confirm_level", "cha", "chair", level="III")


def test_it_says_where_the_case_stands_and_what_is_next(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(desk.office, kind, by, role, **given)
    page = seen("off")
    assert "Handed in" in page
    assert "off, the governance officer: propose the impact level" in page
    assert f'class="usa-button" href="{PAGE}steps/propose_level/"' in page
    assert f'class="usa-button" href="{PAGE}steps/propose_level/"' not in seen("mem")


def test_what_is_missing_is_said_once(desk: Desk) -> None:
    at_level_three(desk)
    take(desk.office, "review", "tec", "technical_reviewer")
    page = seen("off")
    assert page.count("Missing before this: hand the case to the board.") == 1
    assert "equity review" in page


def test_a_blind_review_is_read_by_nobody_else(desk: Desk) -> None:
    at_level_three(desk)
    number = take(desk.office, "review", "tec", "technical_reviewer", blocking=True).entry.number
    assert "because" in seen("tec")
    assert "wrong" in seen("tec")
    for person in ("equ", "ona", "cha"):
        assert "because" not in seen(person)
        assert "wrong" not in seen(person)
        assert reader(person).get(f"{PAGE}entries/{number}/receipt.txt").status_code == 403
        assert "because" not in reader(person).get(f"{PAGE}entries/{number}/").content.decode()
    assert reader("tec").get(f"{PAGE}entries/{number}/receipt.txt").status_code == 200
    assert "First reviews are blind" in seen("equ")


def test_every_step_stands_in_the_history(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL:
        number = take(desk.office, kind, by, role, **given).entry.number
    page = seen("aud")
    assert page.count("<tr>") == len(TO_APPROVAL) + 1
    assert f"{PAGE}entries/{number}/" in page
    assert "Approved for a pilot" in page
