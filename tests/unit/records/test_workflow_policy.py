from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from civic_ai.policy.load import load_policy
from civic_ai.records.levels import LEVELS
from civic_ai.records.people import Duty
from civic_ai.records.workflow_policy import ALWAYS_APART, WorkflowPolicy, reaches
from tests.unit.review.made_case import policy


def changed(**given: Any) -> WorkflowPolicy:
    workflow = policy().workflow
    assert workflow is not None
    return WorkflowPolicy.model_validate({**workflow.model_dump(), **given})


@pytest.mark.parametrize("pair", sorted(sorted(pair) for pair in ALWAYS_APART))
def test_no_policy_may_leave_out_a_separation(pair: list[str]) -> None:
    kept = [sorted(other) for other in ALWAYS_APART if sorted(other) != pair]
    with pytest.raises(ValidationError, match=" and ".join(pair)):
        changed(apart=kept)


def test_a_city_may_keep_more_apart() -> None:
    stricter = changed(apart=[*(sorted(pair) for pair in ALWAYS_APART), ["review", "approve"]])
    assert stricter.keeps_apart("approve", "review")
    assert stricter.keeps_apart("review", "approve")
    assert not changed().keeps_apart("review", "approve")


@pytest.mark.parametrize("gate", ["G0", "G1", "G2", "G3", "G4", "G5", "G6"])
def test_each_gate_says_its_evidence(gate: str) -> None:
    evidence = dict(changed().evidence)
    del evidence[gate]  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match=gate):
        changed(evidence=evidence)


@pytest.mark.parametrize(
    "given",
    [
        {"quorum_share": 0.49},
        {"quorum_share": 1.0},
        {"waiver_months": 13},
        {"capacity_share": 1.0},
        {"appeal_days": 0},
        {"capacity_share": -0.1},
    ],
)
def test_limits(given: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        changed(**given)


def test_levels_have_an_order_and_an_unknown_one_counts_as_the_highest() -> None:
    assert [reaches(level, "II") for level in LEVELS] == [False, True, True, True]
    assert reaches(None, "IV")


def test_fields_below_a_level_are_left_out() -> None:
    assert changed().fields_for("G3", "II") == ("F3",)
    assert changed().fields_for("G3", "III") == ("F3", "F3b") == changed().fields_for("G3", None)
    assert changed().fields_for("G2", "I") == ("F2",)


def test_the_starter_policy_asks_for_fields_of_the_crosswalk() -> None:
    workflow = load_policy().workflow
    assert workflow is not None
    asked = {field for fields in workflow.evidence.values() for field in fields}
    assert set(workflow.evidence_from) <= asked
    assert all(len(field) == 3 and field[0] in "ABCDEFGHIJKLMN" and field[1:].isdigit() for field in asked)
    assert {duty for pair in workflow.apart for duty in pair} == set(get_args(Duty))
