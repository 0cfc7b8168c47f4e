from __future__ import annotations

import base64
import re

import altair as alt
import pytest
from babel import Locale
from markupsafe import Markup

from civic_ai.cards.pictures.picture import Picture, Table, draw, drawn


def _chart(values: tuple[float, ...] = (1.0, 1234.5)) -> alt.Chart:
    rows = [{"x": i + 0.123456789, "y": value, "name": f"n{i}"} for i, value in enumerate(values)]
    return alt.Chart(alt.Data(values=rows)).mark_point(clip=True).encode(x="x:Q", y="y:Q")


def test_drawn_again_it_has_the_same_bytes() -> None:
    """Vega numbers its clip paths over the whole process; other drawings in between must not matter."""
    first = draw(_chart(), Locale.parse("en"))
    draw(alt.layer(_chart(), _chart((3.0,))), Locale.parse("es_CO"))
    drawn.cache_clear()  # what is kept would tell nothing
    assert draw(_chart(), Locale.parse("en")) == first
    assert draw(_chart((1.0, 1235.5)), Locale.parse("en")) != first


def test_what_was_drawn_is_kept_by_all_that_it_depends_on() -> None:
    one = draw(_chart(), Locale.parse("en"))
    before = drawn.cache_info().hits
    assert draw(_chart(), Locale.parse("en")) is one
    assert drawn.cache_info().hits == before + 1
    assert draw(_chart(), Locale.parse("es_CO")) != one
    assert draw(_chart((1.0, 1234.6)), Locale.parse("en")) != one
    named = alt.Chart(alt.NamedData("rows")).mark_point().encode(x="x:Q", y="y:Q")
    few, more = ([{"x": 1.0, "y": 2.0}] * 2, [{"x": 1.0, "y": 2.0}] * 3)
    assert draw(named, Locale.parse("en"), {"rows": few}) != draw(named, Locale.parse("en"), {"rows": more})


def test_numbers_on_axes_follow_the_place() -> None:
    assert b">1.000<" in draw(_chart(), Locale.parse("es_CO"))
    assert b">1,000<" in draw(_chart(), Locale.parse("es_MX"))


def test_clip_paths_still_point_at_each_other() -> None:
    svg = draw(alt.layer(_chart(), _chart((3.0,))), Locale.parse("en")).decode()
    used = set(re.findall(r"url\(#([^)]+)\)", svg))
    assert used
    assert used <= set(re.findall(r'id="([^"]+)"', svg))


def test_coordinates_are_short_and_text_is_left_alone() -> None:
    chart = alt.Chart(alt.Data(values=[{"t": "1.60012345"}])).mark_text().encode(text="t:N")
    svg = draw(chart, Locale.parse("en")).decode()
    assert ">1.60012345<" in svg
    assert not re.search(r"<[^>]*\d\.\d{3,}[^>]*>", draw(_chart(), Locale.parse("en")).decode())


def test_text_of_a_city_cannot_become_a_tag() -> None:
    chart = alt.Chart(alt.Data(values=[{"t": "<script>alert(1)</script>"}])).mark_text().encode(text="t:N")
    assert b"<script" not in draw(chart, Locale.parse("en"))


@pytest.mark.parametrize("svg", [b"<svg/>", "<svg>ñ</svg>".encode()])
def test_the_source_holds_the_drawing(svg: bytes) -> None:
    picture = Picture("p", Markup("t"), "t", Markup("c"), svg, Table(Markup("c"), (), ()))
    head, _, body = picture.source.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(body) == svg
