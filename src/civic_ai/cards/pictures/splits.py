"""Splits: for each test, the time that it learned from, the gap, and the time it was tested on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import BLUE, GREY, ORANGE, PINK, WIDTH, Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.predictions import SplitRecord

_ROW_HEIGHT = 28
_KINDS = (
    ("training", N_("learned from"), BLUE),
    ("gap", N_("gap: outcomes not yet known"), "#c9c9c9"),
    ("test", N_("tested on"), ORANGE),
    ("lockbox", N_("lockbox: looked at once"), PINK),
)


def draw_splits(records: Records, teller: Teller) -> Picture:
    """Bars over time, one row a split, oldest first; the lockbox last."""
    splits = records.predictions.splits
    title = teller.sentence(say("Each test looks only at time that came after what was learned"))
    caption = say(
        "The gap is the {days} days in which an outcome becomes known; nothing is learned from them.",
        days=teller.value("panel.horizon_days", "count"),
    )
    return Picture(
        "splits", title, title.striptags(), teller.sentence(caption),
        draw(_chart(splits, teller), teller.locale), _table(splits, teller),
    )  # fmt: skip


def _name(split: SplitRecord, teller: Teller) -> str:
    return teller.plain(say("Lockbox") if split.is_lockbox else say("Test {name}", name=split.name))


def _bars(split: SplitRecord, teller: Teller) -> list[dict[str, Any]]:
    """The three bars of one split, as days that a chart can place."""
    after_training = split.training.last + timedelta(days=1)
    bars = (
        ("training", split.training.first, after_training),
        ("gap", after_training, split.test.first),
        ("lockbox" if split.is_lockbox else "test", split.test.first, split.test.last + timedelta(days=1)),
    )
    labels = {kind: teller.plain(Message(label)) for kind, label, _ in _KINDS}
    return [
        {"split": _name(split, teller), "kind": labels[kind], "from": _noon(first), "to": _noon(last)}
        for kind, first, last in bars
    ]


def _noon(day: date) -> str:
    return f"{day.isoformat()}T12:00:00"


def _chart(splits: tuple[SplitRecord, ...], teller: Teller) -> Any:
    import altair as alt

    labels = [teller.plain(Message(label)) for _, label, _ in _KINDS]
    rows = [bar for split in splits for bar in _bars(split, teller)]
    colours = alt.Scale(domain=labels, range=[colour for *_, colour in _KINDS])
    bars = alt.Chart(alt.Data(values=rows)).mark_bar(stroke=GREY, strokeWidth=0.5)
    return bars.encode(
        x=alt.X("from:T", title=None, axis=alt.Axis(format="%m/%Y", tickCount=4)),
        x2="to:T",
        y=alt.Y("split:N", sort=None, title=None),
        color=alt.Color("kind:N", scale=colours),
    ).properties(width=WIDTH, height=_ROW_HEIGHT * len(splits))


def _table(splits: tuple[SplitRecord, ...], teller: Teller) -> Table:
    columns = (
        say("Split"),
        say("Learned from"),
        say("Tested on"),
        say("Rows learned from"),
        say("Rows tested"),
    )
    rows = []
    for split in splits:
        fact = fact_of("predictions.splits", split)
        periods = (teller.period(f"{fact}.training"), teller.period(f"{fact}.test"))
        counts = (teller.value(f"{fact}.training_rows", "count"), teller.value(f"{fact}.test_rows", "count"))
        rows.append((_name(split, teller), *periods, *counts))
    return Table(teller.sentence(say("The splits in time")), tuple(map(teller.plain, columns)), tuple(rows))
