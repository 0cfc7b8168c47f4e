"""Durations: the share of cases done by each day, as predicted and as it was (Kaplan-Meier)."""

from __future__ import annotations

from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import BLUE, INK, WIDTH, Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import Message, say
from civic_ai.records.evaluation import HorizonCalibration

_HEIGHT = 170


def draw_curve(records: Records, teller: Teller) -> Picture | None:
    """A line of what was predicted, points with intervals of what was seen; None without horizons."""
    parts = horizons(records)
    if not parts:
        return None
    title = teller.sentence(_finding(parts, teller))
    caption = say(
        "The line is what was predicted on average, points are what was seen, cases still open included. "
        "Points below the line: residents wait longer than they were told."
    )
    return Picture(
        "curve", title, title.striptags(), teller.sentence(caption),
        draw(_chart(parts, teller), teller.locale), _table(parts, teller),
    )  # fmt: skip


def horizons(records: Records) -> list[HorizonCalibration]:
    """The champion's horizons, shortest first."""
    champion = records.evaluation.champion
    own = (part for part in records.evaluation.horizons if part.candidate == champion)
    return sorted(own, key=lambda part: part.days)


def _finding(parts: list[HorizonCalibration], teller: Teller) -> Message:
    """The last horizon of which a share was seen: predicted and seen."""
    seen = [part for part in parts if part.observed.value is not None]
    if not seen:
        return say("Nobody knows yet how long it takes")
    fact = fact_of("evaluation.horizons", seen[-1])
    return say(
        "After {days} days {seen} of 100 cases are done; {predicted} were predicted",
        days=teller.value(f"{fact}.days", "count"),
        seen=teller.value(f"{fact}.observed.value", "per_hundred"),
        predicted=teller.value(f"{fact}.predicted", "per_hundred"),
    )


def _chart(parts: list[HorizonCalibration], teller: Teller) -> Any:
    import altair as alt

    rows = [
        {"days": part.days, "predicted": part.predicted, "seen": part.observed.value,
         "lower": part.observed.lower, "upper": part.observed.upper}
        for part in parts
    ]  # fmt: skip
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("days:Q", title=teller.plain(say("days")), axis=alt.Axis(grid=False, tickCount=5))
    y = alt.Y("predicted:Q", scale=scale, title=teller.plain(say("share done")),
              axis=alt.Axis(format="~%", tickCount=5))  # fmt: skip
    base = alt.Chart(alt.Data(values=rows))
    return alt.layer(
        base.mark_line(color=BLUE, strokeWidth=2).encode(x=x, y=y),
        base.mark_rule(color=INK, strokeWidth=2).encode(x=x, y=alt.Y("lower:Q", scale=scale), y2="upper:Q"),
        base.mark_point(filled=True, size=50, color=INK, opacity=1).encode(
            x=x, y=alt.Y("seen:Q", scale=scale)
        ),
    ).properties(width=WIDTH, height=_HEIGHT)


def _table(parts: list[HorizonCalibration], teller: Teller) -> Table:
    rows = []
    for part in parts:
        fact = fact_of("evaluation.horizons", part)
        predicted = teller.value(f"{fact}.predicted", "percent")
        seen = teller.figure(f"{fact}.observed", "percent")
        rows.append((teller.value(f"{fact}.days", "count"), predicted, seen))
    columns = (say("Days"), say("Predicted to be done"), say("Done"))
    caption = teller.sentence(say("Done within so many days, predicted and seen"))
    return Table(caption, tuple(map(teller.plain, columns)), tuple(rows))
