"""Demand: the forecasts of one busy series with their intervals, what came, and the simple rule."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.fan import Fan, hides_most
from civic_ai.cards.pictures.picture import BLUE, INK, ORANGE, WIDTH, Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import N_, Message, say

_HEIGHT = 170
_LINES = (
    ("came", N_("what came"), INK, [1, 0]),
    ("forecast", N_("what is proposed"), BLUE, [4, 2]),
    ("rule", N_("simple rule"), ORANGE, [2, 2]),
)
_ENDS = ("lower", "upper")


def draw_fan(fan: Fan, records: Records, teller: Teller) -> Picture | None:
    """Lines of what came, the forecast and the rule over a band of intervals, with gaps where this reader
    may not see what came; None without a forecast, and where fewer than half of the points can be shown."""
    if not fan.points or hides_most(teller.facts):
        return None
    series = ", ".join(filter(None, (_type(fan, records, teller), fan.area)))
    title = teller.sentence(
        say(
            "The busiest series, {series}: {held} of {told} intervals held",
            series=series,
            held=teller.value("fan.held", "count"),
            told=teller.value("fan.told", "count"),
        )
    )
    caption = say(
        "In the last period, kept aside, one window ahead. The shaded band is the interval that was "
        "promised. Where what came lies above it, residents wait because too few hands were planned."
    )
    return Picture(
        "demand", title, title.striptags(), teller.sentence(caption),
        draw(_chart(fan, teller), teller.locale), _table(fan, teller),
    )  # fmt: skip


def _type(fan: Fan, records: Records, teller: Teller) -> str:
    """What the pilot calls the type of the series."""
    types = records.spec.unit.types
    if types is not None and fan.type in types.called:
        return teller.text(types.called[fan.type])
    return (fan.type or "").replace("_", " ")


def _chart(fan: Fan, teller: Teller) -> Any:
    import altair as alt

    runs = _runs(fan, teller)
    rows = [
        {"day": _noon(fan.points[i].as_of), "n": teller.facts[f"fan.points.{i}.{name}"],
         "who": teller.plain(Message(label)), "run": run}
        for run, points in enumerate(runs)
        for i in points
        for name, label, *_ in _LINES
        if _is_seen(teller, i, name)
    ]  # fmt: skip
    lines_of = {teller.plain(Message(label)): (colour, dash) for _, label, colour, dash in _LINES}
    labels = [label for label in lines_of if any(row["who"] == label for row in rows)]
    colours = alt.Scale(domain=labels, range=[lines_of[label][0] for label in labels])
    dashes = alt.Scale(domain=labels, range=[lines_of[label][1] for label in labels])
    band = [
        {"day": _noon(fan.points[i].as_of), "run": run,
         **{end: teller.facts[f"fan.points.{i}.{end}"] for end in _ENDS}}
        for run, points in enumerate(runs)
        for i in points
        if all(_is_seen(teller, i, end) for end in _ENDS)
    ]  # fmt: skip
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%m/%y", tickCount=4, grid=False))
    y = alt.Y("n:Q", title=teller.plain(say("requests")), axis=alt.Axis(tickCount=5))
    area = alt.Chart(alt.Data(values=band)).mark_area(opacity=0.2, color=BLUE)
    alone = [i for points in runs if len(points) == 1 for i in points]
    dots = [row for row in rows if row["day"] in {_noon(fan.points[i].as_of) for i in alone}]
    colour = alt.Color("who:N", scale=colours)
    lines = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=2)
    points = alt.Chart(alt.Data(values=dots)).mark_point(filled=True, size=16)
    return alt.layer(
        area.encode(x=x, y=alt.Y("lower:Q"), y2="upper:Q", detail="run:N"),
        lines.encode(
            x=x, y=y, detail="run:N", color=colour, strokeDash=alt.StrokeDash("who:N", scale=dashes)
        ),
        *([points.encode(x=x, y=y, color=colour)] if dots else []),
    ).properties(width=WIDTH, height=_HEIGHT)


def _is_seen(teller: Teller, point: int, name: str) -> bool:
    return isinstance(teller.facts[f"fan.points.{point}.{name}"], int | float)


def _runs(fan: Fan, teller: Teller) -> list[list[int]]:
    """Positions of the points whose outcome this reader may see, cut wherever one between them is hidden."""
    parts = groupby(range(len(fan.points)), key=lambda i: _is_seen(teller, i, "came"))
    return [list(points) for is_seen, points in parts if is_seen]


def _noon(day: str) -> str:
    return f"{day}T12:00:00"


def _table(fan: Fan, teller: Teller) -> Table:
    columns = (
        say("Forecast made on"), say("Came"), say("Forecast"), say("From"), say("To"), say("Simple rule"),
    )  # fmt: skip
    rows = tuple(
        (
            teller.day(f"fan.points.{i}.as_of"),
            teller.value(f"fan.points.{i}.came", "count"),
            *(teller.value(f"fan.points.{i}.{name}", "found_fine") for name in _NUMBERS),
        )
        for i in range(len(fan.points))
    )
    caption = teller.sentence(say("Forecasts of the busiest series, and what came"))
    return Table(caption, tuple(map(teller.plain, columns)), rows)


_NUMBERS = ("forecast", "lower", "upper", "rule")
