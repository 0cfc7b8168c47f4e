from __future__ import annotations

from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.records.text import Text
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_groups_and_attributes_are_called_as_the_pilot_calls_them(page: MakePage) -> None:
    names = GroupWords(page(City(), "es").records, page(City(), "es").teller)
    assert names.attribute("income_quartile") == "ingreso del hogar"
    assert names.group("income_quartile", "q1") == "q1 (más bajo)"
    assert names.group("income_quartile", "q2") == "q2"
    assert names.group("income_quartile", "q4") == "q4 (más alto)"
    assert names.of_attribute("income_quartile", "q2") == "ingreso del hogar: q2"


def test_a_name_that_the_pilot_gives_to_a_group_wins(page: MakePage) -> None:
    seen = page(City())
    attribute = seen.records.spec.audit.attributes["income_quartile"]
    named = attribute.model_copy(update={"groups_called": {"q1": Text(en="poorest quarter")}})
    audit = seen.records.spec.audit.model_copy(update={"attributes": {"income_quartile": named}})
    spec = seen.records.spec.model_copy(update={"audit": audit})
    from dataclasses import replace

    names = GroupWords(replace(seen.records, spec=spec), seen.teller)
    assert names.group("income_quartile", "q1") == "poorest quarter"


def test_an_attribute_that_nobody_named_is_said_plainly(page: MakePage) -> None:
    names = GroupWords(page(City()).records, page(City()).teller)
    assert names.attribute("home_language") == "home language"
    assert names.group("home_language", "other_language") == "other language"
    assert names.title("home_language") == "Home language"


def test_those_whose_group_nobody_knows_are_said_to_be_so(page: MakePage) -> None:
    from civic_ai.cards.wording.groups import UNKNOWN
    from civic_ai.panel import groups

    assert UNKNOWN == groups.UNKNOWN
    assert (
        GroupWords(page(City()).records, page(City(), "pt").teller).group("a", UNKNOWN)
        == "grupo desconhecido"
    )


def test_verdicts_of_groups(page: MakePage) -> None:
    board, public = page(City(groups="small")), page(City(groups="small"), "en", "public")
    for seen, expected in (
        (board, "Too few to tell (would need about 810)"),
        (public, "Too few to show (privacy)"),
    ):
        part = next(part for part in seen.records.audit.disparities if part.group == "q1")
        names = GroupWords(seen.records, seen.teller)
        assert names.verdict(part, fact_of("audit.disparities", part)).striptags() == expected


def test_a_part_of_a_list_is_named_by_its_key(page: MakePage) -> None:
    part = page(City()).records.audit.disparities[0]
    assert fact_of("audit.disparities", part) == "audit.disparities.income_quartile.q1.recall"
    assert f"{fact_of('audit.disparities', part)}.verdict" in page(City()).teller.facts


def test_a_case_is_no_quiet_place(page: MakePage) -> None:
    for question, expected in (("ranking", "quiet places"), ("cases", "cases of the group")):
        seen = page(City(question=question))
        assert expected in GroupWords(seen.records, seen.teller).metric("false_positive_rate")
