from __future__ import annotations

import pytest

from civic_ai.core.messages import written_date
from civic_ai.review import needs
from tests.unit.review.cases import case_after
from tests.unit.review.made_case import COMMUNITY, PEOPLE, day, deed, policy
from tests.unit.review.scenes import at_the_board, prepared, voted


@pytest.mark.parametrize(
    ("level", "missing"),
    [
        ("I", ("technical_reviewer",)),
        ("II", ("technical_reviewer", "equity_reviewer")),
        ("III", ("technical_reviewer", "equity_reviewer", "privacy_reviewer")),
    ],
)
def test_the_level_says_which_reviews(level: str, missing: tuple[str, ...]) -> None:
    assert needs.missing_reviews(case_after(prepared(level)), policy()) == missing


def test_one_person_in_every_role_is_too_few_where_two_are_asked() -> None:
    people = [*PEOPLE, ("tec", "equity_reviewer"), ("tec", "privacy_reviewer")]
    case = case_after([*prepared("IV", people), *(deed("review", "tec", role) for _, role in PEOPLE[3:6])])
    (told,) = needs.reviews_are_in(case, day(0), policy())
    assert "asks for 2 reviewers" in told.text()


@pytest.mark.parametrize(("on", "says"), [(-11, "from December 22, 2025 on"), (-10, None), (0, None)])
def test_the_first_day_after_the_notice_is_named(on: int, says: str | None) -> None:
    told = [
        mistake.text()
        for mistake in needs.notice_has_stood(case_after(at_the_board("III")), day(on), policy())
    ]
    assert (says is None and told == []) or (says is not None and says in told[0])


def test_a_board_needs_a_chair_and_a_resident() -> None:
    nobody = case_after(
        [deed("open_case", "ona", "owner", people=(PEOPLE[0], ("off", "governance_officer")), community="x")]
    )
    assert len(list(needs.board_is_whole(nobody, day(0), policy()))) == 2


@pytest.mark.parametrize("community", ["aud", "ona"])
def test_a_resident_without_a_seat_speaks_for_nobody(community: str) -> None:
    """Neither the seats of others nor a community person in another role make up for that seat."""
    case = case_after([deed("open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)])
    moved = tuple(
        holder.model_copy(update={"is_community": holder.person == community}) for holder in case.people
    )
    (told,) = needs.board_is_whole(case.model_copy(update={"people": moved}), day(0), policy())
    assert "No seat of the board speaks for residents" in told.text()


def test_a_condition_is_overdue_from_the_day_after_it_was_due() -> None:
    opened, *votes, close = voted("approve", "cha", "com", "mem", conditions=(("c", "ona", 9, "suspend"),))
    case = case_after([*at_the_board("I"), opened, *votes, close])
    assert list(needs.nothing_is_overdue(case, day(9), policy())) == []
    (told,) = needs.nothing_is_overdue(case, day(10), policy())
    assert f"Condition c was due on {written_date(day(9), 'en')}" in told.text()
