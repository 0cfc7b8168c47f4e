from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.people import Holder


@pytest.mark.parametrize("name", ["", " Ana", "Ana ", "\n", "a" * 81])
def test_a_name_is_one_that_can_be_compared(name: str) -> None:
    with pytest.raises(ValidationError):
        Holder(person=name, role="owner")


@pytest.mark.parametrize("name", ["A", "Ana", "Ana María López", "a" * 80])
def test_names_have_their_letters(name: str) -> None:
    assert Holder(person=name, role="owner").fact_key() == f"owner.{name}"


def test_a_role_is_one_of_ours() -> None:
    with pytest.raises(ValidationError):
        Holder(person="Ana", role="king")  # type: ignore[arg-type]
