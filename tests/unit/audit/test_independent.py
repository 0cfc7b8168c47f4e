"""Rows that stand for themselves: kinds and one multinomial say what resampling every row says."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.audit.cells import CELLS
from civic_ai.audit.independent import Kinds, sum_independent
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import rates, sum_groups
from tests.unit.audit.made import one_hot


@pytest.fixture(scope="module")
def table():
    """4,000 rows: a group, an outcome, a decision; as kinds and row by row."""
    rng = np.random.default_rng(8)
    rows = np.column_stack([rng.integers(0, 3, 4000), rng.random(4000) < 0.3, rng.random(4000) < 0.4])
    kinds, kind, many = np.unique(rows.astype(int), axis=0, return_inverse=True, return_counts=True)
    group, label, chosen = kinds.T.astype(float)
    cells = np.zeros((len(kinds), len(CELLS)))
    columns = {"rows": label * 0 + 1, "positives": label, "events": label, "selected": chosen,
               "hits": label * chosen, "found": label * chosen}  # fmt: skip
    for name, column in columns.items():
        cells[:, CELLS.index(name)] = column
    return Kinds(cells, many), one_hot(group.astype(int), 3), cells[kind.ravel()], rows[:, 0].astype(int)


def test_sums_are_those_of_every_row(table):
    kinds, grouping, cells, group = table
    (ours,), (rows,) = (
        sum_independent(kinds, [grouping], seed=1),
        sum_groups(cells, [one_hot(group, 3)], seed=1),
    )
    np.testing.assert_allclose(ours.totals, rows.totals)
    np.testing.assert_allclose(ours.counts, rows.counts)
    np.testing.assert_allclose(ours.units, rows.units)


@pytest.mark.parametrize("name", ["recall", "precision", "selection_rate", "false_positive_rate"])
def test_replicates_spread_as_if_rows_were_drawn_one_by_one(table, name):
    kinds, grouping, cells, group = table
    (ours,), (rows,) = (
        sum_independent(kinds, [grouping], seed=1),
        sum_groups(cells, [one_hot(group, 3)], seed=2),
    )
    spread = [rates(made, METRICS[name]).logs.std(axis=0) for made in (ours, rows)]
    np.testing.assert_allclose(spread[0], spread[1], rtol=0.15)


def test_every_replicate_has_as_many_rows_as_the_table(table):
    kinds, grouping, _, _ = table
    (ours,) = sum_independent(kinds, [grouping], seed=1)
    np.testing.assert_allclose(ours.replicates[:, -1, CELLS.index("rows")], 4000)


def test_attributes_share_their_draws(table):
    kinds, grouping, _, _ = table
    one, other = sum_independent(kinds, [grouping, grouping], seed=3)
    np.testing.assert_array_equal(one.replicates, other.replicates)


def test_a_group_without_an_event_has_no_rows_behind_its_events():
    cells = np.zeros((2, len(CELLS)))
    cells[:, CELLS.index("rows")] = 1.0
    cells[0, CELLS.index("events")] = 1.0
    (made,) = sum_independent(Kinds(cells, np.array([5, 7])), [one_hot(np.array([0, 1]), 2)], seed=1)
    np.testing.assert_allclose(made.units, [5.0, 0.0])
