"""The size that is quoted is the nearest below the pilot's, never a larger one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from civic_ai.records.scorecard import AuditScore, Scorecard, Tried


def _tried(incidents: int) -> Tried:
    return Tried(incidents=incidents, found=9, found_of=10, false_alarms=1, false_alarms_of=10)


@given(st.sets(st.integers(1, 10**6), min_size=1, max_size=6), st.integers(0, 2 * 10**6))
def test_the_size_quoted_is_the_largest_that_is_not_larger(sizes: set[int], incidents: int) -> None:
    score = AuditScore(sizes=tuple(_tried(size) for size in sorted(sizes)))
    found = score.at(incidents)
    below = [size for size in sizes if size <= incidents]
    assert (None if found is None else found.incidents) == (max(below) if below else None)


def test_a_city_of_exactly_that_size_is_quoted_itself() -> None:
    score = AuditScore(sizes=(_tried(2500), _tried(10_000)))
    assert score.at(10_000) == _tried(10_000)
    assert score.at(9_999) == _tried(2500)
    assert score.at(2_499) is None


def test_an_audit_that_was_tried_on_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        Scorecard.model_validate({"audits": {"reporting": {"sizes": []}}})
    with pytest.raises(ValidationError):
        Tried(incidents=1, found=0, found_of=0, false_alarms=0, false_alarms_of=1)
