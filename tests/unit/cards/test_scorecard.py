"""What a card says about the audit itself is what was counted, at a size that the pilot reaches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.facts import Facts, Records
from civic_ai.cards.numbers import locale_for
from civic_ai.cards.scorecard import (
    SENTENCES,
    ScorecardWords,
    cases_of,
    read_scorecard,
    scorecard_facts,
)
from civic_ai.cards.tell import Teller
from civic_ai.records.observer import ObserverTest
from civic_ai.records.scorecard import AuditScore, Scorecard, Tried
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City
from tests.unit.cards.reading import read_card


def _tried(incidents: int, found: int, alarms: int) -> Tried:
    return Tried(incidents=incidents, found=found, found_of=200, false_alarms=alarms, false_alarms_of=150)


MADE = Scorecard(
    audits={
        "reporting": AuditScore(planted=0.5, sizes=(_tried(2500, 120, 0), _tried(10_000, 199, 3))),
        "recall": AuditScore(planted=0.6, sizes=(_tried(500, 200, 3), _tried(10_000, 200, 6))),
        "observer": AuditScore(sizes=(_tried(2500, 180, 30),)),
        "leak": AuditScore(sizes=(_tried(2500, 190, 0),)),
    }
)


@pytest.fixture
def records(page: MakePage) -> Records:
    return page(City()).records


def with_reporting(records: Records, incidents: int, **changes: object) -> Records:
    reporting = records.audit.reporting.model_copy(
        update={"method": "duplicates", "verdict": "pass", "incidents": incidents, **changes}
    )
    return replace(records, audit=records.audit.model_copy(update={"reporting": reporting}))


def facts_of(records: Records) -> Facts:
    return scorecard_facts(records, MADE)


def sentences(records: Records, language: str = "en") -> list[str]:
    words = ScorecardWords(Teller(facts_of(records), language, locale_for("en-US", language)))
    return [read_card(f"<body>{sentence}</body>").seen.strip() for sentence in words.sentences()]


def test_the_sentence_says_what_was_counted(records: Records) -> None:
    assert sentences(with_reporting(records, 4000))[0] == (
        "This audit finds a reporting ratio of 0.5 in 60 of 100 cities of this size; it raises a false alarm "
        "in 0 of 100. Counted over 150 made-up cities with about 2,500 incidents each."
    )


def test_how_near_the_ratio_comes_is_told_where_it_was_counted(records: Records) -> None:
    tried = _tried(2500, 120, 0).model_copy(update={"told": 0.5183})
    made = Scorecard(audits={"reporting": AuditScore(planted=0.5, sizes=(tried,))})
    facts = scorecard_facts(with_reporting(records, 4000), made)
    assert facts["scorecard.reporting.told"] == 0.5183
    (sentence,) = ScorecardWords(Teller(facts, "en", locale_for("en-US", "en"))).sentences()
    said = read_card(f"<body>{sentence}</body>").seen
    assert "in 0 of 100. A true ratio of 0.50 was told as 0.52 on average. Counted over 150" in said


@pytest.mark.parametrize(
    ("incidents", "found", "size"), [(2500, 0.6, 2500), (9999, 0.6, 2500), (10_000, 0.995, 10_000)]
)
def test_the_size_nearest_below_is_quoted(records: Records, incidents: int, found: float, size: int) -> None:
    facts = facts_of(with_reporting(records, incidents))
    assert facts["scorecard.reporting.found"] == found
    assert facts["scorecard.reporting.incidents"] == size


def test_all_but_one_of_two_hundred_are_not_called_all(records: Records) -> None:
    first = sentences(with_reporting(records, 10**6))[0]
    assert "in 99.5 of 100 cities" in first
    assert "false alarm in 2 of 100" in first


def test_a_pilot_smaller_than_anything_that_was_tried_is_told_so(records: Records) -> None:
    small = with_reporting(records, 2499)
    assert "scorecard.reporting.found" not in facts_of(small)
    assert facts_of(small)["scorecard.smallest"] == 2500
    assert sentences(small)[-1].startswith("Parts of this audit rest on fewer than 2,500 incidents here.")


@pytest.mark.parametrize("changes", [{"verdict": "unknown"}, {"method": "neighbours"}, {"method": "none"}])
def test_what_was_not_examined_that_way_is_not_scored(records: Records, changes: dict[str, str]) -> None:
    assert "reporting" in cases_of(with_reporting(records, 4000))
    assert "reporting" not in cases_of(with_reporting(records, 4000, **changes))


def test_the_observer_test_is_scored_by_its_cases(records: Records) -> None:
    def with_observer(verdict: str) -> Records:
        test = ObserverTest(verdict=verdict, cases=3000)  # type: ignore[arg-type]
        return replace(records, audit=records.audit.model_copy(update={"observer": test}))

    assert cases_of(with_observer("fail"))["observer"] == 3000
    assert facts_of(with_observer("fail"))["scorecard.observer.false_alarms"] == 0.2
    assert any("knows only who looked in 90 of 100" in line for line in sentences(with_observer("fail")))
    assert "observer" not in cases_of(with_observer("unknown"))


def test_cases_of_groups_are_those_of_one_attribute(records: Records) -> None:
    counts = records.audit.counts
    one = [count.events or 0 for count in counts if count.attribute == counts[0].attribute]
    assert cases_of(records)["recall"] == sum(one) > 0
    again = tuple(count.model_copy(update={"attribute": "other"}) for count in counts)
    doubled = replace(records, audit=records.audit.model_copy(update={"counts": (*counts, *again)}))
    assert cases_of(doubled)["recall"] == sum(one)


def test_hidden_counts_are_not_guessed(records: Records) -> None:
    hidden = tuple(count.model_copy(update={"events": None}) for count in records.audit.counts)
    masked = replace(records, audit=records.audit.model_copy(update={"counts": hidden}))
    assert cases_of(masked)["recall"] == 0
    assert facts_of(with_reporting(masked, 2499))["scorecard.smallest"] == 500
    assert "scorecard.recall.found" not in facts_of(masked)


def test_where_leaks_could_not_be_searched_nothing_is_said_of_them(records: Records) -> None:
    def with_leaks(found: int | None) -> Records:
        panel = records.panel.model_copy(update={"leaks_found": found, "events": 2600})
        return replace(records, panel=panel)

    assert facts_of(with_leaks(0))["scorecard.leak.found"] == 0.95
    assert "leak" not in cases_of(with_leaks(None))


def test_every_fact_of_the_scorecard_that_comes_along_can_be_told() -> None:
    """The file itself, not the made one: each audit that a card may quote stands in it, at rising sizes."""
    shipped = read_scorecard()
    assert set(SENTENCES) <= set(shipped.audits)
    for name, audit in shipped.audits.items():
        sizes = [tried.incidents for tried in audit.sizes]
        assert sizes == sorted(set(sizes)), name
        assert all(0 <= tried.found <= tried.found_of for tried in audit.sizes)
        assert all(0 <= tried.false_alarms <= tried.false_alarms_of for tried in audit.sizes)
        assert (audit.planted is not None) == ("{planted}" in SENTENCES.get(name, "")), name


def test_the_model_card_says_it_among_its_limits(page: MakePage) -> None:
    from civic_ai.cards.model_card import model_card

    told = model_card(page(City()))["scorecard"]
    assert told == ScorecardWords(page(City()).teller).sentences()
    assert told
