"""The frontier: found per 100 visits against the ratio of two groups, a point with intervals for each way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.frontier import FrontierWords
from civic_ai.cards.pictures.picture import BAND, BLUE, GREY, ORANGE, WIDTH, Picture, draw
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import say
from civic_ai.records.frontier import FrontierWay

_HEIGHT = 230
_TICKS = [0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10]
_LOOKS = {
    "champion": (BLUE, "square"),
    "mitigation": (ORANGE, "diamond"),
    "candidate": (GREY, "circle"),
    "rule": (GREY, "triangle-up"),
    "sweep": (GREY, "circle"),
}
"""Colour and shape by what a way is."""
_OWN, _OTHERS = "datum.shape == 'square'", "datum.shape != 'square'"


def draw_frontier(records: Records, teller: Teller) -> Picture | None:
    """None where nothing was compared, or this reader may not see the groups."""
    frontier = records.audit.frontier
    if frontier is None or all(way.ratio.value is None for way in frontier.ways):
        return None
    told = FrontierWords(records, frontier, teller)
    title = teller.sentence(told.finding())
    caption = say(
        "Up: more is found. The line at 1: {group} fares as {reference}; the shaded band is the policy's "
        "tolerance. The square is this card's list, diamonds are changed lists, the triangle is the best "
        "simple rule. The dotted line moves groups' depths step by step. Letters stand in the table.",
        **told.pair,
    )
    return Picture(
        name="frontier",
        title=title,
        alternative=title.striptags(),
        caption=teller.sentence(caption),
        svg=draw(_Frontier(records, told).chart(), teller.locale),
        table=told.ways(),
    )


@dataclass(frozen=True)
class _Frontier:
    records: Records
    told: FrontierWords

    def chart(self) -> Any:
        """Band, line at 1, the sweep, intervals both ways, points and letters."""
        import altair as alt

        teller, pair = self.told.teller, self.told.pair
        heading = teller.plain(say("{group} against {reference}, of reports", **pair))
        x_scale, y_scale = alt.Scale(type="log", nice=False, zero=False), alt.Scale(zero=False)
        x = alt.X(
            "ratio:Q",
            scale=x_scale,
            axis=alt.Axis(format="~g", title=heading, values=_TICKS, labelOverlap=True),
        )
        y = alt.Y("found:Q", scale=y_scale, title=teller.plain(say("Found per 100 visits, of reports")))
        base = alt.Chart(alt.Data(values=list(self._rows()))).encode(color=alt.Color("colour:N", scale=None))
        sweep = alt.Chart(alt.Data(values=list(self._sweep()))).encode(x=x, y=y, order="strength:Q")
        points = base.encode(x=x, y=y)
        return alt.layer(
            self._band().encode(x=alt.X("from:Q", scale=x_scale), x2="to:Q"),
            alt.Chart(alt.Data(values=[{"at": 1}]))
            .mark_rule(color=GREY)
            .encode(x=alt.X("at:Q", scale=x_scale)),
            sweep.mark_line(color=GREY, strokeDash=[2, 3], strokeWidth=1.5),
            base.mark_rule(opacity=0.45).encode(
                x=alt.X("ratio_lower:Q", scale=x_scale), x2="ratio_upper:Q", y=y
            ),
            base.mark_rule(opacity=0.45).encode(
                x=x, y=alt.Y("found_lower:Q", scale=y_scale), y2="found_upper:Q"
            ),
            points.mark_point(filled=True, size=70, opacity=1).encode(shape=alt.Shape("shape:N", scale=None)),
            points.transform_filter(_OTHERS)
            .mark_text(dx=9, dy=-8, fontWeight="bold")
            .encode(text="letter:N"),
            points.transform_filter(_OWN).mark_text(dx=-10, dy=-8, fontWeight="bold").encode(text="letter:N"),
        ).properties(width=WIDTH, height=_HEIGHT)

    def _rows(self) -> Iterator[dict[str, Any]]:
        """One row a way that is pictured."""
        for way in self.told.pictured:
            if way.ratio.value is not None and way.found_per_visit.value is not None:
                colour, shape = _LOOKS[way.kind]
                yield _place(way) | {"colour": colour, "shape": shape, "letter": self.told.letter(way)}

    def _sweep(self) -> Iterator[dict[str, Any]]:
        """From the swept list through every strength."""
        swept = self.told.frontier.swept
        for way in self.told.frontier.ways:
            has_place = way.ratio.value is not None and way.found_per_visit.value is not None
            if has_place and (way.kind == "sweep" or way.way == swept):
                yield _place(way) | {"strength": way.strength or 0.0}

    def _band(self) -> Any:
        import altair as alt

        tolerance = self.records.policy.tolerances.disparity_ratio
        return alt.Chart(alt.Data(values=[{"from": 1 / tolerance, "to": tolerance}])).mark_rect(color=BAND)


def _place(way: FrontierWay) -> dict[str, Any]:
    """Where a way lies, with its intervals."""
    found, ratio = way.found_per_visit, way.ratio
    hundred = {
        "found": found.value, "found_lower": found.lower, "found_upper": found.upper,
    }  # fmt: skip
    made: dict[str, Any] = {name: None if value is None else 100 * value for name, value in hundred.items()}
    return made | {"ratio": ratio.value, "ratio_lower": ratio.lower, "ratio_upper": ratio.upper}
