from __future__ import annotations

from dataclasses import replace

from civic_ai.cards.disparities import deciding_disparity
from civic_ai.cards.facts import facts_of
from civic_ai.cards.findings import Findings
from civic_ai.cards.frontier import METHODS, FrontierWords, frontier_section
from civic_ai.cards.page import Page
from civic_ai.pilot.mitigation import METHODS as DECLARED
from civic_ai.records.figure import Figure, missing
from civic_ai.records.frontier import Frontier, FrontierVisits, FrontierWay
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

FOUND = Figure(value=0.34, lower=0.32, upper=0.36, n=1_600)
SAME = Figure(value=0.0, lower=-0.01, upper=0.012, n=1_600)
LESS = Figure(value=-0.03, lower=-0.05, upper=-0.01, n=1_600)


def ratio(value: float, half: float) -> Figure:
    return Figure(value=value, lower=value - half, upper=value + half, n=400)


def way(name: str, kind: str, **changes: object) -> FrontierWay:
    told = {
        "way": name, "kind": kind, "found_per_visit": FOUND, "found_per_visit_change": SAME,
        "ratio": ratio(0.7, 0.1), "ratio_change": ratio(1.0, 0.0), "widest": ratio(0.7, 0.1),
    }  # fmt: skip
    return FrontierWay.model_validate(told | changes)


def mitigation(**changes: object) -> FrontierWay:
    even = {
        "of": "lightgbm", "method": "recall_parity", "attribute": "income", "decides_by_attribute": True,
        "ratio": ratio(0.98, 0.1), "ratio_change": ratio(1.4, 0.1),
    }  # fmt: skip
    return way("even", "mitigation", **(even | changes))


def told(page: Page, champion: FrontierWay, *others: FrontierWay, hidden: bool = False) -> FrontierWords:
    """The words of a page whose audit has this frontier, over its own first attribute."""
    attribute = page.records.audit.attributes[0]
    group = next(name for name in attribute.groups if name != attribute.reference_group)
    sweep = way("depth_50", "sweep", strength=0.5)
    ways = (champion, *others, sweep)
    visits = tuple(
        FrontierVisits(
            way=one.way, attribute=attribute.name, group=name, selected=None if hidden else 400.0, hits=200.0,
            found=200.0, per_list=None if hidden else 40.0, share=None if hidden else 0.4,
            change=None if hidden else 2.5, suppressed=hidden,
        )
        for one in ways
        for name in attribute.groups
    )  # fmt: skip
    frontier = Frontier(
        champion=champion.way, metric="recall", attribute=attribute.name, group=group,
        reference_group=attribute.reference_group, capacity=100, lists=10, swept=champion.way,
        ways=ways, visits=visits,
    )  # fmt: skip
    audit = page.records.audit.model_copy(update={"frontier": frontier})
    records = replace(page.records, audit=audit)
    teller = replace(page.teller, facts=page.teller.facts | facts_of(records))
    return FrontierWords(records, frontier, teller)


def title(words: FrontierWords) -> str:
    return words.teller.sentence(words.finding()).striptags()


CHAMPION = way("lightgbm", "champion")


def test_every_method_has_words() -> None:
    assert set(METHODS) == set(DECLARED)


def test_the_finding_says_no_more_than_the_intervals(page: MakePage) -> None:
    seen = page(City())
    assert "no sure gap" in title(told(seen, way("lightgbm", "champion", ratio=ratio(0.95, 0.1))))
    assert "way b narrows the gap, at no loss that can be seen" in title(told(seen, CHAMPION, mitigation()))
    dear = mitigation(found_per_visit_change=LESS)
    assert "every way that narrows the gap finds less" in title(told(seen, CHAMPION, dear))
    unsure = mitigation(ratio_change=ratio(1.1, 0.2))
    assert "no way that was tried clearly narrows" in title(told(seen, CHAMPION, unsure))
    over = mitigation(ratio=ratio(1.9, 0.1))
    assert "no way that was tried clearly narrows" in title(told(seen, CHAMPION, over)), (
        "as far the other way"
    )
    nothing = way("lightgbm", "champion", ratio=missing("suppressed"))
    assert title(told(seen, nothing)) == "Ways to choose the list, and what each finds"


def test_the_tables_tell_every_way_and_who_gains(page: MakePage) -> None:
    words = told(page(City()), CHAMPION, mitigation(found_per_visit_change=LESS))
    rows = [[str(cell) for cell in row] for row in words.ways().rows]
    assert len(rows) == 3
    assert rows[0][0].startswith("a: boosted trees")
    assert rows[0][-1] == "no"
    assert "past year" in rows[1][0]
    assert rows[1][-1] == "yes"
    assert 'data-fact="audit.frontier.ways.even.found_per_visit_change.value"' in rows[1][2]
    assert "50%" in rows[2][0]
    gains = words.visits().rows
    assert len(gains) == 2, "the sweep is a curve, not a proposal"
    assert "+" not in str(gains[0][1])
    assert "(40%; +2.5)" in words.teller.sentence(_plain(gains[1][1])).striptags()


def _plain(cell: object) -> object:
    from civic_ai.core.messages import say

    return say("{cell}", cell=cell)


def test_what_is_hidden_is_said_to_be(page: MakePage) -> None:
    words = told(page(City()), CHAMPION, mitigation(), hidden=True)
    assert all("privacy" in str(cell) for row in words.visits().rows for cell in row[1:])


def test_only_the_best_rule_is_pictured(page: MakePage) -> None:
    seen = page(City())
    words = told(seen, CHAMPION, way(seen.records.rule, "rule"), way("last_value", "rule"))
    assert [one.way for one in words.pictured] == [seen.records.rule, "lightgbm"]


def test_without_a_frontier_there_is_no_section(page: MakePage) -> None:
    seen = page(City())
    assert frontier_section(seen.records, seen.teller) is None
    words = told(seen, CHAMPION)
    made = frontier_section(words.records, words.teller)
    assert made is not None
    assert set(made) == {"counted", "ways", "visits"}


def test_every_figure_says_whether_it_counts_reports_or_need(page: MakePage) -> None:
    known = {"need_per_visit": ratio(0.5, 0.02), "need_ratio": ratio(0.6, 0.1)}
    words = told(page(City()), way("lightgbm", "champion", **known), mitigation(**known))
    alone = words.ways()
    assert not any("need" in column for column in alone.columns)
    assert "counted against reports" in words.counted()
    both = replace(words, frontier=words.frontier.model_copy(update={"life_days": 120}))
    assert "also counts against need" in both.counted()
    table = both.ways()
    places = [at for at, column in enumerate(table.columns) if column.endswith(", of need")]
    assert [str(table.columns[at])[:5] for at in places] == ["Found", str(both.pair["group"])[:5]]
    for row, one in ((0, "lightgbm"), (1, "even")):
        for at, name in zip(places, ("need_per_visit", "need_ratio"), strict=True):
            assert f'data-fact="audit.frontier.ways.{one}.{name}.value"' in table.rows[row][at]
    rest = [at for at in range(len(table.columns)) if at not in places]
    assert [table.columns[at] for at in rest] == list(alone.columns)
    assert all(len(row) == len(table.columns) for row in table.rows[:2])


def test_the_brief_tells_what_a_mitigation_of_the_deciding_gap_costs(page: MakePage) -> None:
    seen = page(City(groups="unequal"))
    gap = deciding_disparity(seen.records.audit)
    worse = mitigation(way="worse", ratio=ratio(0.8, 0.1), found_per_visit_change=LESS)
    words_of = told(seen, way("lightgbm", "champion"), mitigation(), worse)
    frontier = words_of.frontier.model_copy(update={"attribute": gap.attribute, "group": gap.group})

    def said(**changes: object) -> str:
        made = frontier.model_copy(update=changes)
        audit = seen.records.audit.model_copy(update={"frontier": made})
        return Findings(replace(seen.records, audit=audit), words_of.teller).could_be_done().striptags()

    assert "past year's outcomes" in said()
    assert "at 0.98 (between 0.88 and 1.08) times" in said()
    assert "what 100 visits find changes by 0 (between -1 and 1)" in said()
    assert said(group="another") == ""
    assert said(ways=tuple(one for one in frontier.ways if one.kind != "mitigation")) == ""
    even = page(City(groups="equal"))
    assert Findings(even.records, even.teller).could_be_done() == ""
