from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from civic_ai.pilot.mitigation import METHODS, Mitigation, MitigationMethod


def test_every_method_says_what_it_needs() -> None:
    assert set(METHODS) == set(get_args(MitigationMethod))
    assert {name for name, needs in METHODS.items() if needs.decides_by_attribute} == {
        "recall_parity", "recall_parity_label_free", "threshold_optimizer",
    }  # fmt: skip
    assert all(needs.attribute for needs in METHODS.values() if needs.decides_by_attribute)


@pytest.mark.parametrize("floor", [0, -0.1, 1.01])
def test_a_floor_is_a_share(floor: float) -> None:
    with pytest.raises(ValidationError):
        Mitigation(of="lightgbm", method="district_floor", floor=floor)
