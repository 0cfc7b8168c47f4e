from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.policy import Gate, Limits, Policy, Suppression, Tolerances


def test_the_defaults_are_those_of_the_design() -> None:
    policy = Policy(policy="p", version="1", gates=())
    assert policy.suppression.minimum == 11
    assert policy.tolerances.disparity_ratio == 1.25
    assert policy.tolerances.confidence_level == 0.90


@pytest.mark.parametrize("name", ["Bad Id", "", "-x", "a_b"])
def test_a_gate_has_an_id_that_can_stand_in_a_link(name: str) -> None:
    with pytest.raises(ValidationError):
        Gate(id=name, asks="?", fact="a", must_be="== 0", why="w")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (Tolerances, "disparity_ratio", 1.0),
        (Tolerances, "confidence_level", 0.5),
        (Suppression, "minimum", 4),
        (Limits, "quarantined_share", 1.5),
    ],
)
def test_a_bound_that_would_judge_nothing_is_refused(kind: type, field: str, value: float) -> None:
    with pytest.raises(ValidationError):
        kind(**{field: value})
