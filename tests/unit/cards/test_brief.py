from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.brief import board_brief
from civic_ai.cards.facts import facts_of
from civic_ai.cards.page import Page, card_facts
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

RULE_WINS = City(winner="rule", groups="unequal")


def _rows(seen: Page) -> list[list[str]]:
    return [
        [str(getattr(cell, "striptags", cell.__str__)()) for cell in row]
        for row in board_brief(seen)["summary"].rows
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
        "13 questions of the policy have no answer yet."
        in board_brief(page(City(known=False)))["minute"][3].striptags()
    )
    assert "1 pregunta de la política aún no tiene respuesta." in (
        board_brief(page(City(groups="small"), "es"))["minute"][3].striptags()
    )


def test_per_100_visits_three_rows(page: MakePage) -> None:
    assert _rows(page(City())) == [
        ["Model: boosted trees (LightGBM)", "41 (between 39 and 43)",
         "51 (between 48 and 54)", "50 (between 46 and 54), household income: q1 (lowest)", "150"],
        ["Best simple rule: the count of the last year", "33 (between 31 and 35)",
         "60 (between 57 and 63)", "Not measured", "150"],
        ["As today: the pilot does not say how", "Not known", "Not known", "Not known", "150"],
    ]  # fmt: skip


def test_the_least_served_group_belongs_to_what_was_audited(page: MakePage) -> None:
    rows = _rows(page(RULE_WINS))
    assert rows[0][3] == "Not measured"
    assert rows[1][3] == "50 (between 46 and 54), household income: q1 (lowest)"
    public = _rows(page(City(groups="small"), "en", "public"))
    assert public[0][3] == "50 (between 46 and 54), household income: q3, of the groups shown"


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
    assert ("100 visits: hours" in table.columns) == (hours is not None)
    assert ("100 visits: cost (COP)" in table.columns) == (cost is not None)
    assert all(len(row) == len(table.columns) for row in table.rows)
    if cost is not None:
        assert table.rows[0][-1].striptags() == "8,000"  # type: ignore[union-attr]


def _table(seen: Page):  # type: ignore[no-untyped-def]
    from civic_ai.cards.summary import summary_table

    return summary_table(seen.records, seen.teller)


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


def test_the_two_ways_of_counting_are_named_in_every_column(page: MakePage) -> None:
    columns = _table(page(City())).columns
    assert columns[1:] == (
        "Of 100 visits: those that find a pothole",
        "Of 100 cases in the city: missed",
        "Of 100 cases in the group reached least: reached",
        "100 visits: hours",
    )


def test_the_newest_period_is_said_beside_the_average(page: MakePage) -> None:
    said = "In the last 182 days, kept aside, the model found about 40 (between 37 and 43)"
    assert f"{said} and the simple rule 32." in board_brief(page(City()))["minute"][1].striptags()
    rule = board_brief(page(RULE_WINS))["minute"][1].striptags()
    assert "kept aside, the simple rule found about 32 (between 29 and 35)." in rule


def test_a_newest_period_that_nobody_may_see_has_no_number(page: MakePage) -> None:
    seen = page(City())
    hidden = {name: None if ".lockbox." in name else fact for name, fact in seen.teller.facts.items()}
    minute = board_brief(replace(seen, teller=replace(seen.teller, facts=hidden)))["minute"]
    assert "Not measured: what was found in the last 182 days, kept aside." in minute[1].striptags()


@pytest.mark.parametrize(
    ("waivers", "expected"),
    [
        (("chair", "data_steward"), "or waive them by name and reason."),
        (("chair", None), "Only those that name somebody can be waived, by name and reason."),
        ((None, None), "Nobody may waive them."),
    ],
)
def test_only_what_somebody_may_waive_is_offered_for_waiving(
    page: MakePage, waivers: tuple[str | None, ...], expected: str
) -> None:
    seen = page(RULE_WINS)
    checks = tuple(
        check.model_copy(update={"verdict": "fail", "waivable_by": waiver})
        for check, waiver in zip(seen.gates.checks, waivers, strict=False)
    )
    gates = seen.gates.model_copy(update={"checks": checks})
    decision = dict(board_brief(replace(seen, gates=gates))["asked"])["Decision"]
    assert decision.endswith(expected)


@pytest.mark.parametrize(("failed", "expected"), [(0, None), (1, ""), (2, " and "), (5, ", and 3 more")])
def test_the_first_minute_names_what_fails_before_what_nobody_knows(
    page: MakePage, failed: int, expected: str | None
) -> None:
    seen = page(City())
    verdicts = ["fail"] * failed + ["pass"] * (len(seen.gates.checks) - failed)
    checks = tuple(
        check.model_copy(update={"verdict": verdict})
        for check, verdict in zip(seen.gates.checks, verdicts, strict=True)
    )
    gates = seen.gates.model_copy(update={"checks": checks, "failed": failed})
    facts = card_facts(seen.records, gates, seen.pictures.views)
    last = board_brief(replace(seen, gates=gates, teller=replace(seen.teller, facts=facts)))["minute"][3]
    said = str(last.striptags())
    asks = {gate.id: seen.teller.text(gate.asks) for gate in seen.records.policy.gates}
    told = [asks[check.gate] in said for check in checks]
    assert told == [True] * min(failed, 2) + [False] * (len(checks) - min(failed, 2))
    assert ("The answer is no to: " in said) == (expected is not None)
    assert (expected or "") in said
    assert said.endswith("Every question of the policy has an answer.")


@pytest.mark.parametrize("question", ["ranking", "cases", "demand", "durations"])
def test_what_happens_each_day_is_not_every_1_days(page: MakePage, question: str) -> None:
    seen = page(City(question=question))
    daily = seen.records.spec.as_of.model_copy(update={"every_days": 1})
    records = replace(seen.records, spec=seen.records.spec.model_copy(update={"as_of": daily}))
    asked = dict(board_brief(replace(seen, records=records))["asked"])
    assert " every day, " in asked["Capacity"].striptags()
    assert " every 7 days, " in dict(board_brief(seen)["asked"])["Capacity"].striptags()
