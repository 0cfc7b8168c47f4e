"""Records of use: closed, and read back as they were."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from civic_ai.records.decision import Binding
from civic_ai.records.deployment import Deployment, Worklist

DAY = date(2026, 11, 23)
BINDING = Binding(
    dossier="a" * 64,
    bundle="b" * 64,
    contracts={},
    features="c" * 64,
    capacity=5,
    area="all",
    use="crews",
    ends_on=DAY,
)


def test_a_release_is_read_back() -> None:
    made = Deployment(
        pilot="p", state="pilot", decision="d" * 64, binding=BINDING, ends_on=DAY, released_on=DAY
    )
    assert Deployment.model_validate_json(made.to_json()) == made
    with pytest.raises(ValidationError):
        Deployment.model_validate({**made.model_dump(), "approved": True})


@pytest.mark.parametrize(
    "told", [{"chosen": 0}, {"exploration_share": 0.6}, {"table": "x"}, {"person": "Ana"}]
)
def test_a_list_says_only_what_a_list_can_say(told: dict[str, object]) -> None:
    fields: dict[str, object] = dict.fromkeys(
        ("dossier", "decision", "bundle", "policy", "snapshot", "table"), "e" * 64
    )
    fields |= {
        "pilot": "p",
        "as_of": DAY,
        "made_on": DAY,
        "sources": (),
        "units": 3,
        "capacity": 2,
        "chosen": 2,
    }
    fields |= {"exploration_share": 0.5, "by_lot": 1, "unstable_reasons": 0, "ends_on": DAY}
    assert Worklist.model_validate(fields)
    with pytest.raises(ValidationError):
        Worklist.model_validate(fields | told)
