from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.page import Page
from civic_ai.cards.pictures.groups import _Groups, draw_groups
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _svg(seen: Page) -> str:
    return seen.pictures.groups["income_quartile"].svg.decode()


@pytest.mark.parametrize(
    ("city", "expected"),
    [
        (City(), "Household income: the list reaches every group about as often as q4 (highest)"),
        (City(groups="unequal"), "Household income: q1 (lowest) is reached less often than q4 (highest)"),
        (
            City(groups="small"),
            "Household income: this data cannot tell whether every group fares alike",
        ),
        (
            City(known=False),
            "Household income: this data cannot tell whether every group fares alike",
        ),
    ],
)
def test_the_title_states_the_finding(page: MakePage, city: City, expected: str) -> None:
    assert page(city).pictures.groups["income_quartile"].title.striptags() == expected


def test_a_group_reached_more_often_is_a_finding_too(page: MakePage) -> None:
    seen = page(City(groups="unequal"))
    parts = list(seen.records.audit.disparities)
    more = parts[0].ratio.model_copy(update={"value": 1.6, "lower": 1.4, "upper": 1.8})
    parts[0] = parts[0].model_copy(update={"ratio": more})
    audit = seen.records.audit.model_copy(update={"disparities": tuple(parts)})
    records = replace(seen.records, audit=audit)
    drawn = draw_groups(records, seen.teller, audit.attributes[0])
    assert drawn.title.striptags() == "Household income: q1 (lowest) is reached more often than q4 (highest)"


def test_every_row_has_n_and_a_verdict_in_words(page: MakePage) -> None:
    svg = _svg(page(City(groups="unequal"), "es"))
    assert "n 1.600 · No pasa" in svg
    assert svg.count("n 1.600 · Pasa") == 2
    assert ">referencia<" in svg
    assert [svg.index(f">{name}") for name in ("q1 (más bajo)", "q2", "q3", "q4 (más alto)")] == sorted(
        svg.index(f">{name}") for name in ("q1 (más bajo)", "q2", "q3", "q4 (más alto)")
    )


def test_the_band_is_the_policys_tolerance(page: MakePage) -> None:
    drawn = page(City()).pictures.groups["income_quartile"]
    assert 'data-fact="policy.tolerances.disparity_ratio"' in drawn.caption
    assert "1.25 times either way" in drawn.caption.striptags()


def test_a_hidden_group_is_listed_without_a_number(page: MakePage) -> None:
    seen = page(City(groups="small"), "en", "public")
    drawn = seen.pictures.groups["income_quartile"]
    assert ">Too few to show<" in _svg(seen)
    row = next(row for row in drawn.table.rows if row[0] == "q1 (lowest)")
    assert [str(cell) for cell in row[1:]] == [
        "Too few to show (privacy)",
        "",
        "Too few to show (privacy)",
        "",
    ]


def test_what_could_not_be_judged_says_how_many_it_would_take(page: MakePage) -> None:
    row = page(City(groups="small")).pictures.groups["income_quartile"].table.rows[0]
    assert row[3].striptags() == "Too few to tell (would need about 810)"  # type: ignore[union-attr]


def test_the_table_holds_the_numbers_of_the_picture(page: MakePage) -> None:
    rows = page(City(groups="unequal")).pictures.groups["income_quartile"].table.rows
    assert [str(row[0]) for row in rows] == ["q1 (lowest)", "q2", "q3"]
    assert rows[0][1].striptags() == "0.62 (between 0.55 and 0.69)"  # type: ignore[union-attr]


def _drawn(seen: Page, lower: float, upper: float) -> str:
    parts = list(seen.records.audit.disparities)
    ratio = parts[0].ratio.model_copy(update={"value": 1.0, "lower": lower, "upper": upper})
    parts[0] = parts[0].model_copy(update={"ratio": ratio})
    audit = seen.records.audit.model_copy(update={"disparities": tuple(parts)})
    return draw_groups(replace(seen.records, audit=audit), seen.teller, audit.attributes[0]).svg.decode()


def test_an_interval_that_goes_on_beyond_the_axis_ends_in_an_arrow(page: MakePage) -> None:
    seen = page(City())
    inside, left, both = _drawn(seen, 0.11, 9.9), _drawn(seen, 0.0, 2.0), _drawn(seen, 0.01, 40.0)
    assert [(svg.count("◀"), svg.count("▶")) for svg in (inside, left, both)] == [(0, 0), (1, 0), (1, 1)]


def test_the_axis_ends_at_ticks_around_every_interval(page: MakePage) -> None:
    svg = _drawn(page(City()), 0.41, 1.2)
    assert ">0.2<" in svg
    assert ">0.1<" not in svg


def test_the_table_says_what_difference_could_have_been_seen(page: MakePage) -> None:
    seen = page(City())
    part = seen.records.audit.disparities[0].model_copy(update={"detectable": 1.4})
    drawing = _Groups(seen.records, seen.teller, seen.records.audit.attributes[0])
    fact = "audit.disparities.x"
    told = replace(
        drawing, teller=replace(seen.teller, facts=dict(seen.teller.facts) | {f"{fact}.detectable": 1.4})
    )
    assert told._detectable(part, fact).striptags() == "1.40 times or more"
    none = part.model_copy(update={"detectable": None})
    assert told._detectable(none, fact).striptags() == "none, with so few"


@pytest.mark.parametrize(
    ("bounds", "verdict", "is_said"),
    [
        ((0.47, 0.75), "insufficient_evidence", True),
        ((1.3, 1.9), "insufficient_evidence", True),
        ((0.47, 0.9), "insufficient_evidence", False),
        ((0.47, 0.75), "fail", False),
    ],
)
def test_a_line_outside_the_band_that_is_no_failure_is_explained(
    page: MakePage, bounds: tuple[float, float], verdict: str, is_said: bool
) -> None:
    seen = page(City())
    first, *others = seen.records.audit.disparities
    ratio = first.ratio.model_copy(update={"value": bounds[0], "lower": bounds[0], "upper": bounds[1]})
    changed = first.model_copy(update={"ratio": ratio, "verdict": verdict})
    audit = seen.records.audit.model_copy(update={"disparities": (changed, *others)})
    drawn = draw_groups(replace(seen.records, audit=audit), seen.teller, audit.attributes[0])
    assert ("judged together" in drawn.caption) == is_said
