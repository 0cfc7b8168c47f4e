"""The lists that a candidate would have made: one for each as-of date, highest score first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.records.figure import Period

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Lists:
    """Scores and labels of one candidate: a row for each as-of date, a place for each unit.

    ``scores`` (dates, places) fall from left to right; places beyond ``sizes`` hold -inf and label 0.
    ``split`` is the position of each date's split; dates stand in order of split and time. On each date
    the first ``capacity`` places are visited. ``floor`` stands for a score of zero where a rate must be
    positive: half of the smallest positive score.
    """

    as_of: NDArray[np.datetime64]
    split: Integers
    scores: Floats
    labels: Floats
    sizes: Integers
    capacity: int
    floor: float

    @cached_property
    def filled(self) -> Mask:
        """(dates, places): True where a unit stands, False in the padding."""
        return np.arange(self.scores.shape[1]) < self.sizes[:, None]

    @cached_property
    def cumulative(self) -> Floats:
        """(dates, places + 1): events among the first 0, 1, 2, ... places."""
        return running_total(self.labels)

    @cached_property
    def events(self) -> Floats:
        """(dates,): all events (or the sum of counts) on each date."""
        return np.asarray(self.labels.sum(axis=1))

    @cached_property
    def visits(self) -> Integers:
        """(dates,): how many units are visited: the capacity, or all where there are fewer."""
        return np.minimum(self.capacity, self.sizes)

    def positive(self, score: Floats) -> Floats:
        """``score`` with ``floor`` in place of zeros, so that a rate can be read from it."""
        return np.where(score > 0, score, self.floor)

    @property
    def period(self) -> Period | None:
        """First and last as-of date; None without dates."""
        if not len(self.as_of):
            return None
        return Period(first=self.as_of.min().item(), last=self.as_of.max().item())

    def where(self, dates: Mask) -> Lists:
        """The lists of the dates that are marked."""
        return replace(
            self,
            as_of=self.as_of[dates],
            split=self.split[dates],
            scores=self.scores[dates],
            labels=self.labels[dates],
            sizes=self.sizes[dates],
        )


def running_total(values: Floats) -> Floats:
    """(dates, places + 1): sums of the first 0, 1, 2, ... places of (dates, places)."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def read_lists(table: pa.Table, splits: Sequence[str], capacity: int) -> dict[str, Lists]:
    """The lists of every candidate in a predictions table; rows without a label are left out.

    ``splits`` names the splits in order of time. Raises :class:`DataError` when a row has no score, or
    when two candidates were not scored on the same units and dates (they could not be compared).
    """
    columns = table.select(["as_of", "split", "candidate", "score", "label"])
    names = sorted(pc.unique(columns["candidate"]).to_pylist())
    matured = columns.filter(pc.is_valid(columns["label"]))
    made = {name: _lists_of(matured, name, splits, capacity) for name in names}
    for name in names[1:]:
        _require_same_rows(names[0], made[names[0]], name, made[name])
    return made


def _lists_of(table: pa.Table, candidate: str, splits: Sequence[str], capacity: int) -> Lists:
    rows = table.filter(pc.equal(table["candidate"], candidate))
    score = rows["score"].cast(pa.float64()).to_numpy()
    if not np.isfinite(score).all():
        raise DataError.because(
            say("{count} rows have no score", count=int((~np.isfinite(score)).sum())),
            about=candidate,
            remedy=say("Every candidate must score every unit on every as-of date."),
        )
    split = pc.index_in(rows["split"].cast(pa.string()), pa.array(splits)).to_numpy().astype(np.int64)
    return rank_lists(rows["as_of"].to_numpy(), split, score, rows["label"].to_numpy(), capacity=capacity)


def rank_lists(
    as_of: NDArray[np.datetime64], split: Integers, score: Floats, label: Floats, *, capacity: int
) -> Lists:
    """Lists from rows in any order; the four columns have one value a row."""
    day = as_of.astype("datetime64[D]").astype(np.int64)
    order = np.lexsort((day, split))
    day, split, score, label = day[order], split[order], score[order], label[order]
    is_first = np.ones(len(day), dtype=bool)
    is_first[1:] = (day[1:] != day[:-1]) | (split[1:] != split[:-1])
    begins = np.flatnonzero(is_first)
    sizes = np.diff(begins, append=len(day))
    row = np.cumsum(is_first) - 1
    place = np.arange(len(day)) - begins[row]
    shape = (len(begins), int(sizes.max(initial=0)))
    scores, labels = np.full(shape, -np.inf), np.zeros(shape)
    scores[row, place], labels[row, place] = score, label
    falling = np.argsort(-scores, axis=1)
    positive = score[score > 0]
    return Lists(
        as_of=day[begins].astype("datetime64[D]"),
        split=split[begins],
        scores=np.take_along_axis(scores, falling, axis=1),
        labels=np.take_along_axis(labels, falling, axis=1),
        sizes=sizes,
        capacity=capacity,
        floor=float(positive.min()) / 2 if positive.size else 1.0,
    )


def _require_same_rows(one: str, left: Lists, other: str, right: Lists) -> None:
    same = (
        np.array_equal(left.as_of, right.as_of)
        and np.array_equal(left.split, right.split)
        and np.array_equal(left.sizes, right.sizes)
        and np.array_equal(left.events, right.events)
    )
    if not same:
        raise DataError.because(
            say("it was not scored on the same units and dates as {one}", one=one),
            about=other,
            remedy=say("Run the pilot again: every candidate must be tested on the same rows."),
        )
