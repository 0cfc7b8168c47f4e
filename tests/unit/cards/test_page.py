from __future__ import annotations

from dataclasses import replace

from civic_ai.cards.facts import facts_of
from civic_ai.cards.page import card_facts, public_facts
from civic_ai.cards.tell import HIDDEN
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_cards_may_show_the_records_the_gates_and_the_map(page: MakePage) -> None:
    seen = page(City(winner="rule", groups="unequal"))
    facts = card_facts(seen.records, seen.gates, seen.pictures.views.scores)
    assert facts_of(seen.records).items() <= facts.items()
    assert (facts["gates.passed"], facts["gates.failed"], facts["gates.open"]) == (15, 2, 2)
    assert facts["gates.checks.beats-simple-rule.verdict"] == "fail"
    assert facts["map.classes.count"] == 5
    assert (facts["deciding.group"], facts["deciding.ratio.value"]) == ("q1", 0.62)


def test_few_rows_that_were_set_aside_are_hidden_from_the_public() -> None:
    facts = {
        "snapshot.sources.requests.quarantined": 3,
        "snapshot.sources.requests.broken_rules.min.lat.rows": 10,
        "snapshot.sources.requests.duplicates": 11,
        "snapshot.findings.gap.requests.values.count": 4,
        "snapshot.sources.requests.quarantined_share": 0.00012,
        "snapshot.sources.areas.rows": 4,
        "snapshot.sources.count": 3,
        "snapshot.findings.count": 2,
        "panel.events_outside_cohort": 0,
    }
    assert public_facts(facts, 11) == facts | {
        "snapshot.sources.requests.quarantined": HIDDEN,
        "snapshot.sources.requests.broken_rules.min.lat.rows": HIDDEN,
        "snapshot.findings.gap.requests.values.count": HIDDEN,
        "snapshot.sources.requests.quarantined_share": 0.0,
    }


def test_a_hidden_number_is_said_to_be_hidden(page: MakePage) -> None:
    teller = replace(page(City(), "es").teller, facts={"a": HIDDEN})
    assert teller.value("a", "count") == teller.observed("a") == "Muy pocos para mostrarlos (privacidad)"


def test_what_is_open_is_what_fails_or_is_not_known(page: MakePage) -> None:
    seen = page(City(known=False))
    assert seen.teller.facts["gates.open"] == seen.gates.failed + seen.gates.unknown == 13
