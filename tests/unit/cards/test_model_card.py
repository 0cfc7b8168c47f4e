from __future__ import annotations

from civic_ai.cards import words
from civic_ai.cards.model_card import model_card
from tests.unit.cards.conftest import MakeCards, MakePage
from tests.unit.cards.made_city import City
from tests.unit.cards.reading import read_card


def test_it_begins_with_look_here_first(cards: MakeCards) -> None:
    card = read_card(cards(City())["board/model_card.en.html"])
    assert [element.text for element in card.all("h2")] == [
        "Look here first", "Use and misuse", "Data", "How it was tested",
        "Results, against every simple rule", "Uncertainty",
        "Whom it serves", "Do the labels measure need?", "The place, or who looks?",
        "Why it says so", "Limits", "Gates",
        "People and oversight", "Maintenance",
    ]  # fmt: skip


def test_each_section_begins_with_a_sentence_that_stands_alone(cards: MakeCards) -> None:
    card = read_card(cards(City())["public/model_card.pt.html"])
    leads = [element for element in card.all("p") if element.attributes.get("class") == "lead"]
    assert len(leads) == len(card.all("h2")) - 2  # the first is a list, the gates are a table
    assert all(len(lead.text.split()) >= 4 for lead in leads)


def test_every_baseline_and_candidate_stands_in_the_results(page: MakePage) -> None:
    seen = page(City())
    results = model_card(seen)["results"]
    assert [row[0] for row in results.rows] == [
        words.CANDIDATES[part.name] for part in seen.records.predictions.candidates
    ]
    assert results.columns == ("How visits are chosen", "Found per visit", "Reached, of all cases")
    assert results.rows[-1][1].striptags() == "0.41 (between 0.39 and 0.43)"


def test_metrics_that_nobody_has_take_no_column(page: MakePage) -> None:
    view = model_card(page(City()))
    assert view["quality"].rows == ()
    assert len(view["lockbox"].rows) == 2


def test_the_detail_is_in_the_audit_report_and_the_card_says_where(cards: MakeCards) -> None:
    card = read_card(cards(City())["public/model_card.es.html"])
    links = [one.attributes["href"] for one in card.all("a") if "#main" not in one.attributes["href"]]
    assert links == [f"audit_report.es.html#{part}" for part in ("groups", "labels", "observer")]
    report = read_card(cards(City())["public/audit_report.es.html"])
    ids = {one.attributes["id"] for one in report.elements if "id" in one.attributes}
    assert {link.partition("#")[2] for link in links} <= ids


def test_of_groups_stand_the_finding_and_the_picture(cards: MakeCards) -> None:
    card = read_card(cards(City(groups="unequal"))["board/model_card.en.html"])
    assert "Some groups are not served equally. The gap that decides:" in card.seen
    assert "picture-groups-income_quartile" in {one.attributes["id"] for one in card.all("figure")}


def test_typical_cases_have_reasons_and_no_identity(cards: MakeCards, page: MakePage) -> None:
    html = cards(City())["board/model_card.en.html"]
    assert "What the list would visit (<data" in html
    assert "What happened at these places before raises their score." in html
    assert "r00c01" not in html


def test_caveats_of_the_explanation_are_said(cards: MakeCards) -> None:
    assert "Features that move together share their weight" in cards(City())["public/model_card.en.html"]
