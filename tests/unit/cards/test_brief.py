from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.brief import board_brief
from civic_ai.cards.facts import facts_of
from civic_ai.cards.page import Page
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

RULE_WINS = City(winner="rule", groups="unequal")


def _rows(seen: Page) -> list[list[str]]:
    return [
        [str(getattr(cell, "striptags", cell.__str__)()) for cell in row]
        for row in board_brief(seen)["per_100"].rows
    ]


def test_in_one_minute_there_are_four_sentences_in_order(page: MakePage) -> None:
    minute = [str(line.striptags()) for line in board_brief(page(RULE_WINS))["minute"]]
    assert len(minute) == 4
    assert minute[0] == (
        "Use: Public Works plans the coming weeks' crew routes. Never for: enforcement and ranking residents."
    )
    assert "The difference is too small to tell." in minute[1]
    assert "the simple rule is proposed" in minute[1]
    assert minute[2].startswith("Some groups are not served equally.")
    assert minute[3].endswith("Every question of the policy has an answer.")


def test_what_nobody_knows_is_counted(page: MakePage) -> None:
    assert (
        "10 questions of the policy have no answer yet."
        in board_brief(page(City(known=False)))["minute"][3].striptags()
    )
    assert "1 pregunta de la política aún no tiene respuesta." in (
        board_brief(page(City(groups="small"), "es"))["minute"][3].striptags()
    )


def test_per_100_visits_three_rows(page: MakePage) -> None:
    assert _rows(page(City())) == [
        ["Model: boosted trees (LightGBM)", "41 (between 39 and 43)",
         "51 (between 48 and 54)", "50 (between 46 and 54)", "150"],
        ["Best simple rule: visiting where most were found in the last year", "33 (between 31 and 35)",
         "60 (between 57 and 63)", "Not measured", "150"],
        ["As today: the pilot does not say how", "Not known", "Not known", "Not known", "150"],
    ]  # fmt: skip


def test_the_least_served_group_belongs_to_what_was_audited(page: MakePage) -> None:
    rows = _rows(page(RULE_WINS))
    assert rows[0][3] == "Not measured"
    assert rows[1][3] == "50 (between 46 and 54)"
    public = _rows(page(City(groups="small"), "en", "public"))
    assert public[0][3] == "Too few to show (privacy)"


@pytest.mark.parametrize(("hours", "cost"), [(None, None), (None, 80.0), (2.0, 80.0)])
def test_effort_is_shown_only_where_it_is_declared(
    page: MakePage, hours: float | None, cost: float | None
) -> None:
    seen = page(City())
    declared = {"hours_per_unit": hours, "cost_per_unit": cost, "currency": "COP"}
    capacity = seen.records.spec.capacity.model_copy(update=declared)
    records = replace(seen.records, spec=seen.records.spec.model_copy(update={"capacity": capacity}))
    seen = replace(seen, records=records, teller=replace(seen.teller, facts=facts_of(records)))
    table = _table(seen)
    assert ("Hours" in table.columns) == (hours is not None)
    assert ("Cost (COP)" in table.columns) == (cost is not None)
    assert all(len(row) == len(table.columns) for row in table.rows)
    if cost is not None:
        assert table.rows[0][-1].striptags() == "8,000"  # type: ignore[union-attr]


def _table(seen: Page):  # type: ignore[no-untyped-def]
    from civic_ai.cards.brief import _Per100

    return _Per100(seen.records, seen.teller).table()


def test_three_pictures_the_worst_attribute_first(page: MakePage) -> None:
    assert [drawn.name for drawn in board_brief(page(RULE_WINS))["pictures"]] == [
        "groups-income_quartile", "capacity", "map",
    ]  # fmt: skip


def test_what_is_asked_follows_from_the_verdict(page: MakePage) -> None:
    ready = dict(board_brief(page(City()))["asked"])
    assert list(ready) == [
        "Decision",
        "Scope",
        "Capacity",
        "Conditions proposed",
        "Until when",
        "If you say no",
    ]
    assert ready["Decision"] == "May the city try this list, for this use, within this capacity?"
    assert ready["Scope"].striptags() == "64 places (street cell); only this use."
    assert ready["Capacity"].striptags() == "12 visits every 7 days, by two repair crews."
    assert ready["Conditions proposed"].startswith("None from the gates")
    not_ready = dict(board_brief(page(RULE_WINS))["asked"])
    assert not_ready["Decision"].startswith("Return it with the open questions above")
    assert not_ready["Conditions proposed"].striptags().startswith("Settle the 2 questions")
