from __future__ import annotations

from typing import get_args

from civic_ai.cards.render import CARDS as RENDERED
from civic_ai.records.public_register import WithheldThing, WithheldWhy
from civic_ai.review.publication_words import CARDS, REASONS, WITHHELD


def test_what_is_withheld_and_why_has_words() -> None:
    assert tuple(WITHHELD) == get_args(WithheldThing)
    assert tuple(REASONS) == get_args(WithheldWhy)


def test_every_card_that_is_made_can_be_listed() -> None:
    assert set(RENDERED) <= set(CARDS)
