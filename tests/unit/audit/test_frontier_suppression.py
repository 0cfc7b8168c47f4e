from __future__ import annotations

import pytest

from civic_ai.audit.frontier_suppression import hidden_in_ways, mask_frontier
from civic_ai.audit.suppression import figures_of
from civic_ai.records.figure import Figure
from civic_ai.records.frontier import Frontier, FrontierVisits, FrontierWay
from civic_ai.records.policy import Policy

POLICY = Policy(policy="test", version="1", gates=())
GROUPS = ("x", "y", "z")


def way(name: str) -> FrontierWay:
    told = Figure(value=0.3141, lower=0.2718, upper=0.3456, n=1234)
    return FrontierWay(
        way=name, kind="champion" if name == "a" else "mitigation",
        found_per_visit=told, found_per_visit_change=told,
        ratio=told, ratio_change=told, widest=told, widest_attribute="income", widest_group="y",
    )  # fmt: skip


def frontier(**small: tuple[int, ...]) -> Frontier:
    """Two ways; ``a=(500, 300, 434)``: the visits of its groups. Half of the visits find something."""
    visits = []
    for name in ("a", "b"):
        for group, selected in zip(GROUPS, small.get(name, (500, 300, 434)), strict=True):
            visits.append(
                FrontierVisits(
                    way=name,
                    attribute="income",
                    group=group,
                    selected=selected,
                    hits=selected / 2,
                    found=selected / 2,
                    per_list=selected / 10,
                    share=selected / 1234,
                    change=0.0,
                )
            )
    return Frontier(
        champion="a", metric="recall", attribute="income", group="y", reference_group="x", 
        capacity=123, lists=10,
        ways=(way("a"), way("b")), visits=tuple(visits),
    )  # fmt: skip


def masked(given: Frontier, hidden: frozenset[tuple[str, str]] = frozenset()) -> Frontier:
    made = mask_frontier(given, hidden, figures_of(POLICY))
    assert made is not None
    assert mask_frontier(made, hidden, figures_of(POLICY)) == made, "masking twice changes nothing"
    return made


def test_nothing_is_hidden_where_nothing_is_small_but_all_is_rounded() -> None:
    made = masked(frontier())
    assert not any(part.suppressed for part in made.visits)
    z = made.visits[2]
    assert (z.selected, z.hits, z.per_list, z.share) == (430, 220, 43.0, 0.35)
    assert made.ways[0].ratio.value == 0.31
    assert made.ways[0].ratio.n == 1230


def test_small_in_one_way_is_hidden_in_all_with_another_group() -> None:
    given = frontier(b=(500, 12, 722))
    small = hidden_in_ways(given, frozenset(), POLICY.suppression.minimum)
    assert ("income", "y") in small
    assert len(small) >= 2, "else it follows from the capacity"
    made = masked(given)
    hidden = {(part.way, part.group) for part in made.visits if part.suppressed}
    assert {("a", "y"), ("b", "y")} <= hidden
    assert all(
        part.selected is part.per_list is part.change is None for part in made.visits if part.suppressed
    )
    assert made.ways[0].ratio.why_missing == made.ways[1].widest.why_missing == "suppressed"


def test_what_the_audit_hides_is_hidden_here_too() -> None:
    made = masked(frontier(), frozenset({("income", "x"), ("income", "z")}))
    assert {part.group for part in made.visits if part.suppressed} == {"x", "z"}
    assert made.ways[0].ratio.value is None


def test_changes_are_told_from_rounded_counts() -> None:
    made = masked(frontier(b=(534, 266, 434)))
    changes = {part.group: part.change for part in made.visits if part.way == "b"}
    assert changes == {"x": 3.0, "y": -3.0, "z": 0.0}


@pytest.mark.parametrize("nothing", [None])
def test_no_frontier_stays_none(nothing: None) -> None:
    assert mask_frontier(nothing, frozenset(), figures_of(POLICY)) is None


def test_what_counts_need_is_rounded_and_hidden_with_what_counts_reports() -> None:
    def against_need(given: Frontier) -> Frontier:
        known = {"need_per_visit": given.ways[0].found_per_visit, "need_ratio": given.ways[0].ratio}
        ways = tuple(one.model_copy(update=known) for one in given.ways)
        return given.model_copy(update={"ways": ways, "life_days": 120})

    shown = masked(against_need(frontier())).ways[0]
    assert (shown.need_per_visit, shown.need_ratio) == (shown.found_per_visit, shown.ratio)
    for one in masked(against_need(frontier()), frozenset({("income", "y")})).ways:
        assert one.need_ratio is not None
        assert one.need_ratio.value is None
        assert one.need_ratio.why_missing == "suppressed"
    few = against_need(frontier())
    rare = few.ways[0].found_per_visit.model_copy(update={"value": 0.004})
    few = few.model_copy(
        update={"ways": tuple(one.model_copy(update={"found_per_visit": rare}) for one in few.ways)}
    )
    assert all(one.need_per_visit and one.need_per_visit.value is None for one in masked(few).ways)
