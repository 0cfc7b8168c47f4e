"""Two maps that state their finding, darkest where it matters, with their numbers as tables."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from shapely import box

from civic_ai.cards.pictures.reporting import draw_reporting
from civic_ai.cards.reporting_view import ReportingView
from civic_ai.cards.score_map import ScoreClass, ScoreMap
from civic_ai.cards.tell import Teller
from civic_ai.records.figure import Figure
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_evidence import City

PARTS = (ScoreClass(0.5, 0.8, ("A", "B")), ScoreClass(0.9, 2.0, ("C",)))


def drawn(
    page: MakePage,
    follow: tuple[float, float] = (-0.3, 0.1),
    *,
    higher_is_worse: bool = False,
    shapes: str = "ABCD",
):
    seen = page(City())
    view = ReportingView({"rate": PARTS, "condition": PARTS})
    outlines = {name: box(i, 0, i + 1, 1) for i, name in enumerate(shapes)}
    views = SimpleNamespace(reporting=view, scores=ScoreMap((), (), {}, outlines))
    figure = Figure(value=sum(follow) / 2, lower=follow[0], upper=follow[1], n=80)
    survey = SimpleNamespace(higher_is_worse=higher_is_worse)
    records = SimpleNamespace(
        audit=SimpleNamespace(reporting=SimpleNamespace(condition=SimpleNamespace(reports_follow=figure))),
        spec=SimpleNamespace(audit=SimpleNamespace(reporting=SimpleNamespace(condition=survey))),
    )
    facts = dict(seen.teller.facts) | view.facts()
    facts |= {"audit.reporting.map.lowest": 0.5, "audit.reporting.map.highest": 2.0}
    return draw_reporting(records, replace(seen.teller, facts=facts), views)


def test_both_maps_are_drawn_with_their_numbers(page: MakePage) -> None:
    rate, condition = drawn(page)
    assert rate.alternative.startswith("People report the same problem 0.50 to 2.00 times as often")
    assert (rate.name, condition.name) == ("reporting-rate", "reporting-condition")
    assert b"not known" in rate.svg
    assert [cell for row in rate.table.rows for cell in (row[0],)] == ["1", "2"]


@pytest.mark.parametrize(
    ("follow", "says"),
    [
        ((0.1, 0.4), "More is reported"),
        ((-0.4, -0.1), "Less is reported"),
        ((-0.3, 0.1), "do not visibly follow"),
    ],
)
def test_the_title_states_what_the_interval_allows(
    page: MakePage, follow: tuple[float, float], says: str
) -> None:
    assert says in drawn(page, follow)[1].alternative


def test_the_darkest_class_is_the_worst_condition_and_the_highest_rate(page: MakePage) -> None:
    rate, low_is_worse = drawn(page)
    _, high_is_worse = drawn(page, higher_is_worse=True)
    first = [part.table.rows[0][1].striptags() for part in (rate, low_is_worse, high_is_worse)]
    assert first == ["0.90", "0.50", "0.90"]


def test_without_outlines_nothing_is_drawn(page: MakePage) -> None:
    assert drawn(page, shapes="") == []
    assert isinstance(page(City()).teller, Teller)
