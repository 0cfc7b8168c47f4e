from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from civic_ai.pilot.feature_blocks import (
    CalendarFeature,
    CategoryFeature,
    ColumnFeature,
    CountFeature,
    FeatureBlock,
    TrailingFeature,
)

READS: TypeAdapter[Any] = TypeAdapter(FeatureBlock)
BLOCKS = {
    CountFeature: {"from": "requests", "count_days": ["7"]},
    TrailingFeature: {"from": "weather", "trailing_days": ["28"], "mean": ["rain_mm"]},
    ColumnFeature: {"from": "areas", "columns": ["road_km"]},
    CategoryFeature: {"from": "cases", "categories": ["inspector"]},
    CalendarFeature: {"calendar": ["season"]},
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_is_known_by_the_key_that_only_it_has(kind: type) -> None:
    block = READS.validate_python(BLOCKS[kind])
    assert type(block) is kind
    assert READS.validate_python(block.model_dump(by_alias=True)) == block


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_key_of_another_block_is_refused(kind: type) -> None:
    with pytest.raises(ValidationError):
        READS.validate_python(BLOCKS[kind] | {"horizon": "7"})


def test_a_block_without_its_key_says_which_there_are() -> None:
    with pytest.raises(ValidationError, match="count_days, trailing_days, columns, categories or calendar"):
        READS.validate_python({"from": "requests"})


@pytest.mark.parametrize("most", ["1", "201"])
def test_how_many_categories_are_kept_is_bounded(most: str) -> None:
    with pytest.raises(ValidationError):
        READS.validate_python(BLOCKS[CategoryFeature] | {"most": most})
