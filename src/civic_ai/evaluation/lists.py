"""The lists that a candidate would have made: one for each as-of date, highest score first."""

from __future__ import annotations

from collections.abc import Mapping
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

_KEYS = ("unit", "as_of", "split", "candidate", "score", "label")


@dataclass(frozen=True)
class Setting:
    """What makes lists of scores: the splits in order of time, how many places are visited on each date
    (None: it is no list that is visited), and how many outcomes an interval should hold."""

    splits: tuple[str, ...]
    capacity: int | None = None
    interval_level: float | None = None


@dataclass(frozen=True, eq=False)
class Lists:
    """Scores and labels of one candidate: a row for each as-of date, a place for each unit.

    ``scores`` (dates, places) fall from left to right; places beyond ``sizes`` hold -inf and label 0.
    ``more`` holds every other number of the table (``lower``, ``upper``, ``step``, ``scale``,
    ``due_in_days``, ...), each (dates, places) in the same order, NaN where blank and in the padding.
    ``split`` is the position of each date's split; dates stand in order of split and time. On each date
    the first ``capacity`` places are visited. ``floor`` stands for a score of zero where a rate must be
    positive: half of the smallest positive score.
    """

    as_of: NDArray[np.datetime64]
    split: Integers
    scores: Floats
    labels: Floats
    more: Mapping[str, Floats]
    sizes: Integers
    setting: Setting
    floor: float

    @property
    def capacity(self) -> int:
        """How many places are visited on each date. Only of lists that are visited."""
        assert self.setting.capacity is not None
        return self.setting.capacity

    @property
    def interval_level(self) -> float:
        """How many outcomes an interval should hold. Only of lists with intervals."""
        assert self.setting.interval_level is not None
        return self.setting.interval_level

    @property
    def holds(self) -> frozenset[str]:
        """What a metric may ask for: ``capacity`` and ``interval`` where set, and the names in ``more``."""
        declared = {"capacity": self.setting.capacity, "interval": self.setting.interval_level}
        return frozenset((*self.more, *(name for name, value in declared.items() if value is not None)))

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

    @cached_property
    def tied_until(self) -> Integers:
        """(dates, places): how many places there are up to the last one with the same score."""
        places = np.arange(1, self.scores.shape[1] + 1)
        end = np.where(self._differs[:, 1:], places, places[-1] if places.size else 0)
        return np.asarray(np.minimum.accumulate(end[:, ::-1], axis=1)[:, ::-1])

    @cached_property
    def tied_from(self) -> Integers:
        """(dates, places): how many places there are before the first one with the same score."""
        begin = np.where(self._differs[:, :-1], np.arange(self.scores.shape[1]), 0)
        return np.asarray(np.maximum.accumulate(begin, axis=1))

    @property
    def _differs(self) -> Mask:
        """(dates, places + 1): does the score change here? At both ends: yes."""
        differs = np.ones((len(self.scores), self.scores.shape[1] + 1), dtype=bool)
        differs[:, 1:-1] = self.scores[:, :-1] != self.scores[:, 1:]
        return differs

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
            more={name: values[dates] for name, values in self.more.items()},
            sizes=self.sizes[dates],
        )


def running_total(values: Floats) -> Floats:
    """(dates, places + 1): sums of the first 0, 1, 2, ... places of (dates, places)."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def read_lists(table: pa.Table, setting: Setting) -> dict[str, Lists]:
    """The lists of every candidate in a predictions table; rows without a label are left out.

    Raises :class:`DataError` when a row has no score, or when two candidates were not scored on the same
    units and dates (they could not be compared).
    """
    columns = table.select([*_KEYS[1:], *_numbers(table)])
    names = sorted(pc.unique(columns["candidate"]).to_pylist())
    matured = columns.filter(pc.is_valid(columns["label"]))
    made = {name: _lists_of(matured, name, setting) for name in names}
    for name in names[1:]:
        _require_same_rows(names[0], made[names[0]], name, made[name])
    return made


def _numbers(table: pa.Table) -> list[str]:
    """The columns that hold numbers or yes and no, and are no key, score or label."""
    tests = (pa.types.is_floating, pa.types.is_integer, pa.types.is_boolean)
    numbers = (field.name for field in table.schema if any(is_number(field.type) for is_number in tests))
    return [name for name in numbers if name not in _KEYS]


def _lists_of(table: pa.Table, candidate: str, setting: Setting) -> Lists:
    rows = table.filter(pc.equal(table["candidate"], candidate))
    values = {name: _floats(rows[name]) for name in ("score", "label", *_numbers(rows))}
    is_blank = ~np.isfinite(values["score"])
    if is_blank.any():
        raise DataError.because(
            say("{count} rows have no score", count=int(is_blank.sum())),
            about=candidate,
            remedy=say("Every candidate must score every unit on every as-of date."),
        )
    split = pc.index_in(rows["split"].cast(pa.string()), pa.array(setting.splits))
    return rank_lists(rows["as_of"].to_numpy(), split.to_numpy().astype(np.int64), values, setting)


def _floats(column: pa.ChunkedArray) -> Floats:
    """Numbers, NaN where blank; yes is 1 and no is 0."""
    exact = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    return np.asarray(exact.cast(pa.float64()).to_numpy(), dtype=np.float64)


def rank_lists(
    as_of: NDArray[np.datetime64], split: Integers, values: Mapping[str, Floats], setting: Setting
) -> Lists:
    """Lists from rows in any order: a date, a split, and ``values`` (``score``, ``label`` and whatever else
    there is) for each row. Of equal scores the events stand last, whatever the order of the rows."""
    day = as_of.astype("datetime64[D]").astype(np.int64)
    order = np.lexsort((values["label"], -values["score"], day, split))
    day, split = day[order], split[order]
    is_first = np.ones(len(day), dtype=bool)
    is_first[1:] = (day[1:] != day[:-1]) | (split[1:] != split[:-1])
    begins = np.flatnonzero(is_first)
    sizes = np.diff(begins, append=len(day))
    row = np.cumsum(is_first) - 1
    place = np.arange(len(day)) - begins[row]
    shape = (len(begins), int(sizes.max(initial=0)))

    def laid_out(name: str, padding: float) -> Floats:
        laid = np.full(shape, padding)
        laid[row, place] = values[name][order]
        return laid

    positive = values["score"][values["score"] > 0]
    return Lists(
        as_of=day[begins].astype("datetime64[D]"),
        split=split[begins],
        scores=laid_out("score", -np.inf),
        labels=laid_out("label", 0.0),
        more={name: laid_out(name, np.nan) for name in sorted(set(values) - {"score", "label"})},
        sizes=sizes,
        setting=setting,
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
