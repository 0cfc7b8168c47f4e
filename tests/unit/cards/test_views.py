from __future__ import annotations

from civic_ai.cards.facts import read_records
from civic_ai.cards.views import read_views
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import City


def test_facts_of_all_views_have_different_names(made: MakeMade) -> None:
    one = made(City(question="demand"))
    views = read_views(read_records(one.evidence, one.blobs), one.blobs)
    parts = (views.scores.facts(), views.errors.facts(), views.fan.facts(), views.reporting.facts())
    assert len(views.facts()) == sum(map(len, parts))
    assert all(parts)
