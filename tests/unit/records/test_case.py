from __future__ import annotations

from civic_ai.records.case import RUNNING, Case
from tests.unit.review.made_case import holder


def test_a_case_begins_with_nothing() -> None:
    assert Case().state == "unopened"
    assert Case().holders("owner") == ()
    assert Case().duties_of("ona") == frozenset()


def test_a_role_is_held_by_those_named() -> None:
    case = Case(people=(holder("ona", "owner"), holder("off", "governance_officer"), holder("new", "owner")))
    assert case.holders("owner") == ("ona", "new")
    assert case.has_role("off", "governance_officer")
    assert not case.has_role("off", "owner")


def test_nothing_runs_that_was_stopped_or_only_approved() -> None:
    assert {"pilot", "in_use", "renewal_review", "board_renewal", "renewed"} == RUNNING
