"""Moves of aliases are told apart by all that they say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.alias import AliasMove


def test_each_field_makes_another_move() -> None:
    one = AliasMove(pilot="p", number=1, approved="a" * 64, retired=None)
    others: list[dict[str, object]] = [
        {"pilot": "q"},
        {"number": 2},
        {"approved": None},
        {"retired": "a" * 64},
    ]
    assert len({one.digest, *(one.model_copy(update=other).digest for other in others)}) == 5
    assert AliasMove.model_validate_json(one.to_json()) == one


def test_only_a_digest_names_a_dossier() -> None:
    with pytest.raises(ValidationError):
        AliasMove(pilot="p", number=1, approved="latest", retired=None)
