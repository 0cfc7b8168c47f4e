"""A rubric is a closed record: four meanings, marks from 0 to 3."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from civic_ai.records.rubric import Rubric

ONE: dict[str, Any] = {"id": "use", "asks": "?", "card": "model_card", "means": ["a", "b", "c", "d"]}


def test_a_criterion_is_found_by_its_id() -> None:
    made = Rubric.model_validate({"rubric": "ours", "version": "1", "criteria": [ONE]})
    found = made.criterion("use")
    assert found is not None
    assert found.means[3].in_language("pt") == "d"
    assert made.criterion("other") is None
    assert made.digest != made.model_copy(update={"version": "2"}).digest


@pytest.mark.parametrize(
    "changed",
    [
        {"criteria": []},
        {"criteria": [{**ONE, "means": ["a", "b", "c"]}]},
        {"criteria": [{**ONE, "weight": 2}]},
        {"criteria": [{**ONE, "id": "No Word"}]},
        {"enough": 4},
        {"passes": True},
    ],
)
def test_nothing_else_is_one(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rubric.model_validate({"rubric": "ours", "version": "1", "criteria": [ONE], **changed})
