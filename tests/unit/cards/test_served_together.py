"""Whom it serves, closer: sentences and tables with facts behind every number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from civic_ai.cards.served_together import MOST_ROWS, ServedTogether
from civic_ai.records.audit import AuditReport
from civic_ai.records.figure import Figure
from civic_ai.records.intersections import Intersection, Intersections, Spread
from civic_ai.records.metric_tree import MetricChoice
from civic_ai.records.record import flatten
from civic_ai.records.slices import ServedSlice, SliceSearch
from civic_ai.records.text import Text
from civic_ai.records.within import WithinAreas
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City

FIGURE = Figure(value=0.42, lower=0.3, upper=0.55, n=90)
RATIO = Figure(value=0.8, lower=0.6, upper=1.05, n=90)
CHOICE = MetricChoice(
    tree="t" * 64, version="1", proposal="help", why_proposed=Text(any="Help must reach all."),
    proposed=("recall",), chosen=("recall",),
)  # fmt: skip
PAIR = Intersection(
    attribute="income", group="q1", other_attribute="home", other_group="x", metric="recall", figure=FIGURE,
    shrunken=0.45, ratio=RATIO, verdict="insufficient_evidence", needed=803, events=90,
)  # fmt: skip
SPREAD = Spread(
    attribute="income", other_attribute="home", metric="recall", city=0.5, variance=0.0016,
    beyond_chance=0.04, by_chance=0.03, groups=6,
)  # fmt: skip
BOUND = WithinAreas(attribute="home", group="x", metric="recall", value=0.4, lower=0.12, upper=0.68, areas=9)
SLICE = ServedSlice(
    where="age > 3 and count_28 <= 2", metric="recall", figure=FIGURE, ratio=RATIO, verdict="fail", events=90,
    places=40,
)  # fmt: skip


@pytest.fixture
def served(page: MakePage):  # type: ignore[no-untyped-def]
    """The section of one audit with some parts put in."""

    def make(language: str = "en", **parts: Any) -> ServedTogether:
        seen = page(City(), language)
        update = {"choice": None, "intersections": None, "within_areas": (), "slices": None} | parts
        audit: AuditReport = seen.records.audit.model_copy(update=update)
        facts = dict(seen.teller.facts) | dict(flatten(audit, "audit"))
        return ServedTogether(replace(seen.records, audit=audit), replace(seen.teller, facts=facts))

    return make


def _pairs(*groups: Intersection, spreads: tuple[Spread, ...] = ()) -> Intersections:
    return Intersections(groups=groups, spreads=spreads, verdict="insufficient_evidence")


def test_where_nothing_was_measured_nothing_is_said(served) -> None:  # type: ignore[no-untyped-def]
    made = served()
    assert (made.choice(), made.tables(), made.lines()) == ([], [], [])


def test_a_proposal_that_nobody_confirmed_says_so(served) -> None:  # type: ignore[no-untyped-def]
    first, second = (line.striptags() for line in served(choice=CHOICE).choice())
    assert first == "What decides here: Reached, of all cases of the group. Help must reach all."
    assert "nobody has confirmed it" in second


def test_a_choice_says_who_why_and_what_no_longer_decides(served) -> None:  # type: ignore[no-untyped-def]
    changed = {
        "chosen": ("precision",), "by": "The <board>", "why": Text(any="Promised."), "left_out": ("recall",),
    }  # fmt: skip
    first, second = (str(line) for line in served(choice=CHOICE.model_copy(update=changed)).choice())
    assert "The &lt;board&gt; chose it. Promised." in first
    assert "something that does not decide here: Reached, of all cases of the group." in second


def test_a_pair_has_its_figure_what_it_is_drawn_to_and_a_verdict(served) -> None:  # type: ignore[no-untyped-def]
    (table,) = served(intersections=_pairs(PAIR)).tables()
    assert len(table.columns) == len(table.rows[0])
    assert [getattr(cell, "striptags", cell.__str__)() for cell in table.rows[0]] == [
        "income: q1 and home: x", "90", "42% (between 30% and 55%)", "45%", "0.80 (between 0.60 and 1.05)",
        "Too few to tell (would need about 810)",
    ]  # fmt: skip
    assert 'data-fact="audit.intersections.groups.income.q1.home.x.recall.shrunken"' in table.rows[0][3]


def test_what_nobody_will_wait_for_is_more_than_a_number(served) -> None:  # type: ignore[no-untyped-def]
    part = PAIR.model_copy(update={"needed": 100_000, "needed_is_least": True})
    (table,) = served(intersections=_pairs(part)).tables()
    assert "would need more than 100,000" in table.rows[0][-1].striptags()


def test_a_card_shows_ten_pairs_at_most_and_a_table_for_each_metric(served) -> None:  # type: ignore[no-untyped-def]
    many = [PAIR.model_copy(update={"group": f"g{i}"}) for i in range(MOST_ROWS + 3)]
    other = PAIR.model_copy(update={"metric": "false_positive_rate"})
    first, second = served(intersections=_pairs(*many, other)).tables()
    assert (len(first.rows), len(second.rows)) == (MOST_ROWS, 1)
    assert first.rows[0][0].striptags().startswith("income: g0")


def test_a_hidden_pair_shows_no_number(served) -> None:  # type: ignore[no-untyped-def]
    hidden = PAIR.model_copy(update={"suppressed": True})
    (table,) = served(intersections=_pairs(hidden)).tables()
    assert {cell.striptags() for cell in table.rows[0][1:]} == {"Too few to show (privacy)"}


def test_a_spread_is_told_with_what_chance_brings_never_as_a_gap(served) -> None:  # type: ignore[no-untyped-def]
    (line,) = served(intersections=_pairs(spreads=(SPREAD,))).lines()
    assert "groups typically differ by 4% beyond the 3% that chance brings" in line.striptags()
    none = SPREAD.model_copy(update={"beyond_chance": 0.0})
    (line,) = served(intersections=_pairs(spreads=(none,))).lines()
    assert "groups differ no more than by chance (3%)" in line.striptags()
    unknown = SPREAD.model_copy(update={"beyond_chance": None})
    assert served(intersections=_pairs(spreads=(unknown,))).lines() == []


def test_bounds_are_told_for_every_shown_group(served) -> None:  # type: ignore[no-untyped-def]
    hidden = BOUND.model_copy(update={"group": "y", "lower": None, "suppressed": True})
    (line,) = served(within_areas=(BOUND, hidden)).lines()
    assert line.striptags().endswith("Reached, of all cases of the group: x between 12% and 68%.")
    assert served(within_areas=(hidden,)).lines() == []


def test_the_worst_places_are_told_by_their_conditions(served) -> None:  # type: ignore[no-untyped-def]
    (table,) = served("es", slices=SliceSearch(slices=(SLICE,), tried=9, verdict="fail")).tables()
    assert table.rows[0][0].striptags() == "age > 3 y count_28 <= 2"
    assert len(table.columns) == len(table.rows[0])
    assert served(slices=SliceSearch(slices=(), tried=9, verdict="unknown")).tables() == []
