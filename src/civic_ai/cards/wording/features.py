"""Features as one reader may know them: an indicator by its value where the reader has the table of codes."""

from __future__ import annotations

import re

from civic_ai.cards.tell import HIDDEN, Teller

_CODED = re.compile(r"(\w+)=[0-9a-f]{12}\b")
"""An indicator: its column and the code of its value (``panel.feature_categories``)."""


def decoded(tell: Teller, text: str) -> str:
    """``text`` with the values of categories in the place of their codes, where this reader may see them."""
    return _CODED.sub(lambda found: _named(tell, found), text)


def _named(tell: Teller, found: re.Match[str]) -> str:
    value = tell.facts.get(f"panel.categories.{found[0]}.value", HIDDEN)
    return found[0] if value == HIDDEN else f"{found[1]}={value}"
