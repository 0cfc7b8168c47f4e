from __future__ import annotations

import pytest

from tests.unit.review.cases import case_after, refusal_of
from tests.unit.review.made_case import deed
from tests.unit.review.scenes import at_the_board, voted

CHAIR = ("cha", "chair")


@pytest.mark.parametrize(
    ("level", "end", "holds"),
    [
        ("I", 730, True),
        ("I", 731, False),
        ("II", 365, True),
        ("II", 366, False),
        ("II", 1, True),
        ("II", 0, False),
    ],
)
def test_an_approval_ends_within_the_level_s_months(level: str, end: int, holds: bool) -> None:
    begin = [*at_the_board(level), *voted("approve", "cha", "com", "mem")[:-1]]
    closing = deed("close_vote", *CHAIR, end=end, use_ends=900)
    if holds:
        assert case_after([*begin, closing]).state == "approved_for_pilot"
    else:
        assert "expires_on" in refusal_of(case_after(begin), closing)


def test_a_use_may_end_on_the_day_itself_and_not_before() -> None:
    begin = [*at_the_board("I"), *voted("approve", "cha", "com", "mem")[:-1]]
    assert case_after([*begin, deed("close_vote", *CHAIR, use_ends=0)]).approval is not None
    assert "ended on" in refusal_of(case_after(begin), deed("close_vote", *CHAIR, use_ends=-1))


def test_a_waiver_counts_through_its_last_day() -> None:
    waived = deed("waive", *CHAIR, gate="g-chair", end=20)
    begin = [*at_the_board("I", gates=("g-chair",)), waived, *voted("approve", "cha", "com", "mem")[:-1]]
    assert case_after([*begin, deed("close_vote", *CHAIR, at=20)]).state == "approved_for_pilot"
    assert "g-chair" in refusal_of(case_after(begin), deed("close_vote", *CHAIR, at=21))


def test_a_condition_may_be_due_today() -> None:
    begin = [*at_the_board("II"), *voted("approve", "cha", "com", "mem")[:-1]]
    due = deed("close_vote", *CHAIR, conditions=(("c", "ona", 0, "suspend"),))
    assert case_after([*begin, due]).owed[0].id == "c"
