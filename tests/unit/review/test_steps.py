from __future__ import annotations

from collections import Counter
from typing import get_args

from civic_ai.records.action import ACTIONS
from civic_ai.records.case import RUNNING, State
from civic_ai.records.workflow_policy import GateId
from civic_ai.review import rules
from civic_ai.review.steps import STEPS
from tests.unit.review import specification as spec


def test_every_action_has_a_row_and_every_gate_is_asked() -> None:
    assert {step.kind for step in STEPS} == set(ACTIONS)
    assert {step.gate for step in STEPS} - {None} == set(get_args(GateId))


def test_one_row_for_each_action_state_and_outcome() -> None:
    rows = Counter((step.kind, state, step.outcome) for step in STEPS for state in step.states)
    assert [row for row, count in rows.items() if count > 1] == []


def test_every_state_can_be_reached_and_only_the_last_is_an_end() -> None:
    reached, more = {"unopened"}, True
    while more:
        new = {s.to for s in STEPS if s.to and set(s.states) & reached} - reached
        reached, more = reached | new, bool(new)
    assert reached == set(get_args(State))
    assert {state for state in get_args(State) if not any(state in s.states for s in STEPS)} == {"retired"}


def test_from_wherever_it_runs_it_can_be_suspended_and_stopped() -> None:
    for kind in ("suspend", "stop", "lapse", "void"):
        assert {state for step in STEPS if step.kind == kind for state in step.states} >= RUNNING


def test_owner_approves_nothing_coach_only_comments_auditor_only_reads() -> None:
    for step in STEPS:
        if step.duty in ("approve", "review") and step.kind != "waive":
            assert "owner" not in step.roles
        assert "auditor" not in step.roles
        assert "coach" not in step.roles or step.kind == "comment"


def test_the_same_deed_is_the_same_duty_wherever_it_is_done() -> None:
    duties: dict[str, set[str | None]] = {}
    for step in STEPS:
        duties.setdefault(step.kind, set()).add(step.duty)
    assert {kind: found for kind, found in duties.items() if len(found) > 1} == {}
    assert duties["lift_suspension"] == {"approve"}
    assert duties["attest_reproduction"] == {"review"}


def test_what_a_deed_is_to_the_model_is_what_the_specification_says() -> None:
    assert {step.kind: step.duty for step in STEPS} == {kind: spec.duty_of(kind) for kind in ACTIONS}


def test_every_row_stands_at_the_gate_of_the_specification() -> None:
    rows = [(step, state) for step in STEPS for state in step.states]
    assert [row for row in rows if row[0].gate != spec.gate_of(row[0].kind, row[1])] == []


def test_by_no_way_comes_a_refused_dossier_back_nor_one_with_gates_that_nobody_knows() -> None:
    for rule in (rules.dossier_is_not_refused, rules.gates_are_of_the_policy):
        assert {step.kind for step in STEPS if rule in step.rules} == spec.REQUEST
