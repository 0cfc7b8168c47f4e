"""What a picture is: a finding as its title, the drawing, a text alternative, its numbers as a table."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale
from markupsafe import Markup

from civic_ai.cards.numbers import chart_locale

BLUE, ORANGE, GREEN, PINK, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#AA4A87", "#6b6b6b", "#1b1b1b"
"""Okabe-Ito blue, vermillion and bluish green; its reddish purple darkened to reach 4.5:1 as text."""
CIVIDIS = ("#00224e", "#434e6c", "#7d7c78", "#bcae6c", "#fee838")
BAND = "#e3e8ef"
VERDICT_COLOURS = {"pass": BLUE, "fail": ORANGE, "insufficient_evidence": GREY, "unknown": GREY}
WIDTH = 230
"""Plot width in CSS pixels, so narrow that text keeps its size at 320 px. The sides are padded because
a reader's fonts may be wider than those that the drawing was measured with."""
FONT = "Public Sans, Segoe UI, Helvetica, Arial, sans-serif"
_CLIP = re.compile(r"\b(clip|gradient)[_a-z]*\d+\b")
_TAG = re.compile(r"<[^>]*>")
_LONG_NUMBER = re.compile(r"(\d\.\d\d)\d+")


@dataclass(frozen=True)
class Table:
    """A caption, the names of the columns, and rows whose first cell names the row."""

    caption: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[Markup | str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """One drawing with everything that a reader who cannot see it needs."""

    name: str
    title: Markup
    alternative: str
    caption: Markup
    svg: bytes
    table: Table

    @property
    def source(self) -> str:
        """The drawing as a ``data:`` address; scripts inside of it cannot run in an ``<img>``."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg).decode()


Rows = list[dict[str, Any]]


@contextmanager
def unvalidated() -> Iterator[None]:
    """Within it Altair does not hold each part of a chart against its schema, which takes longer than to draw
    it. The tests of the pictures do."""
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):
        yield


def draw(chart: Any, locale: Locale, named_data: Mapping[str, Rows] | None = None) -> bytes:
    """The SVG of an Altair chart: the same bytes for the same chart, wherever it was drawn before.

    ``named_data`` are rows that the chart refers to by name, so that Altair need not walk through them.
    """
    spec = chart.configure(**_CONFIG).to_dict(validate=False)
    if named_data:
        spec.setdefault("datasets", {}).update(named_data)
    return drawn(json.dumps(spec), locale)


@lru_cache(maxsize=64)
def drawn(spec: str, locale: Locale) -> bytes:
    """The SVG of a Vega-Lite text. Kept: where nothing is hidden, the board's picture is the public's."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(spec, format_locale=chart_locale(locale))
    return _TAG.sub(_shortened, _renumbered(svg)).encode()


def _shortened(tag: re.Match[str]) -> str:
    """Coordinates to a hundredth of a pixel: smaller, and the same on processors that round otherwise."""
    return _LONG_NUMBER.sub(r"\1", tag[0])


def _renumbered(svg: str) -> str:
    """Vega counts its clip paths over the life of a process; here they count from 1 in each picture."""
    names: dict[str, str] = {}
    return _CLIP.sub(lambda found: names.setdefault(found[0], f"{found[1]}-{len(names) + 1}"), svg)


_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "white",
    "font": FONT,
    "view": {"stroke": None},
    "padding": {"left": 24, "right": 24, "top": 4, "bottom": 4},
    "axis": {
        "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelColor": INK,
        "titleColor": INK, "domainColor": GREY, "tickColor": GREY, "gridColor": "#e6e6e6", "labelLimit": 130,
    },
    "legend": {
        "orient": "bottom", "title": None, "labelFontSize": 11, "labelColor": INK, "labelLimit": 300,
        "columns": 1, "symbolStrokeWidth": 2, "rowPadding": 2, "offset": 8,
    },
    "text": {"fontSize": 11, "color": INK},
}  # fmt: skip
