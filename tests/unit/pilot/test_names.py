from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from civic_ai.pilot.names import Column, Days, Name, PilotName


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Name, ["pothole", "a1_b"], ["", "1a", "Pothole", "a-b", "a" * 41]),
        (PilotName, ["houston-potholes", "1a"], ["-a", "a", "Houston", "a_b", "a" * 42]),
        (Column, ["Case Number".replace(" ", "_"), "_x", "a" * 64], ["", "1a", "a b", "a;b", "a" * 65]),
        (Days, [1, 3660], [0, 3661, "many"]),
    ],
)
def test_what_may_be_a_name(kind: Any, good: list[Any], bad: list[Any]) -> None:
    reads = TypeAdapter(kind)
    assert [reads.validate_python(value) for value in good] == good
    for value in bad:
        with pytest.raises(ValidationError):
            reads.validate_python(value)
