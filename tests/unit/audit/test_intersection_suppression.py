"""What the public sees of pairs, slices and bounds: no small count, shown or deduced."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_ai.audit.intersection_suppression import (
    block_of,
    hidden_pairs,
    mask_intersections,
    mask_slices,
    mask_within,
    pairs_table,
)
from civic_ai.audit.protection import narrow_counts
from civic_ai.audit.suppression import figures_of
from civic_ai.records.figure import Figure
from civic_ai.records.intersections import Intersection, Intersections, Spread
from civic_ai.records.slices import ServedSlice, SliceSearch
from civic_ai.records.within import WithinAreas
from tests.unit.audit.made import policy

CHOSEN = policy(minimum=11, round_counts_to=10)
FIGURES = figures_of(CHOSEN)


def _figure(found, events):
    value = found / events if events else None
    return Figure(value=value, lower=value, upper=value, n=events)


def _made(events, found):
    groups = tuple(
        Intersection(
            attribute="a", group=f"g{i}", other_attribute="b", other_group=f"h{j}", metric="recall",
            figure=_figure(int(found[i][j]), int(n)), shrunken=0.123, ratio=Figure(value=0.815, n=int(n)),
            joint=Figure(value=0.815, lower=0.5111, upper=1.1, n=int(n)), verdict="insufficient_evidence",
            needed=1234, needed_is_least=True, detectable=1.678, events=int(n),
        )
        for i, row in enumerate(events)
        for j, n in enumerate(row)
    )  # fmt: skip
    spread = Spread(
        attribute="a", other_attribute="b", metric="recall", city=0.4123, variance=0.00123,
        beyond_chance=0.0351, by_chance=0.0211, groups=4,
    )  # fmt: skip
    return Intersections(groups=groups, spreads=(spread,), verdict="insufficient_evidence")


def _hidden(made, also=frozenset()):
    return {block[1] for block in hidden_pairs(made, also, 11)}


def test_one_small_pair_hides_three_others_that_would_give_it_away():
    made = _made([[5, 60, 70], [50, 80, 90], [90, 80, 70]], [[0, 30, 30], [20, 40, 40], [40, 40, 30]])
    hidden = _hidden(made)
    assert "g0 & h0" in hidden
    assert len(hidden) >= 4
    for name in ("g0", "g1", "g2"):
        assert sum(block.startswith(name) for block in hidden) != 1
    for name in ("h0", "h1", "h2"):
        assert sum(block.endswith(name) for block in hidden) != 1


def test_few_that_were_missed_are_as_telling_as_few_that_were_reached():
    assert _hidden(_made([[60, 60], [60, 60]], [[55, 30], [30, 30]])) == {
        "g0 & h0", "g0 & h1", "g1 & h0", "g1 & h1",
    }  # fmt: skip


def test_large_counts_are_rounded_and_shown():
    made = mask_intersections(_made([[61, 64], [66, 64]], [[30, 30], [30, 30]]), frozenset(), FIGURES)
    first = made.groups[0]
    assert not any(one.suppressed for one in made.groups)
    assert (first.events, first.figure.n, first.figure.value) == (60, 60, 0.49)
    assert (first.shrunken, first.ratio.value, first.joint.lower) == (0.12, 0.81, 0.51)
    assert (first.needed, first.needed_is_least, first.detectable) == (1230, True, 1.68)
    assert (made.spreads[0].variance, made.spreads[0].city, made.spreads[0].beyond_chance) == (
        None,
        0.41,
        0.04,
    )


def test_nothing_of_a_hidden_pair_is_left():
    made = mask_intersections(_made([[5, 60], [50, 80]], [[0, 30], [20, 40]]), frozenset(), FIGURES)
    for one in made.groups:
        assert one.suppressed
        told = (one.shrunken, one.joint, one.needed, one.needed_is_least, one.detectable, one.events)
        assert told == (None, None, None, False, None, None)
        assert (one.figure.value, one.figure.n, one.ratio.value, one.ratio.n) == (None, 0, None, 0)


def test_a_group_that_is_hidden_elsewhere_is_hidden_in_its_pairs():
    made = _made([[60, 60], [60, 60]], [[30, 30], [30, 30]])
    assert {"g1 & h0", "g1 & h1"} <= _hidden(made, frozenset({("a", "g1")}))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=9, max_size=9), st.integers(0, 100))
def test_no_small_count_can_be_narrowed_down(counts, seed):
    events = np.array(counts).reshape(3, 3)
    made = _made(events, np.random.default_rng(seed).binomial(events, 0.5))
    masked = mask_intersections(made, frozenset(), FIGURES)
    hidden = [block_of(one) for one in masked.groups if one.suppressed]
    table = pairs_table(made)
    if len(hidden) < len(table.blocks):
        assert narrow_counts(table, hidden, 11) == []


def test_without_a_record_nothing_is_masked():
    assert mask_intersections(None, frozenset(), FIGURES) is None
    assert mask_slices(None, FIGURES) is None


def _slice(events, found, places=40):
    return ServedSlice(
        where="age > 3", metric="recall", figure=_figure(found, events), ratio=Figure(value=0.5123, n=events),
        joint=Figure(value=0.5123, lower=0.4, upper=0.6, n=events), verdict="fail", needed=57,
        events=events, places=places,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("made", "is_hidden"),
    [(_slice(100, 40), False), (_slice(9, 0), True), (_slice(100, 95), True), (_slice(100, 4), True),
     (_slice(100, 40, places=7), True)],
)  # fmt: skip
def test_a_slice_with_a_small_count_is_hidden(made, is_hidden):
    masked = mask_slices(SliceSearch(slices=(made,), tried=9, verdict="fail"), FIGURES)
    one = masked.slices[0]
    assert one.suppressed is is_hidden
    shown = (one.events, one.places, one.needed, one.figure.value, one.ratio.value)
    assert shown == ((None,) * 5 if is_hidden else (100, 40, 60, 0.4, 0.51))
    assert mask_slices(masked, FIGURES) == masked


def test_bounds_of_hidden_groups_are_hidden_and_others_are_whole_percent():
    bound = WithinAreas(
        attribute="a", group="g", metric="recall", value=0.4123, lower=0.1234, upper=0.789, areas=40
    )
    (shown,) = mask_within((bound,), frozenset(), FIGURES)
    assert (shown.value, shown.lower, shown.upper, shown.areas) == (0.41, 0.12, 0.79, 40)
    (hidden,) = mask_within((bound,), frozenset({("a", "g")}), FIGURES)
    assert (hidden.value, hidden.lower, hidden.upper, hidden.areas, hidden.suppressed) == (
        None,
        None,
        None,
        0,
        True,
    )
