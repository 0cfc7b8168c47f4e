"""Cases at certain points, and what a refusal says."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.records.case import Case
from civic_ai.review.workflow import fold, next_case
from tests.unit.review.made_case import act, policy
from tests.unit.review.specification import Deed


def case_after(deeds: Iterable[Deed]) -> Case:
    """The case after these deeds."""
    return fold((act(one) for one in deeds), policy())


def refusal_of(case: Case, one: Deed) -> str:
    """What is said when this deed is refused, remedies and all."""
    with pytest.raises(RefusedError) as refused:
        next_case(case, act(one), policy())
    return refused.value.text()
