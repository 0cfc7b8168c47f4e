from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.records.case import Case, Meeting
from civic_ai.records.decision import CountedVote
from civic_ai.review.quorum import counted, has_quorum, present, seats, seats_left, still_to_vote
from tests.unit.review.made_case import holder, policy

NAMES = ("cha", "m1", "m2", "m3", "m4")


def board(size: int, level: str = "I", recused: tuple[str, ...] = (), builds: str = "x") -> Case:
    members = [holder("cha", "chair"), *(holder(name, "member") for name in NAMES[1:size])]
    people = (*members, holder("ona", "owner"))
    done = ({"duty": "build", "person": builds},)
    return Case.model_validate({"people": people, "level": level, "recused": recused, "done": done})


def meeting(there: tuple[str, ...], votes: dict[str, str] | None = None) -> Meeting:
    cast = tuple(CountedVote(by=by, verdict=v, reason="r") for by, v in (votes or {}).items())
    return Meeting(present=there, absent=(), votes=cast)


@pytest.mark.parametrize(("size", "there"), list(product(range(1, 6), range(6))))
def test_more_than_half_of_the_seats_left_must_be_there(size: int, there: int) -> None:
    held = meeting(NAMES[: min(there, size)])
    assert has_quorum(board(size), held, policy()) is (min(there, size) > size - min(there, size))


def test_a_city_may_ask_for_more() -> None:
    stricter = policy(quorum_share=0.75)
    assert not has_quorum(board(4), meeting(NAMES[:3]), stricter)
    assert has_quorum(board(4), meeting(NAMES[:4]), stricter)


def test_a_conflict_and_another_part_leave_the_quorum() -> None:
    case = board(5, recused=("m1",), builds="m2")
    assert seats(case) == NAMES
    assert seats_left(case, policy()) == ("cha", "m3", "m4")
    held = meeting(("cha", "m1", "m2", "m3"))
    assert present(case, held, policy()) == ("cha", "m3")
    assert has_quorum(case, held, policy())
    assert not has_quorum(case, meeting(("cha", "m1", "m2")), policy())


def test_a_chair_who_is_a_member_too_has_one_seat() -> None:
    case = Case(people=(holder("cha", "chair"), holder("cha", "member"), holder("m1", "member")))
    assert seats(case) == ("cha", "m1")


def test_nobody_left_is_no_quorum() -> None:
    assert not has_quorum(board(1, recused=("cha",)), meeting(("cha",)), policy())


@given(st.lists(st.sampled_from(["approve", "reject", "return", "abstain"]), min_size=1, max_size=5))
def test_a_verdict_needs_more_than_half_of_those_present(verdicts: list[str]) -> None:
    there = NAMES[: len(verdicts)]
    held = meeting(there, dict(zip(there, verdicts, strict=True)))
    result = counted(board(5), held, policy())
    if result != "return":
        assert verdicts.count(result) * 2 > len(verdicts)
    else:
        assert all(verdicts.count(v) * 2 <= len(verdicts) for v in ("approve", "reject"))


@pytest.mark.parametrize(("level", "result"), [("I", "approve"), ("II", "approve"), ("III", "return")])
def test_from_level_three_absent_seats_count(level: str, result: str) -> None:
    held = meeting(NAMES[:3], {"cha": "approve", "m1": "approve", "m2": "reject"})
    assert counted(board(5, level), held, policy()) == result


def test_without_a_level_all_seats_count() -> None:
    held = meeting(NAMES[:3], {"cha": "approve", "m1": "approve", "m2": "reject"})
    case = board(5).model_copy(update={"level": None})
    assert counted(case, held, policy()) == "return"


def test_abstentions_never_win() -> None:
    held = meeting(NAMES[:3], dict.fromkeys(NAMES[:3], "abstain"))
    assert counted(board(3), held, policy()) == "return"


def test_those_there_who_may_vote_are_waited_for() -> None:
    held = meeting(("cha", "m1", "m2"), {"m1": "approve"})
    assert still_to_vote(board(5, recused=("m2",)), held, policy()) == ("cha",)
