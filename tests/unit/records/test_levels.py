from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.policy.load import load_policy
from civic_ai.records.levels import LevelRules

RULES = load_policy().levels["III"].model_dump(mode="json")


def test_levels_are_closed_and_bounded() -> None:
    assert LevelRules.model_validate(RULES).digest == load_policy().levels["III"].digest
    for change in (
        {"reviewers": []},
        {"comment_days": -1},
        {"expires_after_months": 0},
        {"keep_records_years": 0},
        {"outside_reviewers": -1},
        {"majority": "one"},
        {"unknown": 1},
    ):
        with pytest.raises(ValidationError):
            LevelRules.model_validate({**RULES, **change})


@pytest.mark.parametrize(("months", "fits"), [(11, True), (12, False), (13, False), (None, True)])
def test_the_check_comes_before_the_end(months: int | None, fits: bool) -> None:
    given = {**RULES, "check_after_months": months}
    if fits:
        assert LevelRules.model_validate(given).check_after_months == months
    else:
        with pytest.raises(ValidationError, match="less than expires_after_months"):
            LevelRules.model_validate(given)
