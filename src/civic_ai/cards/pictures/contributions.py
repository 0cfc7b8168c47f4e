"""Contributions: how much each family of features moves the scores, and whether that is stable."""

from __future__ import annotations

from typing import Any

from civic_ai.cards import words
from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import BLUE, GREY, INK, Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import Message, say
from civic_ai.records.explanation import FamilyContribution

_ROW_HEIGHT, _PLOT_WIDTH = 30, 180
_COUNTS = ("history", "neighbours")
"""Families whose features all count cases; a season, an area or the weather has no "more"."""


def draw_contributions(records: Records, teller: Teller) -> Picture:
    """A bar and interval for each family; families that change with the weeks are hollow."""
    families = _largest_first(records)
    title = teller.sentence(_finding(families, teller))
    caption = say(
        "A long bar moves scores much; it does not mean that it causes the need. "
        "Hollow bars are unstable: other weeks of data give other sizes."
    )
    return Picture(
        "contributions", title, title.striptags(), teller.sentence(caption),
        draw(_chart(families, teller), teller.locale), _table(records, teller),
    )  # fmt: skip


def _largest_first(records: Records) -> list[FamilyContribution]:
    return sorted(records.explanation.families, key=lambda part: (-(part.share.value or 0), part.family))


def _finding(families: list[FamilyContribution], teller: Teller) -> Message:
    if not families or families[0].share.value is None:
        return say("Nobody knows yet what moves the scores")
    return say("What moves the scores most: {family}", family=teller.word(words.FAMILIES, families[0].family))


def _chart(families: list[FamilyContribution], teller: Teller) -> Any:
    import altair as alt

    rows = [
        {
            "name": teller.word(words.FAMILIES, part.family), "share": part.share.value,
            "lower": part.share.lower, "upper": part.share.upper,
            "fill": BLUE if part.is_stable else "white", "edge": BLUE if part.is_stable else GREY,
        }
        for part in families
    ]  # fmt: skip
    x = alt.X(
        "share:Q", title=teller.plain(say("share of all movement")), axis=alt.Axis(format="~%", tickCount=4)
    )
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("name:N", sort=None, title=None))
    bars = base.mark_bar(strokeWidth=1.5).encode(
        x=x, fill=alt.Fill("fill:N", scale=None), stroke=alt.Stroke("edge:N", scale=None)
    )
    whiskers = base.mark_rule(color=INK, strokeWidth=1.5).encode(x="lower:Q", x2="upper:Q")
    return alt.layer(bars, whiskers).properties(width=_PLOT_WIDTH, height=_ROW_HEIGHT * max(1, len(rows)))


def _direction(part: FamilyContribution, records: Records) -> str:
    """A family's direction where "more" means one thing: it counts cases, and all its features agree."""
    ways = {one.direction for one in records.explanation.contributions if one.family == part.family} - {
        "none"
    }
    agrees = part.family in _COUNTS and ways <= {part.direction}
    return part.direction if agrees else "mixed"


def _table(records: Records, teller: Teller) -> Table:
    families = _largest_first(records)
    columns = (say("What it looks at"), say("Share"), say("Direction"), say("Stable over time"))
    rows = tuple(
        (
            teller.word(words.FAMILIES, part.family),
            teller.figure(f"{fact_of('explanation.families', part)}.share", "percent"),
            teller.word(words.DIRECTIONS, _direction(part, records)),
            teller.sentence(say("yes") if part.is_stable else say("no")),
        )
        for part in families
    )
    return Table(teller.sentence(say("What moves the scores")), tuple(map(teller.plain, columns)), rows)
