from __future__ import annotations

from civic_ai.cards.facts import facts_of
from civic_ai.cards.page import card_facts
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_cards_may_show_the_records_the_gates_and_the_map(page: MakePage) -> None:
    seen = page(City(winner="rule", groups="unequal"))
    facts = card_facts(seen.records, seen.gates, seen.pictures.scores)
    assert facts_of(seen.records).items() <= facts.items()
    assert (facts["gates.passed"], facts["gates.failed"], facts["gates.open"]) == (11, 2, 2)
    assert facts["gates.checks.beats-simple-rule.verdict"] == "fail"
    assert facts["map.classes.count"] == 5


def test_what_is_open_is_what_fails_or_is_not_known(page: MakePage) -> None:
    seen = page(City(known=False))
    assert seen.teller.facts["gates.open"] == seen.gates.failed + seen.gates.unknown == 10
