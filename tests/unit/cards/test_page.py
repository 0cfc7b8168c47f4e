from __future__ import annotations

from dataclasses import replace

from civic_ai.cards.facts import Facts, facts_of
from civic_ai.cards.page import card_facts, public_facts
from civic_ai.cards.tell import HIDDEN
from civic_ai.records.policy import Suppression
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
    assert public_facts(facts, Suppression()) == facts | {
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


def test_what_a_simple_rule_says_of_a_place_is_what_came_there() -> None:
    """A naive forecast is the count of another week, and the score of a count is a count."""
    facts: Facts = {
        "fan.points.0.came": 7, "fan.points.1.came": 23, "fan.points.1.forecast": 22.4,
        "fan.points.0.rule": 7.0, "fan.points.1.rule": 23.0, "fan.points.1.lower": 3.0,
        "map.classes.1.lower": 1.0, "map.classes.1.upper": 2.0, "map.classes.1.places": 3,
    }  # fmt: skip
    told = {"fan.points.0.came": HIDDEN, "fan.points.1.came": 20,
            "fan.points.0.rule": HIDDEN, "fan.points.1.rule": 20}  # fmt: skip
    assert public_facts(facts, Suppression()) == facts | told
    rule = facts | {"evaluation.champion_is_baseline": True}
    assert public_facts(rule, Suppression()) == rule | told | {
        "fan.points.1.forecast": 20, "fan.points.1.lower": HIDDEN,
        "map.classes.1.lower": HIDDEN, "map.classes.1.upper": HIDDEN,
    }  # fmt: skip
    assert public_facts(rule, Suppression(minimum=5, round_counts_to=1))["fan.points.0.came"] == 7


def test_what_stands_for_a_category_is_for_the_board() -> None:
    facts: Facts = {"panel.categories.kind=3cade262a466.value": "Ana", "panel.categories.count": 1}
    assert public_facts(facts, Suppression()) == facts | {"panel.categories.kind=3cade262a466.value": HIDDEN}


def test_what_was_read_less_what_was_kept_does_not_tell_what_was_set_aside() -> None:
    facts = {
        "snapshot.sources.requests.rows_read": 1_003,
        "snapshot.sources.requests.rows": 1_000,
        "snapshot.sources.requests.quarantined": 3,
        "snapshot.sources.areas.rows_read": 40,
        "snapshot.sources.areas.rows": 40,
        "snapshot.sources.areas.quarantined": 0,
        "sources.rows_read": 1_043,
    }
    public = public_facts(facts, Suppression())
    assert public["snapshot.sources.requests.rows_read"] == HIDDEN
    assert public["snapshot.sources.areas.rows_read"] == 40
    assert public["sources.rows_read"] == 1_000
    plain = public_facts(facts | {"snapshot.sources.requests.quarantined": 30}, Suppression())
    assert plain["sources.rows_read"] == 1_043
