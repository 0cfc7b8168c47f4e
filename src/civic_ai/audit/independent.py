"""Sums of groups over rows that stand for themselves: one multinomial over the different kinds of rows.

A scored table without places has few kinds of rows: the same groups, the same outcome, the same decision.
Drawing rows with replacement is drawing how many rows of each kind there are, so a thousand replicates of
a million rows cost no more than those of a few hundred kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.bootstrap import REPLICATES
from civic_ai.audit.cells import CELLS
from civic_ai.audit.rates import GroupSums
from civic_ai.panel.groups import Grouping

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_EVENTS = CELLS.index("events")


@dataclass(frozen=True, eq=False)
class Kinds:
    """Kinds of rows: ``cells`` (kinds, cells) of one row of each, ``rows`` (kinds,) how many there are."""

    cells: Floats
    rows: Integers


def sum_independent(kinds: Kinds, groupings: Sequence[Grouping], *, seed: int) -> tuple[GroupSums, ...]:
    """Sums and bootstrap replicates of every attribute, all from the same draws of rows.

    ``groupings`` stand over the kinds: ``shares`` (kinds, groups). The draws are those of the ordinary
    bootstrap of rows (Efron 1979), grouped: multinomial with the shares of the kinds.
    """
    total = int(kinds.rows.sum())
    drawn = np.random.default_rng(seed).multinomial(total, kinds.rows / total, REPLICATES).astype(np.float64)
    return tuple(_group_sums(kinds, grouping, drawn) for grouping in groupings)


def _group_sums(kinds: Kinds, grouping: Grouping, drawn: Floats) -> GroupSums:
    shares = np.column_stack([grouping.shares, np.ones(len(kinds.rows))])
    each = (shares[:, :, None] * kinds.cells[:, None, :]).reshape(len(kinds.rows), -1)
    shape, rows = (shares.shape[1], len(CELLS)), kinds.rows.astype(np.float64)
    totals = (rows @ each).reshape(shape)
    return GroupSums(
        grouping=grouping,
        totals=totals,
        replicates=(drawn @ each).reshape(-1, *shape),
        counts=totals[:-1],
        units=_effective_rows(kinds, grouping, rows),
    )


def _effective_rows(kinds: Kinds, grouping: Grouping, rows: Floats) -> Floats:
    """Kish's effective number of rows behind the events of each group."""
    events = grouping.shares * kinds.cells[:, [_EVENTS]]
    squares = rows @ events**2
    number: Floats = np.divide((rows @ events) ** 2, squares, out=np.zeros_like(squares), where=squares > 0)
    return number
