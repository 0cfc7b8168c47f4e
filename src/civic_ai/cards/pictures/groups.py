"""Groups: a dot and interval for each group's ratio to the reference group, over the tolerance band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.disparities import by_verdict, deciding_disparity
from civic_ai.cards.facts import Records
from civic_ai.cards.pictures.picture import BAND, GREY, INK, VERDICT_COLOURS, Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.groups import GroupWords, fact_of
from civic_ai.cards.wording.questions import QUESTIONS
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.audit import AttributeRecord, Disparity

_TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10]
_PLOT_WIDTH, _ROW_HEIGHT = 130, 26
_REACHED = (
    N_("{attribute}: {group} is reached less often than {reference}"),
    N_("{attribute}: {group} is reached more often than {reference}"),
)
GAPS = {
    "bias_ratio": (
        N_("{attribute}: too much is predicted for {group}, against {reference}"),
        N_("{attribute}: too little is predicted for {group}, against {reference}"),
    ),
    "restricted_mean_days": (
        N_("{attribute}: {group} waits less long than {reference}"),
        N_("{attribute}: {group} waits longer than {reference}"),
    ),
}
"""What a ratio below 1 and one above 1 means, by the metric; else it is about being reached."""


def draw_groups(records: Records, teller: Teller, attribute: AttributeRecord) -> Picture:
    """The picture of one protected attribute, by the metric on which its groups are judged."""
    drawing = _Groups(records, teller, attribute)
    title = teller.sentence(drawing.finding())
    caption = say(
        "{metric}: the ratio to {reference}. The shaded band is the policy's tolerance, {tolerance} times "
        "either way. n counts the cases behind each ratio.",
        metric=drawing.names.metric(drawing.metric),
        reference=drawing.reference,
        tolerance=teller.value("policy.tolerances.disparity_ratio", "ratio"),
    )
    captions = (caption, _TOGETHER) if drawing.has_open_gap() else (caption,)
    return Picture(
        name=f"groups-{attribute.name}",
        title=title,
        alternative=title.striptags(),
        caption=Markup(" ").join(map(teller.sentence, captions)),
        svg=draw(drawing.chart(), teller.locale),
        table=drawing.table(),
    )


_TOGETHER = say("All groups are judged together: a line that lies outside the band alone is no failure yet.")


@dataclass(frozen=True)
class _Groups:
    records: Records
    teller: Teller
    attribute: AttributeRecord

    @property
    def names(self) -> GroupWords:
        return GroupWords(self.records, self.teller)

    @property
    def reference(self) -> str:
        return self.names.group(self.attribute.name, self.attribute.reference_group)

    @property
    def metric(self) -> str:
        """The metric of the disparity that decides: the same in every picture of groups."""
        part = deciding_disparity(self.records.audit)
        return "" if part is None else part.metric

    @property
    def judged(self) -> dict[str, Disparity]:
        """Each group's disparity on the pictured metric, in the order of the attribute."""
        metric, name = self.metric, self.attribute.name
        found = {
            part.group: part
            for part in self.records.audit.disparities
            if (part.attribute, part.metric) == (name, metric)
        }
        return {group: found[group] for group in self.attribute.groups if group in found}

    def has_open_gap(self) -> bool:
        """Whether the own interval of a group lies outside the band, and that of all at once does not."""
        limit = self.records.policy.tolerances.disparity_ratio
        return any(
            part.verdict == "insufficient_evidence"
            and ((part.ratio.lower or 0.0) > limit or (part.ratio.upper or limit) < 1 / limit)
            for part in self.judged.values()
        )

    def finding(self) -> Message:
        """What the picture shows; what is certain and worst comes first."""
        parts = list(self.judged.values())
        places = {"attribute": self.names.title(self.attribute.name), "reference": self.reference}
        failed = [part for part in parts if part.verdict == "fail" and part.ratio.value is not None]
        if failed:
            worst = by_verdict(failed)[0]
            places["group"] = self.names.group(self.attribute.name, worst.group)
            below, above = GAPS.get(self.metric, _REACHED)
            return Message(below if (worst.ratio.value or 1) < 1 else above, places)
        if parts and all(part.verdict == "pass" for part in parts):
            return Message(QUESTIONS[self.records.evaluation.question].reached, places)
        return say("{attribute}: this data cannot tell whether every group fares alike", **places)

    def chart(self) -> Any:
        """The layers: band, line at 1, intervals, points with a shape by verdict, n and verdict in words."""
        import altair as alt

        rows = self._rows()
        low, high = self._domain()
        scale = alt.Scale(type="log", domain=[low, high], nice=False)
        axis = alt.Axis(
            values=_TICKS,
            format="~g",
            title=self.teller.plain(say("Ratio to {reference}", reference=self.reference)),
        )
        x, colour = alt.X("value:Q", scale=scale, axis=axis), alt.Color("colour:N", scale=None)
        y = alt.Y("name:N", sort=[row["name"] for row in rows], title=None)
        base = alt.Chart(alt.Data(values=rows)).encode(y=y)
        return alt.layer(
            self._band().encode(x=alt.X("from:Q", scale=scale), x2="to:Q"),
            base.mark_rule(strokeWidth=2).encode(x=alt.X("lower:Q", scale=scale), x2="upper:Q", color=colour),
            base.mark_point(filled=True, size=80, opacity=1).encode(
                x=x, color=colour, shape=alt.Shape("shape:N", scale=None)
            ),
            self._beyond().encode(x=alt.X("at:Q", scale=scale), y=y),
            base.mark_text(align="left").encode(x=alt.value(_PLOT_WIDTH + 8), text="says:N"),
        ).properties(width=_PLOT_WIDTH, height=_ROW_HEIGHT * len(rows))

    def _domain(self) -> tuple[float, float]:
        """The ticks around everything to be seen, at least 0.5 to 2 and at most 0.1 to 10."""
        ends = [
            end
            for part in self.judged.values()
            for end in (part.ratio.value, part.ratio.lower, part.ratio.upper)
            if end is not None
        ]
        low = max([tick for tick in _TICKS if tick <= min([0.5, *ends])], default=_TICKS[0])
        high = min([tick for tick in _TICKS if tick >= max([2.0, *ends])], default=_TICKS[-1])
        return low, high

    def _beyond(self) -> Any:
        """An arrow wherever an interval goes on beyond the axis."""
        import altair as alt

        low, high = self._domain()
        rows = []
        for group, part in self.judged.items():
            row = {"name": self.names.group(self.attribute.name, group)}
            if part.ratio.lower is not None and part.ratio.lower < low:
                rows.append(row | {"at": low, "arrow": "◀"})
            if part.ratio.upper is not None and part.ratio.upper > high:
                rows.append(row | {"at": high, "arrow": "▶"})
        return alt.Chart(alt.Data(values=rows)).mark_text().encode(text="arrow:N")

    def _band(self) -> Any:
        import altair as alt

        tolerance = self.records.policy.tolerances.disparity_ratio
        return alt.Chart(alt.Data(values=[{"from": 1 / tolerance, "to": tolerance}])).mark_rect(color=BAND)

    def _rows(self) -> list[dict[str, Any]]:
        """One row a group in the attribute's order, the reference group as a square at 1."""
        rows = []
        for group in self.attribute.groups:
            row: dict[str, Any] = {"name": self.names.group(self.attribute.name, group)}
            if group == self.attribute.reference_group:
                says = self.teller.plain(say("reference"))
                row |= {"value": 1.0, "says": says, "colour": INK, "shape": "square"}
            elif (part := self.judged.get(group)) is not None:
                row |= self._judged_row(part)
            else:
                row |= {"says": self.teller.plain(say("Not measured")), "colour": GREY, "shape": "circle"}
            rows.append(row)
        return rows

    def _judged_row(self, part: Disparity) -> dict[str, Any]:
        low, high = self._domain()
        value, lower, upper = (
            None if end is None else min(max(end, low), high)
            for end in (part.ratio.value, part.ratio.lower, part.ratio.upper)
        )
        return {
            "value": value, "lower": lower, "upper": upper, "says": self._says(part),
            "colour": VERDICT_COLOURS[part.verdict], "shape": words.SHAPES[part.verdict],
        }  # fmt: skip

    def _says(self, part: Disparity) -> str:
        """What stands at the right of a row: n and the verdict, or why there is nothing to see."""
        if part.suppressed:
            return self.teller.plain(say("Too few to show"))
        if part.ratio.value is None:
            return self.teller.plain(say("Not measured"))
        n = self.teller.value(f"{fact_of('audit.disparities', part)}.ratio.n", "count").striptags()
        return f"n {n} · {self.teller.word(words.VERDICTS, part.verdict)}"

    def table(self) -> Table:
        """The same numbers, with the verdict in full words."""
        tell = self.teller
        rows = []
        for group, part in self.judged.items():
            fact = fact_of("audit.disparities", part)
            n = Markup("") if part.suppressed else tell.value(f"{fact}.ratio.n", "count")
            name = self.names.group(self.attribute.name, group)
            verdict = self.names.verdict(part, fact)
            rows.append(
                (name, tell.figure(f"{fact}.ratio", "ratio"), n, verdict, self._detectable(part, fact))
            )
        metric = self.names.metric(self.metric)
        caption = say("{metric}, against {reference}", metric=metric, reference=self.reference)
        could = say("A difference that could have been seen")
        columns = (say("Group"), say("Ratio"), say("n"), say("Verdict"), could)
        return Table(tell.sentence(caption), tuple(map(tell.plain, columns)), tuple(rows))

    def _detectable(self, part: Disparity, fact: str) -> Markup:
        """The smallest difference from the reference group that this data would most likely have failed."""
        if part.suppressed:
            return Markup("")
        if part.detectable is None:
            return self.teller.sentence(say("none, with so few"))
        return self.teller.sentence(
            say("{times} times or more", times=self.teller.value(f"{fact}.detectable", "ratio"))
        )
