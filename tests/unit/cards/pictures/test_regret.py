from __future__ import annotations

from dataclasses import replace

from civic_ai.cards.pictures.picture import BLUE
from civic_ai.cards.pictures.regret import draw_regret
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

DEMAND = City(question="demand")


def test_a_row_for_each_rule_and_the_declared_one_is_marked(page: MakePage) -> None:
    drawn = page(DEMAND).pictures.regret
    assert drawn is not None
    assert [row[0] for row in drawn.table.rows] == [
        "best on average", "best in its worst test", "best of late", "simplest near the best",
    ]  # fmt: skip
    assert drawn.svg.decode().count(BLUE) >= 1
    assert drawn.title.striptags().endswith("the least regret: best on average")


def test_rules_that_agree_are_said_to_agree(page: MakePage) -> None:
    seen = page(DEMAND)
    rules = tuple(
        rule.model_copy(update={"chooses": "lightgbm"}) for rule in seen.records.evaluation.selection
    )
    evaluation = seen.records.evaluation.model_copy(update={"selection": rules})
    drawn = draw_regret(replace(seen.records, evaluation=evaluation), seen.teller)
    assert drawn is not None
    assert "ends at the same: boosted trees (LightGBM)" in drawn.title.striptags()


def test_with_too_few_tests_there_is_no_picture(page: MakePage) -> None:
    assert page(City()).pictures.regret is None
