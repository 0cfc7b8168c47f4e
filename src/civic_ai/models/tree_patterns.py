"""Exact TreeSHAP of a booster's numeric splits, pattern by pattern instead of row by row.

A leaf asks of a row only which of the d features on its path let the row through: one of 2^d patterns, and
all rows with one pattern get the same parts from that leaf. So parts are made once a pattern and looked up
for every row, as FastTreeSHAP v2 (Yang 2021) and Woodelf (Nadel and Wettenstein 2025) do. The parts are the
path-dependent ones of Lundberg et al. 2020: with z_i the share of training rows that feature i lets through,
and o_i 1 where it lets this row through and 0 where not, the part of i is

    value (o_i - z_i) * integral over t from 0 to 1 of the product over j != i of (t o_j + (1 - t) z_j)

whose integrand is a polynomial of degree d - 1, so ceil(d / 2) points of Gauss and Legendre give it exactly
(Yu et al. 2022, Linear TreeShap, have the same polynomial). Every step is elementwise in float64: the parts
of a row do not depend on the rows beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Patterns = NDArray[np.int64]
"""One number a row: bit i says whether the i-th feature of a path lets the row through."""
Node = Mapping[str, Any]
"""A node of ``lightgbm.Booster.dump_model``."""

TABLED_FEATURES = 11
"""The longest path whose patterns are all worked out; of a longer one only those that occur."""
TREES_AT_ONCE = 32
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Leaf:
    """``features`` of the path, each once; ``through``: the share of training rows that each lets through."""

    value: float
    features: tuple[int, ...]
    through: tuple[float, ...]

    @property
    def expected(self) -> float:
        """What the leaf adds to the mean of the training rows."""
        return self.value * prod(self.through)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Features x rows, and where they are blank."""

    values: Floats
    blank: NDArray[np.bool_]

    def left(self, node: Node) -> NDArray[np.bool_]:
        """Which rows go left at ``node``; where training knew no blank, LightGBM reads one as 0."""
        feature, threshold = node["split_feature"], node["threshold"]
        blank_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
        left = self.values[feature] <= threshold
        return np.asarray(left | self.blank[feature] if blank_left else left)


def pattern_parts(booster: lgb.Booster, matrix: Floats) -> Floats | None:
    """(rows, features + 1): how far each feature moved each raw score, and the base in the last column.

    None for a booster of several classes, with splits by category, or that reads 0 as blank.
    """
    trees = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    if booster.num_model_per_iteration() > 1 or not all(_is_plain(tree) for tree in trees):
        return None
    parts = np.zeros((matrix.shape[1] + 1, len(matrix)))
    for start in range(0, len(trees), TREES_AT_ONCE):
        _add_parts(trees[start : start + TREES_AT_ONCE], matrix, parts)
    return np.ascontiguousarray(parts.T)


def _is_plain(node: Node) -> bool:
    """Whether all splits below are numeric, and no number stands for a blank."""
    if "leaf_value" in node:
        return True
    plain = node["decision_type"] == "<=" and node["missing_type"] in ("None", "NaN")
    return plain and _is_plain(node["left_child"]) and _is_plain(node["right_child"])


def _add_parts(trees: Sequence[Node], matrix: Floats, parts: Floats) -> None:
    """Add what ``trees`` give to ``parts`` (features + 1 x rows)."""
    leaves = [leaf for tree in trees for leaf in _leaves(tree)]
    tables = _tables(leaves, len(matrix))
    parts[-1] += sum(leaf.expected for leaf in leaves)
    for start in range(0, len(matrix), ROWS_AT_ONCE):
        some = np.ascontiguousarray(matrix[start : start + ROWS_AT_ONCE].T)
        rows, added = _Rows(some, np.isnan(some)), np.zeros(some.shape)
        none = np.zeros(some.shape[1], dtype=np.int64)
        found = (patterns for tree in trees for patterns in _patterns(tree, rows, (), none))
        for leaf, table, patterns in zip(leaves, tables, found, strict=True):
            added[list(leaf.features)] += _looked_up(leaf, table, patterns)
        parts[:-1, start : start + ROWS_AT_ONCE] += added


def _leaves(node: Node, features: tuple[int, ...] = (), through: tuple[float, ...] = ()) -> Iterator[Leaf]:
    """The leaves below, from left to right."""
    if "leaf_value" in node:
        yield Leaf(node["leaf_value"], features, through)
        return
    path = dict(zip(features, through, strict=True))
    feature = node["split_feature"]
    for child in (node["left_child"], node["right_child"]):
        on = {**path, feature: path.get(feature, 1.0) * _count(child) / _count(node)}
        yield from _leaves(child, tuple(on), tuple(on.values()))


def _count(node: Node) -> int:
    """Training rows of a node."""
    return int(node["leaf_count"] if "leaf_value" in node else node["internal_count"])


def _patterns(node: Node, rows: _Rows, features: tuple[int, ...], so_far: Patterns) -> Iterator[Patterns]:
    """The pattern of every row for each leaf below, in the order of :func:`_leaves`."""
    if "leaf_value" in node:
        yield so_far
        return
    feature, left = node["split_feature"], rows.left(node)
    known = feature in features
    place = features.index(feature) if known else len(features)
    path = features if known else (*features, feature)
    for child, through in ((node["left_child"], left), (node["right_child"], ~left)):
        bit = (~through if known else through).astype(np.int64) << place
        yield from _patterns(child, rows, path, so_far & ~bit if known else so_far | bit)


def _tables(leaves: Sequence[Leaf], rows: int) -> list[Floats | None]:
    """For each leaf, the parts (features x patterns) of all its patterns; None where they outnumber the rows
    or are too many to keep."""
    made: list[Floats | None] = [None] * len(leaves)
    of_length: dict[int, list[int]] = {}
    for place, leaf in enumerate(leaves):
        of_length.setdefault(len(leaf.features), []).append(place)
    for length, places in of_length.items():
        if length <= TABLED_FEATURES and 2**length <= rows:
            tables = parts_of([leaves[place] for place in places], np.arange(2**length))
            for place, table in zip(places, tables, strict=True):
                made[place] = table
    return made


def _looked_up(leaf: Leaf, table: Floats | None, patterns: Patterns) -> Floats:
    """Features x rows."""
    if table is None:
        occurring, patterns = np.unique(patterns, return_inverse=True)
        table = parts_of([leaf], occurring)[0]
    looked_up: Floats = table.take(patterns, axis=1)
    return looked_up


def parts_of(leaves: Sequence[Leaf], patterns: Patterns) -> Floats:
    """Leaves x features x patterns: what leaves with equally many features give a row of each pattern."""
    value = np.array([leaf.value for leaf in leaves])
    through = np.array([leaf.through for leaf in leaves]).T[:, None, :, None]
    lets = (patterns >> np.arange(len(through))[:, None] & 1).astype(bool)
    t, weights = _points(len(through))
    product = np.repeat(weights * value[:, None], len(patterns), axis=2)
    for z, held in zip(through, lets, strict=True):
        product *= np.where(held, t + (1 - t) * z, (1 - t) * z)
    stopped = -(product / (1 - t)).sum(axis=0)
    made = np.empty((len(leaves), len(through), len(patterns)))
    for i, (z, held) in enumerate(zip(through, lets, strict=True)):
        gained = (product * ((1 - z) / (t + (1 - t) * z))).sum(axis=0)
        made[:, i] = np.where(held, gained, stopped)
    return made


def _points(features: int) -> tuple[Floats, Floats]:
    """Points in [0, 1] and their weights, (points, 1, 1) each, exact for degree ``features`` - 1."""
    points, weights = np.polynomial.legendre.leggauss(max(1, (features + 1) // 2))
    return (points[:, None, None] + 1) / 2, weights[:, None, None] / 2
