"""The section on reporting in plain words: every code has words, every number a fact."""

from __future__ import annotations

from civic_ai.cards.facts import facts_of
from civic_ai.cards.tables.reporting import ReportingTables
from civic_ai.cards.tell import Teller
from civic_ai.records.figure import Figure
from civic_ai.records.reporting import (
    AllProblems,
    ConditionComparison,
    ConditionResidual,
    LinkageLoss,
    LinkedReports,
    OtherSetting,
    RatioAtLife,
    ReportingBias,
    ReportingCondition,
    ZeroInflation,
)
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_evidence import City

RATIO = Figure(value=0.6, lower=0.5, upper=0.7, n=900)


def tables(page: MakePage, language: str = "en", **changes: object) -> ReportingTables:
    """The made city's with ``changes``, and without what only some cities have."""
    seen = page(City(), language)
    bare = {"settings": (), "losses": (), "losses_everywhere": (), "all_problems": None}
    reporting = seen.records.audit.reporting.model_copy(update=bare | changes)
    records = seen.records.__class__(
        **{**vars(seen.records), "audit": seen.records.audit.model_copy(update={"reporting": reporting})}
    )
    return ReportingTables(records, Teller(facts_of(records), language, seen.teller.locale))


def setting(name: str) -> OtherSetting:
    return OtherSetting(setting=name, attribute="income_quartile", group="q1", ratio=RATIO, verdict="fail")


def test_settings_are_told_in_words(page: MakePage) -> None:
    made = tables(
        page,
        settings=(setting("watch_30"), setting("metres_half_days_double")),
        inflation=ZeroInflation(never_again=0.77, gain=9.0, groups=(setting("zero_inflated"),)),
    )
    rows = made.settings().rows
    assert [row[0].striptags() for row in rows] == [
        "watched for at most 30 days",
        "half distance, double days",
        "some problems are never reported twice",
    ]
    assert all("0.60" in row[2] and "data-fact" in row[2] for row in rows)
    assert "77%" in made.never_again().striptags()


def test_a_verdict_that_is_held_back_says_what_the_figures_say_and_why(page: MakePage) -> None:
    broken = ReportingCondition(
        name="links_are_repeats", state="broken", how="a_year_apart", seen=RATIO, group="q1"
    )
    held = tables(page, verdict="insufficient_evidence", of_groups="fail", conditions=(broken,))
    assert "Fail" in held.held_back()
    assert "contradict a condition" in held.held_back()
    assert "The data contradict it" in held.conditions().rows[0][1]
    other = tables(page, verdict="insufficient_evidence", of_groups="pass")
    assert "other reasonable settings" in other.held_back()
    assert tables(page).held_back() is None


def test_linkage_is_told_with_what_chance_would_link(page: MakePage) -> None:
    linked = LinkedReports(metres=100, days=14, located=0.72, by_chance=0.18, largest=23, settings_agree=True)
    said = [line.striptags() for line in tables(page, linked=linked).linked()]
    assert said == [
        "Linked: reports at most 100 metres and 14 days apart, one after another.",
        "72% of all reports say where the problem is; the others are left out.",
        "About 18% of the links would come by chance, because problems lie close together.",
    ]
    unknown = linked.model_copy(update={"by_chance": None})
    assert len(tables(page, linked=unknown).linked()) == 2
    assert tables(page).linked() == []


def test_losses_and_the_survey_have_tables(page: MakePage) -> None:
    loss = LinkageLoss(percent=40, attribute="income_quartile", group="q1", ratio=RATIO)
    condition = ConditionComparison(
        source="roads", column="index", areas=87, reports_follow=RATIO, rates_follow=RATIO, blob=None,
        groups=(ConditionResidual(attribute="income_quartile", group="q1", reference_group="q4", ratio=RATIO,
                                  verdict="fail"),),
    )  # fmt: skip
    made = tables(page, losses=(loss,), condition=condition)
    assert "40" in made.losses().rows[0][1]
    assert len(made.survey()) == 2
    assert "Fail" in made.residuals().rows[0][2]
    bare = tables(page)
    assert (bare.losses(), bare.survey(), bare.residuals(), bare.settings(), bare.never_again()) == (
        None, [], None, None, None)  # fmt: skip


def test_links_lost_everywhere_and_all_problems_have_tables(page: MakePage) -> None:
    loss = LinkageLoss(percent=20, attribute="income_quartile", group="q1", ratio=RATIO)
    told = AllProblems(spread=0.2, lives=tuple(
        RatioAtLife(life_days=days, attribute="income_quartile", group="q1", ratio=RATIO)
        for days in (90, 45)))  # fmt: skip
    made = tables(page, losses_everywhere=(loss,), all_problems=told)
    assert "every group" in made.losses_everywhere().caption
    assert "20" in made.losses_everywhere().rows[0][1]
    assert made.losses() is None
    rows = made.all_problems().rows
    assert [("90" in row[1], "45" in row[1]) for row in rows] == [(True, False), (False, True)]
    assert all("0.60" in row[2] and "data-fact" in row[2] for row in rows)
    assert (tables(page).losses_everywhere(), tables(page).all_problems()) == (None, None)


def test_one_event_speaks_of_odds(page: MakePage) -> None:
    assert "Odds" in tables(page, method="neighbours").groups().columns[1]
    assert "Odds" not in tables(page).groups().columns[1]


def test_what_was_not_examined_has_no_tables(page: MakePage) -> None:
    bare = ReportingBias(method="none", verdict="unknown")
    made = tables(page, **{name: getattr(bare, name) for name in type(bare).model_fields})
    assert (made.is_examined(), made.groups(), made.conditions(), made.held_back()) == (
        False,
        None,
        None,
        None,
    )
