"""The days that a case hangs on: as the needs and rules of the workflow count them."""

from __future__ import annotations

from civic_ai.core.dates import add_days
from civic_ai.review.deadlines import deadline_of, deadlines
from civic_ai.review.level import rules_at, workflow_of
from civic_ai.review.queue import waiting_for
from tests.unit.review.cases import case_after
from tests.unit.review.made_case import day, policy
from tests.unit.review.scenes import at_the_board, open_case, prepared, voted


def test_a_new_case_has_no_day() -> None:
    assert deadlines(case_after([open_case()]), policy()) == ()
    assert deadline_of(case_after(prepared("II")), "review", policy()) is None


def test_the_board_may_meet_on_the_day_that_is_named_and_not_before() -> None:
    case = case_after(at_the_board("III"))
    (found,) = deadlines(case, policy())
    assert case.notice_on is not None
    assert found.on == add_days(case.notice_on, rules_at(policy(), "III").comment_days)
    assert deadline_of(case, "open_meeting", policy()) is None
    kinds = [
        {turn.kind for turn in waiting_for(case, on, policy())} for on in (add_days(found.on, -1), found.on)
    ]
    assert "open_meeting" not in kinds[0]
    assert "open_meeting" in kinds[1]
    assert deadlines(case_after(at_the_board("II")), policy()) == ()  # that level asks for no days


def test_a_condition_and_the_end_of_an_approval_are_named_the_nearest_first() -> None:
    case = case_after(
        [
            *at_the_board("II"),
            *voted("approve", "cha", "com", "mem", conditions=(("c", "ona", 9, "suspend"),)),
        ]
    )
    condition, end = deadlines(case, policy())
    assert (condition.on, condition.kind) == (day(9), "meet_condition")
    assert "ona" in condition.says.text()
    assert case.approval is not None
    assert (end.on, end.kind) == (case.approval.ends_on, None)
    assert deadline_of(case, "meet_condition", policy()) == condition
    assert deadline_of(case, "start_pilot", policy()) == end
    assert end.is_past(add_days(end.on, 1))
    assert not end.is_past(end.on)


def test_a_refusal_may_be_appealed_until_its_day() -> None:
    case = case_after([*at_the_board("II"), *voted("reject", "cha", "com", "mem", binding=None, end=None)])
    (found,) = deadlines(case, policy())
    assert found.on == add_days(case.decisions[-1].decided_on, workflow_of(policy()).appeal_days)
    assert found.kind == "appeal"
    assert deadlines(case.model_copy(update={"has_appealed": True}), policy()) == ()


def test_what_is_missed_counts_from_the_day_it_was_due() -> None:
    owed = ("c", "ona", 9, "suspend")
    case = case_after([*at_the_board("II"), *voted("approve", "cha", "com", "mem", conditions=(owed,))])
    assert deadline_of(case, "miss_condition", policy()) == deadline_of(case, "meet_condition", policy())


def test_in_a_meeting_nobody_waits_for_comments_any_more() -> None:
    opened, *_ = voted("approve", "cha", "com", "mem")
    assert deadlines(case_after([*at_the_board("III"), opened]), policy()) == ()
