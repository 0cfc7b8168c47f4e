"""Capacity: share of all cases found against visits per period, for the model, the rule and chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from civic_ai.cards.facts import Records
from civic_ai.cards.gains import Gain
from civic_ai.cards.pictures.picture import BLUE, GREY, INK, ORANGE, WIDTH, Picture, Table, draw
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.groups import fact_of
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.evaluation import CurvePoint

_HEIGHT = 170
_ROLES = (
    ("model", N_("model"), BLUE, [1, 0]),
    ("rule", N_("simple rule"), ORANGE, [6, 3]),
    ("random", N_("at random"), GREY, [2, 2]),
)
_FINDINGS = {
    "pass": N_("At this city's capacity, the model finds more than the best simple rule"),
    "fail": N_("At this city's capacity, the model finds fewer than the best simple rule"),
    "insufficient_evidence": N_(
        "At this city's capacity, the model and the simple rule cannot be told apart"
    ),
    "unknown": N_("Nobody knows yet whether the model finds more than the simple rule"),
}


def draw_capacity(records: Records, teller: Teller) -> Picture:
    """The curves of the model, the best simple rule and chance, with the real capacity marked."""
    drawing = _Capacity(records, teller)
    title = teller.sentence(Message(_FINDINGS[Gain(records, teller).difference()]))
    caption = say(
        "Higher is better for residents: more of all cases are found. The upright line marks the real "
        "capacity of {units} visits a period. The ribbon is the interval.",
        units=teller.value("evaluation.capacity", "count"),
    )
    return Picture(
        "capacity", title, title.striptags(), teller.sentence(caption),
        draw(drawing.chart(), teller.locale), drawing.table(),
    )  # fmt: skip


@dataclass(frozen=True)
class _Capacity:
    records: Records
    teller: Teller

    def _name(self, role: str) -> str:
        """The candidate that plays a role; chance plays itself."""
        return str(getattr(self.records, role, role))

    def _points(self, candidate: str) -> list[CurvePoint]:
        points = (point for point in self.records.evaluation.capacity_curve if point.candidate == candidate)
        return sorted(points, key=lambda point: point.units)

    def chart(self) -> Any:
        """Lines that differ by dash and colour, a ribbon for the model, a rule at the capacity."""
        import altair as alt

        colours = alt.Scale(domain=self._labels(), range=[role[2] for role in _ROLES])
        dashes = alt.Scale(domain=self._labels(), range=[role[3] for role in _ROLES])
        x = alt.X(
            "units:Q",
            title=self.teller.plain(say("visits per period")),
            axis=alt.Axis(grid=False, tickCount=5),
        )
        y = alt.Y(
            "found:Q",
            title=self.teller.plain(say("share found")),
            axis=alt.Axis(format="~%", tickCount=5),
        )
        base = alt.Chart(alt.Data(values=self._rows())).encode(x=x)
        line = base.mark_line(strokeWidth=2).encode(
            y=y,
            color=alt.Color("who:N", scale=colours),
            strokeDash=alt.StrokeDash("who:N", scale=dashes),
        )
        with_interval = [row for row in self._rows() if row.get("lower") is not None]
        ribbon = alt.Chart(alt.Data(values=with_interval)).mark_area(opacity=0.2, color=BLUE)
        capacity = alt.Chart(alt.Data(values=[{"units": self.records.evaluation.capacity}]))
        rule = capacity.mark_rule(color=INK, strokeWidth=1.5).encode(x="units:Q")
        return alt.layer(ribbon.encode(x=x, y="lower:Q", y2="upper:Q"), line, rule).properties(
            width=WIDTH, height=_HEIGHT
        )

    def _labels(self) -> list[str]:
        return [self.teller.plain(Message(role[1])) for role in _ROLES]

    def _rows(self) -> list[dict[str, Any]]:
        """The points of each curve; only the model's carry an interval."""
        rows = []
        for (role, *_), label in zip(_ROLES, self._labels(), strict=True):
            for point in self._points(self._name(role)):
                row = {"who": label, "units": point.units, "found": point.found.value}
                if role == "model":
                    row |= {"lower": point.found.lower, "upper": point.found.upper}
                rows.append(row)
        return rows

    def table(self) -> Table:
        """A row for each number of visits that was computed, a column for each way of choosing."""
        curves = [{point.units: point for point in self._points(self._name(role[0]))} for role in _ROLES]
        rows = []
        for units in sorted(set().union(*curves)):
            points = [curve.get(units) for curve in curves]
            first = next(point for point in points if point is not None)
            head = self.teller.value(f"{fact_of('evaluation.capacity_curve', first)}.units", "count")
            rows.append((head, *(self._cell(point) for point in points)))
        names = [candidate_name(self.records.spec, self.teller, self._name(role[0])) for role in _ROLES[:2]]
        columns = (self.teller.plain(say("Visits")), *names, self._labels()[2])
        return Table(self.teller.sentence(say("Share of all cases found")), columns, tuple(rows))

    def _cell(self, point: CurvePoint | None) -> Any:
        if point is None:
            return self.teller.sentence(say("Not measured"))
        return self.teller.figure(f"{fact_of('evaluation.capacity_curve', point)}.found", "percent")
