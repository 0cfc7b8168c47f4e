"""The suppression service: which blocks of a table are hidden, so that no small count can be found.

A block is what is shown or hidden as a whole (a group, a split, a cell of a two-way table); it has parts,
counts that are not negative and of which every other count of the block is a sum. Lines say which blocks add
up to a total; bridges say which blocks of one attribute hold together the same as some of another. Blocks
with a small count are hidden first, then others beside them (complementary suppression: Cox 1980), until an
audit by linear programming (Fischetti and Salazar 2001) finds that every small count could still be anything
in a range at least ``minimum`` wide. The audit decides, not the order of hiding: where it cannot be
satisfied, the whole table is withheld. Whoever reads knows every total, every bridge and, to be strict,
every count that is shown, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Block = tuple[str, str]
Counts = Mapping[str, float]
Floats = NDArray[np.float64]

MOST_BRIDGED = 10
"""Attributes with more groups are not searched for sums that equal a group of another attribute."""
_NOISE = 1e-6
"""Sums of fractions of visits are exact to less than this."""


def is_small(count: float, minimum: int) -> bool:
    """Whether a count is above 0 and below ``minimum`` (expected counts may be fractions)."""
    return _NOISE < count < minimum - _NOISE


@dataclass(frozen=True)
class Bridge:
    """The blocks of ``one`` together hold the same as those of ``other``."""

    one: tuple[Block, ...]
    other: tuple[Block, ...]


@dataclass(frozen=True)
class Table:
    """Blocks by name, each with the same parts; ``counts``: what is protected, as sums of parts (none given:
    each part); ``lines``: blocks that add up to a total which is known; ``moved``: blocks of which every
    count, however large, must stay open, because an earlier version tells it almost."""

    blocks: Mapping[Block, Counts]
    lines: tuple[tuple[Block, ...], ...]
    counts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bridges: tuple[Bridge, ...] = ()
    moved: frozenset[Block] = frozenset()

    @cached_property
    def protected(self) -> Mapping[str, tuple[str, ...]]:
        """Name and parts of every count that is protected."""
        if self.counts:
            return self.counts
        return {part: (part,) for part in dict.fromkeys(p for counts in self.blocks.values() for p in counts)}

    def count(self, block: Block, name: str) -> float:
        """A protected count of a block."""
        return sum(self.blocks[block].get(part, 0.0) for part in self.protected[name])

    def small(self, minimum: int) -> dict[tuple[Block, str], float]:
        """Every small count."""
        every = {(block, name): self.count(block, name) for block in self.blocks for name in self.protected}
        return {key: count for key, count in every.items() if is_small(count, minimum)}

    def guarded(self, minimum: int) -> dict[tuple[Block, str], float]:
        """Every small count, and every count of what moved."""
        moved = {(block, name): self.count(block, name) for block in self.moved for name in self.protected}
        return self.small(minimum) | {key: count for key, count in moved.items() if count > _NOISE}


@dataclass(frozen=True)
class Protected:
    """What is hidden; ``withheld``: nothing of the table may be shown, not even its totals."""

    hidden: frozenset[Block]
    withheld: bool = False


def protect(table: Table, minimum: int, hidden: Iterable[Block] = ()) -> Protected:
    """The blocks to hide, ``hidden`` among them, such that the audit finds no guarded count."""
    must = {*hidden, *(block for block, _ in table.guarded(minimum))}
    chosen, checked = set(must), set[tuple[Block, str]]()
    while _leaks(table, chosen, minimum, checked):
        others = _beside(table, chosen)
        if not others:
            return Protected(frozenset(table.blocks), withheld=True)
        chosen.add(others[0])
    return Protected(frozenset(_without_needless(table, chosen, must, minimum)))


def narrow_counts(table: Table, hidden: Iterable[Block], minimum: int) -> list[tuple[Block, str]]:
    """Every small count that a reader finds or narrows to less than ``minimum``, given what is hidden."""
    chosen = set(hidden)
    shown = [(block, name) for block, name in table.small(minimum) if block not in chosen]
    view = View(table, frozenset(chosen))
    asked = [key for key in table.small(minimum) if key[0] in chosen]
    return shown + [key for key in asked if view.width(*key) < minimum - _NOISE]


def _leaks(table: Table, hidden: set[Block], minimum: int, checked: set[tuple[Block, str]]) -> bool:
    """Whether a guarded count is too narrow. ``checked`` grows: a wide range stays wide with more hidden."""
    view = View(table, frozenset(hidden))
    for key in table.guarded(minimum):
        if key not in checked and view.width(*key) < minimum - _NOISE:
            return True
        checked.add(key)
    return False


def _without_needless(table: Table, hidden: set[Block], must: set[Block], minimum: int) -> set[Block]:
    """``hidden`` without the blocks that stand there for others and without which nothing leaks."""
    size = {block: sum(table.blocks[block].values()) for block in hidden - must}
    kept = set(hidden)
    for block in sorted(size, key=lambda block: (-size[block], block)):
        if not _leaks(table, kept - {block}, minimum, set()):
            kept.remove(block)
    return kept


def _beside(table: Table, hidden: set[Block]) -> list[Block]:
    """Blocks that are still shown, those first that share a line or bridge with a hidden one and are not
    empty, then the smallest."""
    bridged = [(*bridge.one, *bridge.other) for bridge in table.bridges]
    touched = {block for line in (*table.lines, *bridged) if hidden & {*line} for block in line}
    size = {block: sum(counts.values()) for block, counts in table.blocks.items()}
    shown = [block for block in table.blocks if block not in hidden]
    return sorted(shown, key=lambda block: (block not in touched, size[block] <= 0, size[block], block))


@dataclass(frozen=True)
class View:
    """What a reader of a table knows who sees all blocks but the hidden ones."""

    table: Table
    hidden: frozenset[Block]

    def width(self, block: Block, name: str) -> float:
        """How wide the range of a protected count of a hidden block is."""
        low, high = self.range(block, name)
        return high - low

    def range(self, block: Block, name: str) -> tuple[float, float]:
        """From where to where a protected count of a hidden block could lie: the sum over its parts, which
        nothing ties to each other."""
        ends = [self._part(block, part) for part in self.table.protected[name]]
        return sum(low for low, _ in ends), sum(high for _, high in ends)

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        return tuple(block for block in self.table.blocks if block in self.hidden)

    @cached_property
    def _equations(self) -> list[dict[Block, float]]:
        """Coefficients of the hidden blocks in every line and bridge that holds one."""
        rows = [dict.fromkeys(line, 1.0) for line in self.table.lines]
        rows += [dict.fromkeys(b.one, 1.0) | dict.fromkeys(b.other, -1.0) for b in self.table.bridges]
        cut = [{block: sign for block, sign in row.items() if block in self.hidden} for row in rows]
        return [row for row in cut if row]

    @cached_property
    def _matrix(self) -> Floats:
        place = {block: i for i, block in enumerate(self._blocks)}
        made = np.zeros((len(self._equations), len(self._blocks)))
        for i, row in enumerate(self._equations):
            for block, sign in row.items():
                made[i, place[block]] = sign
        return made

    def _part(self, block: Block, part: str) -> tuple[float, float]:
        truth = np.array([self.table.blocks[one].get(part, 0.0) for one in self._blocks])
        return extremes(self._matrix, truth, self._blocks.index(block))


def extremes(equations: Floats, truth: Floats, wanted: int) -> tuple[float, float]:
    """Least and greatest value of one unknown that is consistent with ``equations @ x = equations @ truth``
    and x >= 0; infinite where nothing bounds it."""
    equations, truth, wanted = _tied(equations, truth, wanted)
    if len(equations) == 0:
        return 0.0, np.inf
    if len(equations) == 1 and len(truth) > 1 and (equations == 1.0).all():
        return 0.0, float(truth.sum())
    objective = np.zeros(len(truth))
    objective[wanted] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        solved = linprog(
            sign * objective, A_eq=equations, b_eq=equations @ truth, bounds=(0, None), method="highs"
        )
        ends.append(sign * np.inf if solved.status == 3 else sign * solved.fun)
        if solved.status not in (0, 3):  # the truth solves it, so that only rounding can fail
            return float(truth[wanted]), float(truth[wanted])
    return max(0.0, float(ends[0])), abs(float(ends[1]))


def _tied(equations: Floats, truth: Floats, wanted: int) -> tuple[Floats, Floats, int]:
    """The equations and unknowns that a chain of equations ties to the wanted one; no others bound it."""
    tied = np.arange(len(truth)) == wanted
    while True:
        rows = (equations[:, tied] != 0).any(axis=1)
        more = tied | (equations[rows] != 0).any(axis=0)
        if (more == tied).all():
            return equations[np.ix_(rows, tied)], truth[tied], int(tied[:wanted].sum())
        tied = more


def bridges_between(blocks: Mapping[Block, Counts]) -> tuple[Bridge, ...]:
    """Every group that holds exactly what some groups of another attribute hold together: the same place
    under two names, or a coarser division of the same places."""
    attributes: dict[str, list[Block]] = {}
    for block in blocks:
        attributes.setdefault(block[0], []).append(block)
    found = []
    for one, groups in attributes.items():
        if len(groups) > MOST_BRIDGED:
            continue
        for other, targets in attributes.items():
            if other != one:
                found += _bridges(blocks, groups, targets)
    return tuple(found)


def _bridges(blocks: Mapping[Block, Counts], parts: list[Block], wholes: list[Block]) -> list[Bridge]:
    by_counts: dict[tuple[float, ...], list[Block]] = {}
    for whole in wholes:
        by_counts.setdefault(_key([blocks[whole]]), []).append(whole)
    sizes = range(1, len(parts))
    return [
        Bridge(chosen, (whole,))
        for size in sizes
        for chosen in combinations(parts, size)
        for whole in by_counts.get(_key([blocks[block] for block in chosen]), [])
        if any(blocks[whole].values())
    ]


def _key(counts: list[Counts]) -> tuple[float, ...]:
    """The sum of counts, to six digits."""
    return tuple(round(sum(each.get(part, 0.0) for each in counts), 6) + 0.0 for part in counts[0])
