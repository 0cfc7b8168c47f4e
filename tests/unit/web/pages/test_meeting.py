"""What the board sees of its meeting, before, in and after it."""

from __future__ import annotations

from civic_ai.web.desk import Desk
from tests.unit.review.made_case import act, deed
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

PAGE = f"/cases/{PILOT}/meeting/"


def walk(desk: Desk, until: int) -> None:
    """The first steps of the way to an approval."""
    for kind, by, role, given in TO_APPROVAL[:until]:
        take(desk.office, kind, by, role, **given)


def seen(person: str) -> str:
    return reader(person).get(PAGE).content.decode()


def test_the_chair_opens_the_meeting_and_a_member_does_not(desk: Desk) -> None:
    walk(desk, 8)
    assert "The meeting is not open yet" in seen("cha")
    assert "Open a meeting of the board" in seen("cha")
    assert "Open a meeting of the board" not in seen("mem")


def test_votes_stand_with_their_reasons_and_who_is_still_to_vote(desk: Desk) -> None:
    walk(desk, 11)
    page = seen("mem")
    assert "Still to vote: mem." in page
    assert "Enough members are here to decide" in page
    assert "because" in page
    assert "speaks for residents" in page
    walk_rest = TO_APPROVAL[11]
    take(desk.office, *walk_rest[:3])
    assert "The votes gave: approve." in seen("cha")


def test_who_has_a_conflict_has_left(desk: Desk) -> None:
    walk(desk, 8)
    take(desk.office, "declare_conflict", "mem", "member", person="mem")
    assert "has a conflict, and left" in seen("cha")


def test_before_the_board_there_is_no_question(desk: Desk) -> None:
    walk(desk, 2)
    assert "The board has no question about streets now" in seen("cha")


def test_open_gates_are_named_with_who_may_waive_them(desk: Desk) -> None:
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    take(desk.office, "submit", "ona", "owner", gates=("g-chair",))
    for kind, by, role, given in TO_APPROVAL[2:8]:
        take(desk.office, kind, by, role, **given)
    page = seen("cha")
    assert "Gates that did not pass" in page
    assert "<strong>nobody has waived it</strong>" in page
    assert 'data-label="May be waived by">the chair of the board</td>' in page
    assert act(deed("waive", "cha", "chair")).kind == "waive"
    take(desk.office, "waive", "cha", "chair")
    assert "<strong>nobody has waived it</strong>" not in seen("cha")
    assert ">cha, until" in seen("cha")


def test_the_agenda_says_what_is_done_and_the_motion_what_carries_it(desk: Desk) -> None:
    walk(desk, 7)
    page = seen("cha")
    assert 'and comment: <strong class="desk-whole"><span aria-hidden="true">○</span> not yet' in page
    assert "off: post the public notice" in page
    walk_on = TO_APPROVAL[7]
    take(desk.office, *walk_on[:3])
    page = seen("cha")
    assert "off: post the public notice" not in page
    assert "Possible answers" in page
    assert "approve, return to the team, refuse" in page
    assert "more than half of those present" in page
    assert "at least 2 of 3 seats" in page


def test_reviews_stand_in_the_meeting(desk: Desk) -> None:
    walk(desk, 8)
    assert "What reviewers found" in seen("mem")
    assert "<strong>tec</strong>" in seen("mem")
