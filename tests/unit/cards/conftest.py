"""Made evidence and the cards of it, made once for all tests of this stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from civic_ai.cards.facts import for_the_public, read_records
from civic_ai.cards.numbers import locale_for
from civic_ai.cards.page import Page, card_facts, public_facts
from civic_ai.cards.pictures.pictures import Pictures
from civic_ai.cards.render import render_cards
from civic_ai.cards.tell import Teller
from civic_ai.cards.verification import verify
from civic_ai.cards.views import read_views
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_dossier import seal_made
from tests.unit.cards.made_evidence import Made, make_evidence

MakeMade = Callable[[City], Made]
MakePage = Callable[..., Page]
MakeCards = Callable[[City], dict[str, str]]
MakeRendered = Callable[[City], dict[str, bytes]]


@dataclass(frozen=True)
class Following:
    """Two versions: the folder of the earlier one, sealed, and the later one with its cards."""

    was: Path
    now: Made
    cards: dict[str, bytes]


MakeFollowing = Callable[[City, City], Following]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> MakeMade:
    """The evidence of a made city."""
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    return cache(lambda city: make_evidence(blobs, city))


@pytest.fixture(scope="session")
def rendered(made: MakeMade) -> MakeRendered:
    """Every page of a made city, and the twins of the pages, in bytes."""

    def render(city: City) -> dict[str, bytes]:
        one = made(city)
        return render_cards(one.evidence, one.gates, one.policy, one.blobs)

    return cache(render)


@pytest.fixture(scope="session")
def cards(rendered: MakeRendered) -> MakeCards:
    """Every page of a made city, as text."""

    def read(city: City) -> dict[str, str]:
        files = rendered(city)
        return {path: content.decode() for path, content in files.items() if path.endswith(".html")}

    return cache(read)


@pytest.fixture(scope="session")
def following(made: MakeMade, tmp_path_factory: pytest.TempPathFactory) -> MakeFollowing:
    """A made city whose run named the dossier of another one as the version before."""

    @cache
    def follow(was: City, now: City) -> Following:
        folder = seal_made(tmp_path_factory.mktemp("earlier"), was)
        later = follow_up(made(now), verify(folder).digest)
        cards = render_cards(later.evidence, later.gates, later.policy, later.blobs, folder)
        return Following(folder, later, cards)

    return follow


def follow_up(one: Made, digest: str) -> Made:
    """The same evidence, of a run that named an earlier dossier."""
    evidence = one.evidence.model_copy(update={"after": digest})
    one.blobs.put_record(evidence)
    gates = one.gates.model_copy(update={"evidence": evidence.digest})
    return replace(one, evidence=evidence, gates=gates)


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
            facts = public_facts(facts, one.policy.suppression)
        teller = Teller(facts, language, locale_for(city.locale, language))
        return Page(records, one.gates, one.policy, Pictures(records, teller, views), teller, audience)

    return turn
