"""An indicator is named by its value to those who may know it."""

from __future__ import annotations

from dataclasses import replace

from civic_ai.cards.tell import HIDDEN
from civic_ai.cards.wording.features import decoded
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

CODED = "kind=3cade262a466"
WHERE = f"{CODED} > 0.5 and requests_count_7d <= 12"


def test_the_board_reads_the_value_and_the_public_the_code(page: MakePage) -> None:
    teller = page(City()).teller
    board = replace(teller, facts={f"panel.categories.{CODED}.value": "tree"})
    public = replace(teller, facts={f"panel.categories.{CODED}.value": HIDDEN})
    assert decoded(board, WHERE) == "kind=tree > 0.5 and requests_count_7d <= 12"
    assert decoded(public, WHERE) == WHERE
    assert decoded(replace(teller, facts={}), WHERE) == WHERE


def test_what_is_no_code_stays_as_it_is(page: MakePage) -> None:
    teller = replace(page(City()).teller, facts={"panel.categories.kind=tree.value": "x"})
    for plain in ("kind=tree", "a = 3cade262a466", "kind=3cade262a466f > 1", "all rows"):
        assert decoded(teller, plain) == plain
