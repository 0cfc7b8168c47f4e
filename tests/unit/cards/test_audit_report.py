"""Every table of the audit stands in the audit report; what the model card lost is here."""

from __future__ import annotations

import re

import pytest

from civic_ai.cards.audit_report import audit_report
from civic_ai.core.messages import governance_folder
from tests.unit.cards.conftest import MakeCards, MakePage
from tests.unit.cards.made_city import City
from tests.unit.cards.reading import read_card

SECTIONS = governance_folder() / "cards"


def test_every_group_has_its_cases_and_every_metric(page: MakePage) -> None:
    board, public = (
        audit_report(page(City(groups="small"), "en", part))["group_tables"][0]
        for part in ("board", "public")
    )
    assert board.columns == (
        "Group",
        "Cases",
        "Reached, of all cases of the group",
        "Visited, of all places of the group",
        "Intervals that held in the last period, kept aside",
    )
    assert [cell.striptags() for cell in board.rows[0][1:]] == [
        "7",
        "50% (between 46% and 54%)",
        "19% (between 15% and 23%)",
        "92% (between 91% and 93%)",
    ]
    assert {str(cell) for cell in public.rows[0][1:]} == {"Too few to show (privacy)"}


def test_reporting_stands_with_its_conditions(page: MakePage, cards: MakeCards) -> None:
    view = audit_report(page(City(), "es"))
    assert len(view["reporting"].groups().rows) == 3
    assert len(view["reporting"].conditions().rows) == 2
    assert not audit_report(page(City(known=False)))["reporting"].is_examined()
    report = cards(City())["board/audit_report.en.html"]
    assert "What the comparison rests on" in report
    for caption in ("If repeat reports of one group alone", "If repeat reports of every group",
                    "Among all problems, also those"):  # fmt: skip
        assert report.count(caption) == 1


def test_no_section_of_a_card_is_left_out() -> None:
    """Each partial stands in exactly one card, so that no figure is lost and none is told twice."""
    included = [
        name
        for template in SECTIONS.glob("*.html")
        for name in re.findall(r'include "(sections/[a-z_]+[.]html)"', template.read_text())
    ]
    assert sorted(included) == sorted(
        f"sections/{path.name}" for path in (SECTIONS / "sections").glob("*.html")
    )


@pytest.mark.parametrize("audience", ["board", "public"])
def test_it_leads_back_to_what_it_means(cards: MakeCards, audience: str) -> None:
    card = read_card(cards(City())[f"{audience}/audit_report.pt.html"])
    assert "model_card.pt.html" in {link.attributes["href"] for link in card.all("a")}
