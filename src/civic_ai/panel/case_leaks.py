"""Does anything that a case shows know how it turned out?

Beside what the contracts and the tables tell (``leakage``), the columns themselves are searched. Cases of one
list are compared with each other only, so that a trend over the years is no leak:

==========================  ==============================================================================
known_afterwards            a feature uses a column that the contract says is only filled in afterwards
label_known_afterwards      the condition that chooses the cases of a duration does
written_later               rows were written after the day on which they are said to be known
single_feature              one column alone nearly decides the outcome, or does where it is filled in
one_outcome_only            a column is only filled in, or only blank, for one outcome
changes_with_outcome        a column tells which cases of a list are settled by the end of the extract, and
                            what it holds changes with the age of the list: it is edited afterwards
==========================  ==============================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.data.afterwards import own_columns
from civic_ai.panel.case_baselines import ARRIVAL, group_numbers
from civic_ai.panel.case_columns import own_numbers, settled_column
from civic_ai.panel.case_moments import NEVER
from civic_ai.panel.case_parts import CaseParts
from civic_ai.panel.findings import panel_finding
from civic_ai.panel.leak_columns import find_afterwards
from civic_ai.panel.leak_rows import find_written_later
from civic_ai.panel.leak_scores import LEAST_ROWS, areas_under_curve, either_way
from civic_ai.panel.leakage import Search
from civic_ai.pilot.feature_blocks import CategoryFeature
from civic_ai.records.contract import Contract
from civic_ai.records.panel import LeakFinding
from civic_ai.records.policy import Policy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

UNLIKELY = 14.0
"""Minus the logarithm of about one in a million: so many cases of the other outcome would be usual."""
STANDARD_ERRORS = 4.0
"""So many lie between the settled shares of old and recent lists before columns are held against them."""


@dataclass(frozen=True)
class Outcome:
    """Which cases are looked at, on which list each is, and whether it turned out so (for durations: whether
    it ended by the median time)."""

    rows: Ints
    on_list: Ints
    happened: Mask

    @property
    def fewest(self) -> int:
        """Cases with the outcome or without, whichever are fewer."""
        return int(min(self.happened.sum(), (~self.happened).sum()))

    def among(self, chosen: Mask) -> Outcome:
        """The same for some of the cases only."""
        return Outcome(self.rows[chosen], self.on_list[chosen], self.happened[chosen])

    def area_under_curve(self, values: Floats) -> float:
        """Share of pairs of one list in the right order, whichever way; 0.5 where there are too few."""
        if self.fewest < LEAST_ROWS:
            return 0.5
        _, group = np.unique(self.on_list, return_inverse=True)
        return float(either_way(areas_under_curve(values, group, self.happened[None, :]))[0])


def search_case_leaks(parts: CaseParts, contracts: Mapping[str, Contract], policy: Policy) -> Search:
    """Every form of leak, looked for in every column and source that the panel uses."""
    told = [*_by_contract(parts, contracts), *_written_later(parts, contracts)]
    outcomes = make_outcomes(parts)
    fewest = min(outcome.fewest for outcome in outcomes)
    if fewest < LEAST_ROWS:
        values: dict[str, str | int | float] = {"needed": LEAST_ROWS, "found": fewest}
        reason = panel_finding("leak_search_not_possible", parts.spec.unit.source, "problem", values=values)
        return Search(tuple(told), (reason,), is_complete=False)
    limit = policy.limits.leak_single_feature_auc
    by_values = {leak.column: leak for outcome in outcomes for leak in _deciding(parts, outcome, limit)}
    found = [*by_values.values(), *_one_outcome(parts, outcomes[0]), *_changing(parts, limit)]
    return Search((*told, *found), (), is_complete=True)


def make_outcomes(parts: CaseParts) -> tuple[Outcome, ...]:
    """What the columns are held against. Durations twice: as told, and from when the case came in, because a
    column that was made of the whole time need not say much about what was left of it."""
    values, ended = parts.label.values, parts.label.ended
    if ended is None:
        rows = np.flatnonzero(~np.isnan(values))
        return (Outcome(rows, parts.cases.as_of[rows], values[rows] == 1),)
    times = (values, values - parts.reserved[ARRIVAL])
    return tuple(_ended_early(parts.cases.as_of, days, ended) for days in times)


def _ended_early(as_of: Ints, days: Floats, ended: Mask) -> Outcome:
    """Ended by the median time, among the cases of which that is known."""
    middle = float(np.median(days[ended])) if ended.any() else 0.0
    rows = np.flatnonzero(ended | (days > middle))
    return Outcome(rows, as_of[rows], days[rows] <= middle)


def _by_contract(parts: CaseParts, contracts: Mapping[str, Contract]) -> Iterator[LeakFinding]:
    """What the contracts say; the outcome of an event is of course only known afterwards, and rows that come
    with their outcome may be counted by it (``data.afterwards``)."""
    own = parts.spec.unit.source
    looked_at = {f"{own}.{name}" for _, name in own_columns(parts.spec)}
    for leak in find_afterwards(parts.scope.city, contracts):
        if leak.form == "label_known_afterwards":
            is_told = parts.label.ended is not None
        else:
            is_told = leak.column in looked_at or not str(leak.column).startswith(f"{own}.")
        if is_told:
            yield leak


def _written_later(parts: CaseParts, contracts: Mapping[str, Contract]) -> Iterator[LeakFinding]:
    declared = {f"{parts.spec.unit.source}.{settled_column(parts.spec)}"}
    for leak in find_written_later(parts.scope.city, contracts):
        if leak.column not in declared:
            yield leak


def _deciding(parts: CaseParts, outcome: Outcome, limit: float) -> Iterator[LeakFinding]:
    for name, values in _columns(parts, outcome):
        mine = values[outcome.rows]
        filled = ~np.isnan(mine)
        areas = (outcome.area_under_curve(mine), outcome.among(filled).area_under_curve(mine[filled]))
        if max(areas) >= limit:
            rows = len(mine) if areas[0] >= limit else int(filled.sum())
            yield LeakFinding(
                form="single_feature", column=name, rows=rows, detail=f"auc {round(max(areas), 4)}"
            )


def _one_outcome(parts: CaseParts, outcome: Outcome) -> Iterator[LeakFinding]:
    for name, values in _own_columns(parts, outcome):
        filled = ~np.isnan(values[outcome.rows])
        for said, chosen in (("filled", filled), ("blank", ~filled)):
            other = only_outcome(outcome, chosen)
            if other is not None:
                yield LeakFinding(
                    form="one_outcome_only",
                    column=name,
                    rows=int(chosen.sum()),
                    detail=f"only {other} {said}",
                )


def only_outcome(outcome: Outcome, chosen: Mask) -> str | None:
    """``positive`` or ``negative`` where all chosen cases are that, though on the same lists so many others
    were not that this cannot be chance; else None."""
    _, group = np.unique(outcome.on_list, return_inverse=True)
    n = np.bincount(group)
    share = np.bincount(group, outcome.happened) / n
    mine = np.bincount(group[chosen], minlength=len(n))
    usual = {"negative": float((mine * share).sum()), "positive": float((mine * (1 - share)).sum())}
    seen = {"negative": outcome.happened[chosen].sum(), "positive": (~outcome.happened[chosen]).sum()}
    return next((name for name in usual if usual[name] >= UNLIKELY and seen[name] == 0), None)


def _changing(parts: CaseParts, limit: float) -> Iterator[LeakFinding]:
    """Held against being settled by the end of the extract, which nobody knew on the day of the list.

    An honest column may tell the slow cases from the quick, but there are as many slow ones among the recent
    as among the old; what is written at the end moves as the share of settled cases does.
    """
    every = np.arange(len(parts.cases))
    settled = Outcome(every, parts.cases.as_of, parts.cases.settled.day < NEVER)
    recent = parts.cases.as_of > np.median(parts.cases.as_of)
    shift = settled_later(settled.happened, recent)
    if shift is None:
        return
    for name, values in _own_columns(parts, settled):
        area = settled.area_under_curve(values)
        if area >= limit and moved(np.where(np.isnan(values), -np.inf, values), recent) >= shift / 2:
            yield LeakFinding(
                form="changes_with_outcome", column=name, rows=len(every), detail=f"auc {round(area, 4)}"
            )


def settled_later(happened: Mask, recent: Mask) -> float | None:
    """How much smaller the share of settled cases is among the recent; None where that may be chance."""
    if recent.all() or not recent.any():
        return None
    shift, share = float(happened[~recent].mean() - happened[recent].mean()), float(happened.mean())
    error = np.sqrt(share * (1 - share) * (1 / recent.sum() + 1 / (~recent).sum()))
    return shift if shift > 0 and shift >= STANDARD_ERRORS * error else None


def moved(values: Floats, recent: Mask) -> float:
    """Largest difference between the distributions of old and recent lists (Kolmogorov-Smirnov)."""
    old, new = np.sort(values[~recent]), np.sort(values[recent])
    at = np.unique(values)
    shares = (np.searchsorted(part, at, side="right") / len(part) for part in (old, new))
    return float(np.abs(np.subtract(*shares)).max())


def _columns(parts: CaseParts, outcome: Outcome) -> Iterator[tuple[str, Floats]]:
    """Every feature, but a column of categories of the case's own row as one."""
    own = parts.spec.unit.source
    for column in parts.features:
        if column.record.source != own or "=" not in column.record.name:
            yield column.record.name, column.values.astype(np.float64)
    yield from _categories(parts, outcome)


def _own_columns(parts: CaseParts, outcome: Outcome) -> Iterator[tuple[str, Floats]]:
    for name in sorted(own_numbers(parts.spec)):
        yield name, parts.cases.number(name).astype(np.float64)
    yield from _categories(parts, outcome)


def _categories(parts: CaseParts, outcome: Outcome) -> Iterator[tuple[str, Floats]]:
    """Categories of the case's own row as numbers: how often the outcome came with the value, counted on
    every other case, so that a case does not tell about itself; NaN where blank."""
    names = {
        name
        for block in parts.spec.features
        if isinstance(block, CategoryFeature) and block.source == parts.spec.unit.source
        for name in block.categories
    }
    for name in sorted(names):
        group = group_numbers(parts.cases.text(name))
        yield name, _rates(group, outcome)


def _rates(group: Ints, outcome: Outcome) -> Floats:
    half = np.arange(len(group)) % 2
    size = int(group.max(initial=-1)) + 2
    rates = np.full(len(group), np.nan)
    overall = outcome.happened.mean()
    for this in (0, 1):
        from_rows = half[outcome.rows] != this
        seen = group[outcome.rows][from_rows] + 1
        positives = np.bincount(seen, outcome.happened[from_rows], size)
        rate = (positives + overall) / (np.bincount(seen, minlength=size) + 1)
        rates[half == this] = rate[group[half == this] + 1]
    return np.where(group < 0, np.nan, rates)
