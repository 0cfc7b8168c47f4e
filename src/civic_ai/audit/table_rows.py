"""A scored table as the audit needs it: who was chosen, what happened, and the kinds of rows there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.cells import CELLS
from civic_ai.core.errors import ConfigError, DataError
from civic_ai.core.messages import say
from civic_ai.evaluation.chance import visit_chance
from civic_ai.panel.groups import UNKNOWN, Grouping

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Choice:
    """How rows are chosen: the ``capacity`` highest scores (of each value of ``by``), or those of at least
    ``threshold``; with neither, the score is itself a decision of 0 and 1."""

    capacity: int | None = None
    threshold: float | None = None
    by: str | None = None

    def chance(self, frame: pd.DataFrame, score: str) -> Floats:
        """(rows,): 1 for a row that is chosen, 0 for one that is not, between where scores tie.

        Raises :class:`ConfigError` where the way of choosing does not fit the scores.
        """
        values: Floats = frame[score].to_numpy(dtype=np.float64)
        is_decision = bool(np.isin(values, (0.0, 1.0)).all())
        self._refuse(score, is_decision)
        if self.capacity is not None:
            lists = np.zeros(len(values), dtype=np.int64)
            if self.by is not None:
                lists = codes_of(frame, self.by)
            return visit_chance(lists, values, self.capacity)
        return values if self.threshold is None else (values >= self.threshold).astype(np.float64)

    def _refuse(self, score: str, is_decision: bool) -> None:
        if self.capacity is not None and self.threshold is not None:
            raise ConfigError.because(
                say("both a capacity and a threshold are given"),
                about="capacity",
                remedy=say("Give one of them: how many can be visited, or from which score on."),
            )
        if self.capacity is not None and (self.capacity < 1 or self.capacity != int(self.capacity)):
            raise ConfigError.because(
                say("must be a whole number of at least 1, not {capacity}", capacity=self.capacity),
                about="capacity",
                remedy=say("Say how many rows can be acted on."),
            )
        if self.by is not None and self.capacity is None:
            raise ConfigError.because(
                say("lists are told apart by {column}, but no capacity is given", column=self.by),
                about="by",
                remedy=say("Give capacity as well: how many of each list can be visited."),
            )
        if not is_decision and self.capacity is None and self.threshold is None:
            raise ConfigError.because(
                say("these are scores, not decisions of 0 and 1"),
                about=score,
                remedy=say("Say how many can be visited (capacity), or from which score on (threshold)."),
            )


@dataclass(frozen=True, eq=False)
class TableRows:
    """Rows with a known outcome. ``kind`` (rows,) is a code of each row's kind: rows of one kind are alike in
    groups, outcome and chance. ``cells`` (kinds, cells) are those of one row, ``codes`` (kinds,) its groups
    by column."""

    kind: Integers
    cells: Floats
    codes: Mapping[str, Integers]
    names: Mapping[str, tuple[str, ...]]

    @property
    def rows(self) -> Integers:
        """(kinds,): how many rows there are of each kind."""
        return np.bincount(self.kind, minlength=len(self.cells)).astype(np.int64)

    def grouping(self, column: str, reference: str | None) -> Grouping:
        """The groups of a column over the kinds; the reference is the largest group unless it is named.

        Raises :class:`ConfigError` where the named group does not occur.
        """
        names, codes = self.names[column], self.codes[column]
        largest = names[int(np.bincount(codes, self.rows, len(names)).argmax())]
        if reference is not None and reference not in names:
            raise ConfigError.because(
                say("the reference group {group} does not occur", group=reference),
                about=f"reference.{column}",
                remedy=say("Groups in the data: {groups}.", groups=", ".join(names)),
            )
        return Grouping(
            attribute=column,
            groups=names,
            reference_group=reference or largest,
            shares=np.eye(len(names))[codes],
            residents=np.ones(len(codes)),
        )


def read_rows(frame: pd.DataFrame, *, label: str, groups: Sequence[str], chance: Floats) -> TableRows:
    """The rows of ``frame`` by kind; all of its labels are known."""
    named = {column: _named(frame, column) for column in groups}
    happened = frame[label].to_numpy(dtype=np.float64)
    parts = [np.unique(values, return_inverse=True)[1] for values in (happened, chance)]
    joint = np.zeros(len(frame), dtype=np.int64)
    for codes in (*(codes for codes, _ in named.values()), *parts):
        joint = np.unique(joint * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
    _, first, kind = np.unique(joint, return_index=True, return_inverse=True)
    return TableRows(
        kind=kind.astype(np.int64),
        cells=_cells(happened[first], chance[first]),
        codes={column: codes[first] for column, (codes, _) in named.items()},
        names={column: names for column, (_, names) in named.items()},
    )


def _cells(happened: Floats, chance: Floats) -> Floats:
    """(kinds, cells): the audit's sums over one row of each kind."""
    came = (happened > 0).astype(np.float64)
    columns = {
        "rows": np.ones(len(came)), "positives": came, "events": happened,
        "selected": chance, "hits": chance * came, "found": chance * happened,
    }  # fmt: skip
    cells = np.zeros((len(came), len(CELLS)))
    for name, column in columns.items():
        cells[:, CELLS.index(name)] = column
    return cells


def _named(frame: pd.DataFrame, column: str) -> tuple[Integers, tuple[str, ...]]:
    """A code for each row and the names of the codes, in the order of a categorical or of the words; rows
    without a value are a group of their own, with those that say so in the word for it."""
    values = frame[column].astype("category").cat.remove_unused_categories()
    words = [str(name) if str(name).strip() else UNKNOWN for name in values.cat.categories]
    is_blank = values.isna().to_numpy()
    names = tuple(dict.fromkeys([*words, *([UNKNOWN] if is_blank.any() else [])]))
    position = np.array([names.index(word) for word in words], dtype=np.int64)
    codes = np.full(len(values), names.index(UNKNOWN) if is_blank.any() else 0)
    codes[~is_blank] = position[values.cat.codes.to_numpy()[~is_blank]]
    if len(names) < 2:
        raise DataError.because(
            say("has a single group, so there is nothing to compare"),
            about=column,
            remedy=say("Name a column with at least two groups."),
        )
    return codes, names


def codes_of(frame: pd.DataFrame, column: str) -> Integers:
    """(rows,): a code from 0 for each different value of a column; blank is a value of its own."""
    codes = frame[column].factorize(use_na_sentinel=False)[0]
    return np.asarray(codes, dtype=np.int64)
