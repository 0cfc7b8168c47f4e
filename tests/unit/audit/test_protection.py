"""The suppression service on random tables: hiding small cells alone leaks, the service does not."""

from __future__ import annotations

from itertools import permutations, product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from civic_ai.audit import protection
from civic_ai.audit.protection import (
    Bridge,
    Table,
    View,
    bridges_between,
    extremes,
    is_small,
    narrow_counts,
    protect,
)

MINIMUM = 11


def two_way(rng: np.random.Generator) -> Table:
    """A table with row, column and grand totals; most cells large, some small, some empty."""
    height, width = int(rng.integers(3, 6)), int(rng.integers(4, 7))
    cells = rng.negative_binomial(2, 1 / (1 + rng.choice([15.0, 50.0, 100.0], (height, width))))
    names = {(i, j): (f"r{i}", f"c{j}") for i, j in product(range(height), range(width))}
    rows = [tuple(names[i, j] for j in range(width)) for i in range(height)]
    columns = [tuple(names[i, j] for i in range(height)) for j in range(width)]
    blocks = {name: {"n": float(cells[place])} for place, name in names.items()}
    return Table(blocks, (*rows, *columns))


def one_way(counts: list[int], parts: int = 1) -> Table:
    blocks = {
        ("part", f"g{i}"): {f"n{k}": float(n * (k + 1)) for k in range(parts)} for i, n in enumerate(counts)
    }
    return Table(blocks, (tuple(blocks),))


def test_two_hundred_tables_leak_when_only_small_cells_are_hidden_and_never_by_the_service():
    """STANDARDS 7: primary suppression alone gives counts back; the audited service gives none."""
    rng = np.random.default_rng(7)
    with_small = leaked_before = leaked_after = withheld = extra = small_cells = 0
    for _ in range(200):
        table = two_way(rng)
        small = {block for block, _ in table.small(MINIMUM)}
        if not small:
            continue
        with_small, small_cells = with_small + 1, small_cells + len(small)
        leaked_before += bool(narrow_counts(table, small, MINIMUM))
        made = protect(table, MINIMUM)
        withheld += made.withheld
        leaked_after += not made.withheld and bool(narrow_counts(table, made.hidden, MINIMUM))
        extra += len(made.hidden - small)
    print(f"{with_small} tables with small cells: {leaked_before} leak with these hidden alone, "
          f"{leaked_after} by the service, {withheld} withheld, "
          f"{extra / small_cells:.1f} more cells each")  # fmt: skip
    assert with_small > 120
    assert leaked_before > 0.8 * with_small
    assert leaked_after == 0
    assert withheld < 0.05 * with_small


@pytest.mark.parametrize("seed", range(20))
def test_the_range_is_what_a_brute_search_finds(seed):
    """All tables of whole numbers with the margins that are known: the narrowest and widest hidden cell."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 6, (2, 3)).astype(float)
    names = {(i, j): (f"r{i}", f"c{j}") for i, j in product(range(2), range(3))}
    lines = [tuple(names[i, j] for j in range(3)) for i in range(2)]
    lines += [tuple(names[i, j] for i in range(2)) for j in range(3)]
    table = Table({name: {"n": cells[place]} for place, name in names.items()}, tuple(lines))
    hidden = frozenset(name for name in names.values() if rng.random() < 0.8) or frozenset({("r0", "c0")})
    possible = []
    for first in product(range(11), repeat=3):
        other = cells.sum(axis=0) - first
        shown_agrees = all(
            first[j] == cells[0, j] for j in range(3) if not {names[0, j], names[1, j]} <= hidden
        )
        if sum(first) == cells[0].sum() and (other >= 0).all() and shown_agrees:
            possible.append((*first, *other))
    for (i, j), name in names.items():
        if name in hidden:
            values = [one[3 * i + j] for one in possible]
            assert View(table, hidden).range(name, "n") == pytest.approx((min(values), max(values)), abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(5, 20))
def test_one_way_tables_are_safe_or_withheld(counts, minimum):
    table = one_way(counts, parts=2)
    made = protect(table, minimum)
    if not made.withheld:
        assert narrow_counts(table, made.hidden, minimum) == []
    assert {block for block, _ in table.small(minimum)} <= made.hidden
    if not table.small(minimum):
        assert made.hidden == frozenset()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=6))
def test_the_short_way_for_a_single_total_is_the_programs_answer(counts):
    truth = np.array(counts, dtype=float)
    ones = np.ones((1, len(truth)))
    twice = np.vstack([ones, ones])  # two equations, so that the program is asked
    assert extremes(ones, truth, 0) == pytest.approx(extremes(twice, truth, 0), abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_what_no_chain_of_equations_ties_to_a_count_does_not_bound_it(seed):
    """Against the program asked of all equations at once: chains, separate tables, counts in no equation."""
    rng = np.random.default_rng(seed)
    many, unknowns = int(rng.integers(1, 6)), int(rng.integers(2, 9))
    equations = rng.choice([0.0, 1.0, -1.0], (many, unknowns), p=(0.7, 0.25, 0.05))
    truth = rng.integers(0, 30, unknowns).astype(float)
    for wanted in range(unknowns):
        objective = np.eye(unknowns)[wanted]
        low, high = (
            linprog(sign * objective, A_eq=equations, b_eq=equations @ truth, bounds=(0, None))
            for sign in (1, -1)
        )
        expected = (low.fun, np.inf if high.status == 3 else -high.fun)
        assert extremes(equations, truth, wanted) == pytest.approx(expected, abs=1e-6)


def test_a_table_that_cannot_be_protected_is_withheld():
    made = protect(one_way([3, 2, 0]), MINIMUM)
    assert made.withheld
    assert made.hidden == {("part", "g0"), ("part", "g1"), ("part", "g2")}


def test_nothing_is_hidden_that_need_not_be():
    table = one_way([5, 40, 30, 200])
    assert protect(table, MINIMUM).hidden == {("part", "g0"), ("part", "g2")}
    assert protect(table, MINIMUM, [("part", "g3")]).hidden == {("part", "g0"), ("part", "g3")}


def test_several_counts_of_a_block_are_protected_as_their_sums():
    blocks = {("a", "x"): {"hit": 6.0, "missed": 30.0}, ("a", "y"): {"hit": 40.0, "missed": 30.0}}
    lines = (tuple(blocks),)
    assert protect(Table(blocks, lines, {"all": ("hit", "missed")}), MINIMUM).hidden == frozenset()
    assert protect(Table(blocks, lines, {"hit": ("hit",)}), MINIMUM).hidden == set(blocks)


def test_a_coarser_division_of_the_same_places_gives_a_group_away():
    fine = {("fine", "a"): {"n": 4.0}, ("fine", "b"): {"n": 50.0}, ("fine", "c"): {"n": 30.0}}
    coarse = {("coarse", "ab"): {"n": 54.0}, ("coarse", "c"): {"n": 30.0}}
    blocks = fine | coarse
    lines = (tuple(fine), tuple(coarse))
    found = bridges_between(blocks)
    assert Bridge((("fine", "a"), ("fine", "b")), (("coarse", "ab"),)) in found
    blind = protect(Table(blocks, lines), MINIMUM).hidden
    assert blind == {("fine", "a"), ("fine", "c")}
    assert narrow_counts(Table(blocks, lines, bridges=found), blind, MINIMUM) == [(("fine", "a"), "n")]
    seeing = protect(Table(blocks, lines, bridges=found), MINIMUM).hidden
    assert seeing == {("fine", "a"), ("fine", "b")}


def test_what_is_shown_though_small_is_named():
    table = one_way([5, 40, 30])
    assert narrow_counts(table, [], MINIMUM) == [(("part", "g0"), "n0")]


def test_without_a_line_nothing_bounds_a_count():
    table = Table({("a", "x"): {"n": 4.0}}, ())
    assert View(table, frozenset(table.blocks)).range(("a", "x"), "n") == (0.0, np.inf)
    assert not protect(table, MINIMUM).withheld


@pytest.mark.parametrize(
    ("count", "small"),
    [(0, False), (0.4, True), (1, True), (10, True), (10.6, True), (11, False), (500, False)],
)
def test_small_is_more_than_nothing_and_less_than_the_minimum(count, small):
    assert is_small(count, MINIMUM) is small


def test_a_bridge_between_hidden_groups_ties_them_to_each_other_and_no_more():
    fine = {("fine", "a"): {"n": 4.0}, ("fine", "b"): {"n": 50.0}, ("fine", "c"): {"n": 30.0}}
    coarse = {("coarse", "ab"): {"n": 54.0}, ("coarse", "c"): {"n": 30.0}}
    blocks = fine | coarse
    table = Table(blocks, (tuple(fine), tuple(coarse)), bridges=bridges_between(blocks))
    assert View(table, frozenset(blocks)).range(("coarse", "ab"), "n") == pytest.approx((0, 84), abs=1e-6)


def test_a_single_hidden_block_follows_from_its_total():
    table = one_way([4, 40, 30])
    assert View(table, frozenset({("part", "g0")})).range(("part", "g0"), "n0") == pytest.approx((4, 4))


def test_of_two_blocks_of_which_one_must_stay_hidden_the_smaller_does(monkeypatch):
    """Whatever the order in which a set gives them."""
    monkeypatch.setattr(protection, "_leaks", lambda table, hidden, minimum, checked: not hidden)
    counts = {("few",): {"a": 3.0}, ("more",): {"a": 9.0}, ("also more",): {"a": 9.0}}
    for order in permutations(counts):
        hidden = dict.fromkeys(order)
        table = SimpleNamespace(blocks=counts)
        assert protection._without_needless(table, hidden.keys(), set(), 10) == {("few",)}


def test_a_group_that_counts_nothing_of_one_kind_is_bridged_and_one_that_counts_nothing_at_all_is_not():
    fine = {
        ("fine", name): {"rows": rows, "hits": 0.0}
        for name, rows in (("a", 4.0), ("b", 50.0), ("c", 30.0), ("d", 0.0))
    }
    coarse = {
        ("coarse", "ab"): {"rows": 54.0, "hits": 0.0},
        ("coarse", "c"): {"rows": 30.0, "hits": 0.0},
        ("coarse", "none"): {"rows": 0.0, "hits": 0.0},
    }
    found = bridges_between(fine | coarse)
    assert Bridge((("fine", "a"), ("fine", "b")), (("coarse", "ab"),)) in found
    assert not [one for one in found if ("coarse", "none") in one.other]
