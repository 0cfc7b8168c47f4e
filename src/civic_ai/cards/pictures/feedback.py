"""Who is visited in two years: a hundred squares for the areas, once for each way of choosing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import BLUE, INK, ORANGE, Picture, draw
from civic_ai.cards.tables.feedback import FeedbackTables
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import N_, say
from civic_ai.records.feedback import Feedback, FeedbackWay

SQUARES = 100
_SIDE, _STEP, _GAP, _HEAD = 10, 10, 22, 34
_COLOURS = {"never": ORANGE, "few": "#c6dbef", "some": "#6baed6", "many": BLUE}
_CLASSES = {
    "never": N_("never visited"),
    "few": N_("1 or 2 visits"),
    "some": N_("3 to 9 visits"),
    "many": N_("10 visits or more"),
}
_SHORT = {
    "reports": N_("By reports"),
    "discoveries": N_("And crews' finds"),
    "exploration": N_("And some by lot"),
    "correction": N_("Corrected"),
    "need": N_("By need itself"),
}


def draw_feedback(records: Records, teller: Teller) -> Picture | None:
    """One panel a way, two beside each other; None where nothing was simulated."""
    feedback = records.audit.feedback
    if feedback is None or not feedback.ways:
        return None
    title = teller.sentence(
        say(
            "By reports alone, {never} of areas are never visited in two years; with visits by lot, {less}",
            never=teller.value("audit.feedback.ways.reports.never_visited.value", "percent"),
            less=teller.value("audit.feedback.ways.exploration.never_visited.value", "percent"),
        )
    )
    caption = teller.sentence(
        say("Each square is one in a hundred areas, by the visits that it gets in the simulated years.")
    )
    return Picture(
        "feedback", title, title.striptags(), caption, draw(_chart(feedback, teller), teller.locale),
        FeedbackTables(records, teller, feedback).table(),
    )  # fmt: skip


def squares_of(way: FeedbackWay) -> list[str]:
    """The class of each of a hundred squares, those never visited first; largest remainders round up."""
    exact = [part.share * SQUARES for part in way.classes]
    total = sum(exact)
    exact = [share * SQUARES / total for share in exact]
    whole = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: SQUARES - sum(whole)]:
        whole[i] += 1
    return [part.name for part, many in zip(way.classes, whole, strict=True) for _ in range(many)]


def _squares(feedback: Feedback, teller: Teller) -> Iterator[dict[str, Any]]:
    for number, way in enumerate(feedback.ways):
        left, top = _corner(number)
        for i, name in enumerate(squares_of(way)):
            row, column = divmod(i, _SIDE)
            says = teller.word(_CLASSES, name)
            yield {"x": left + column * _STEP, "y": top + row * _STEP, "class": says}


def _labels(feedback: Feedback, teller: Teller) -> Iterator[dict[str, Any]]:
    for number, way in enumerate(feedback.ways):
        left, top = _corner(number)
        never = teller.value(f"audit.feedback.ways.{way.way}.never_visited.value", "percent").striptags()
        yield {"x": left - 5, "y": top - 25, "says": teller.word(_SHORT, way.way), "weight": "bold"}
        yield {"x": left - 5, "y": top - 12, "says": teller.plain(say("{share} never", share=never))}


def _corner(number: int) -> tuple[int, int]:
    """Left and top of a panel, in pixels."""
    row, column = divmod(number, 2)
    across = _SIDE * _STEP
    return 5 + column * (across + _GAP), _HEAD + row * (across + _HEAD + 8)


def _chart(feedback: Feedback, teller: Teller) -> Any:
    import altair as alt

    width, height = _corner(1)[0] + _SIDE * _STEP, _corner(len(feedback.ways) - 1)[1] + _SIDE * _STEP
    names = [teller.word(_CLASSES, name) for name in _COLOURS]
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False, zero=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False, zero=False))
    colour = alt.Color("class:N", scale=alt.Scale(domain=names, range=list(_COLOURS.values())), sort=None)
    squares = alt.Chart(alt.Data(values=list(_squares(feedback, teller))))
    labels = alt.Chart(alt.Data(values=list(_labels(feedback, teller))))
    return alt.layer(
        squares.mark_square(size=81, opacity=1, stroke=INK, strokeWidth=0.2).encode(x=x, y=y, fill=colour),
        labels.mark_text(align="left", baseline="middle").encode(x=x, y=y, text="says:N"),
    ).properties(width=width, height=height)
