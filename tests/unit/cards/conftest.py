"""Made evidence and the cards of it, made once for all tests of this stage."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from civic_ai.cards.facts import for_the_public, read_records
from civic_ai.cards.numbers import locale_for
from civic_ai.cards.page import Page, card_facts, public_facts
from civic_ai.cards.pictures import Pictures
from civic_ai.cards.render import render_cards
from civic_ai.cards.tell import Teller
from civic_ai.cards.views import read_views
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import Made, make_evidence

MakeMade = Callable[[City], Made]
MakePage = Callable[..., Page]
MakeCards = Callable[[City], dict[str, str]]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> MakeMade:
    """The evidence of a made city."""
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    return cache(lambda city: make_evidence(blobs, city))


@pytest.fixture(scope="session")
def cards(made: MakeMade) -> MakeCards:
    """Every card of a made city, as text."""

    def render(city: City) -> dict[str, str]:
        one = made(city)
        rendered = render_cards(one.evidence, one.gates, one.policy, one.blobs)
        return {path: content.decode() for path, content in rendered.items()}

    return cache(render)


@pytest.fixture(scope="session")
def page(made: MakeMade) -> MakePage:
    """One reader's page of a made city."""

    @cache
    def turn(city: City, language: str = "en", audience: str = "board") -> Page:
        one = made(city)
        seen = one.evidence if audience == "board" else for_the_public(one.evidence)
        records = read_records(seen, one.blobs)
        views = read_views(records, one.blobs)
        facts = card_facts(records, one.gates, views)
        if audience == "public":
            facts = public_facts(facts, one.policy.suppression.minimum)
        teller = Teller(facts, language, locale_for(city.locale, language))
        return Page(records, one.gates, one.policy, Pictures(records, teller, views), teller, audience)

    return turn
