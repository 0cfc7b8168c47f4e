"""Facts about pairs of groups have names of their own."""

from __future__ import annotations

from civic_ai.records.figure import Figure
from civic_ai.records.intersections import Intersection, Intersections, Spread
from civic_ai.records.record import flatten


def _pair(group: str, other: str) -> Intersection:
    return Intersection(
        attribute="income", group=group, other_attribute="language", other_group=other, metric="recall",
        figure=Figure(value=0.4, n=90), shrunken=0.42, ratio=Figure(value=0.9, n=90), verdict="pass",
    )  # fmt: skip


def test_every_pair_and_spread_is_named() -> None:
    spread = Spread(
        attribute="income", other_attribute="language", metric="recall", city=0.4, variance=-0.001,
        beyond_chance=0.0, by_chance=0.03, groups=2,
    )  # fmt: skip
    made = Intersections(groups=(_pair("q1", "x"), _pair("q1", "y")), spreads=(spread,), verdict="pass")
    facts = dict(flatten(made, "audit.intersections"))
    assert facts["audit.intersections.groups.income.q1.language.y.recall.shrunken"] == 0.42
    assert facts["audit.intersections.spreads.income.language.recall.variance"] == -0.001
    assert len(facts) == len(list(flatten(made, "audit.intersections")))
