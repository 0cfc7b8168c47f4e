from __future__ import annotations

from typing import get_args

import pytest

from civic_ai.records.case import RUNNING, Case, State
from tests.unit.records.test_decision import decided
from tests.unit.review.made_case import binding, day, holder


def test_a_case_begins_with_nothing() -> None:
    assert Case().state == "unopened"
    assert Case().holders("owner") == ()
    assert Case().duties_of("ona") == frozenset()


def test_a_role_is_held_by_those_named() -> None:
    case = Case(people=(holder("ona", "owner"), holder("off", "governance_officer"), holder("new", "owner")))
    assert case.holders("owner") == ("ona", "new")
    assert case.has_role("off", "governance_officer")
    assert not case.has_role("off", "owner")


@pytest.mark.parametrize("state", get_args(State))
def test_a_model_runs_only_where_it_is_at_work_and_approved(state: State) -> None:
    approved = Case(state=state, approval=decided(binding(), 200))
    assert approved.may_run_on(day(200)) is (state in RUNNING)
    assert not approved.may_run_on(day(201))
    assert not Case(state=state).may_run_on(day(0))


def test_nothing_runs_that_was_stopped_or_only_approved() -> None:
    assert {"pilot", "in_use", "renewal_review", "board_renewal", "renewed"} == RUNNING
