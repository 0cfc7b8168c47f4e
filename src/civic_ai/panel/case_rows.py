"""Which cases are on which list: every row of the source that can be named, on the date it is scored.

Lists are made on as-of dates. A case that comes up is on the last list before the day on which it is due; a
case that came in is on the first list made after the city knew of it. A case whose outcome was known when
that list was made is on none. The dates are continued backwards beyond the first as-of date: those
older cases are in no panel, but simple rules keep their rates over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.panel.case_columns import select_cases
from civic_ai.panel.case_moments import NEVER, Moments, read_moments
from civic_ai.panel.known import City, Days, day_numbers
from civic_ai.pilot.spec import AsOf, PilotSpec

Mask = NDArray[np.bool_]
REASONS = ("unnamed", "repeated", "undated", "impossible", "too_early", "older")
LISTED = -1


@dataclass(frozen=True)
class Cases:
    """One position a case, sorted by as-of date and name.

    ``arrived``: when the city knew of it, or, where cases are due, when it is due. ``settled``: when its
    outcome was known, or when it ended. ``happened``: whether it turned out as ``label.where`` says, by the
    last that is known. ``columns``: unit, area, lat, lon, and what features and rules read of its own row.
    """

    as_of: Days
    arrived: Moments
    settled: Moments
    happened: Mask
    columns: pa.Table

    def __len__(self) -> int:
        return len(self.as_of)

    def taken(self, rows: NDArray[np.int64]) -> Cases:
        """The cases at the given positions, in that order."""
        columns = self.columns.take(pa.array(rows))
        return Cases(self.as_of[rows], self.arrived[rows], self.settled[rows], self.happened[rows], columns)

    def number(self, name: str) -> NDArray[np.float32]:
        """A column of the case's own row as numbers; NaN where not known."""
        return np.asarray(self.columns[f"number:{name}"].to_numpy(), dtype=np.float32)

    def text(self, name: str) -> pa.ChunkedArray:
        """A column of the case's own row as text; null where not known."""
        return self.columns[f"text:{name}"]


@dataclass(frozen=True)
class Reading:
    """``cases``: all that are on a list before, in or after the panel's dates. ``left_out``: rows on none, by
    reason: unnamed, repeated (name used before), undated, impossible (ended before they began), too_early
    (in the panel's period, settled before the list was made) and older.

    ``missed``: of those too early, how many turned out as the label says. ``open``: cases never settled.
    ``last_day``: the last day on which the source knew anything.
    """

    cases: Cases
    left_out: Mapping[str, int]
    missed: int
    open: int
    rows: int
    first_day: int
    last_day: int


def read_cases(spec: PilotSpec, seen: City, dates: Days, most_repeated: float) -> Reading:
    """The cases of ``spec.unit.source``; ``seen`` is the city as one whose units are the areas.

    Raises :class:`ConfigError` for columns that are not there or of another type, :class:`DataError` where
    more than the share ``most_repeated`` of the rows have no name of their own.
    """
    table = select_cases(spec, seen).to_pyarrow()
    known, settled = read_moments(table["known"]), read_moments(table["settled"])
    arrived = known if spec.unit.due_on is None else read_moments(table["due"])
    every = Cases(
        list_dates(arrived.day, spec.as_of, comes_up=spec.unit.due_on is not None),
        arrived,
        settled,
        table["happened"].to_numpy(),
        table.drop_columns(["known", "settled", "happened"]),
    )
    repeated = _repeated(table)
    _refuse_nameless(int(repeated.sum()), table.num_rows, most_repeated)
    impossible = settled.ends_before(known) if spec.unit.due_on is None else np.zeros(len(every), dtype=bool)
    reason = _reasons(every, dates, repeated, impossible)
    return Reading(
        cases=every.taken(_in_order(every, reason == LISTED)),
        left_out={name: n for code, name in enumerate(REASONS) if (n := int((reason == code).sum()))},
        missed=int(((reason == REASONS.index("too_early")) & every.happened).sum()),
        open=int(((reason == LISTED) & (settled.day == NEVER)).sum()),
        rows=len(every),
        first_day=int(known.day.min(initial=NEVER)),
        last_day=max(known.latest or 0, settled.latest or 0),
    )


def list_dates(days: Days, as_of: AsOf, *, comes_up: bool) -> Days:
    """The as-of date on which a case is scored that is due, or was known, on each of ``days``.

    Due: the last date before the day. Known: the first date on or after it. The dates go on in both
    directions.
    """
    first = day_numbers([as_of.first])[0]
    steps = -((first - days) // as_of.every_days) - int(comes_up)
    return np.asarray(first + steps * as_of.every_days)


def _reasons(cases: Cases, dates: Days, repeated: Mask, impossible: Mask) -> NDArray[np.int8]:
    """Why each row is on no list: the place in REASONS of the first that holds; LISTED where none does."""
    is_early = cases.settled.day <= cases.as_of
    in_period = (cases.as_of >= dates[0]) & (cases.as_of <= dates[-1])
    holds = (
        cases.columns["unit"].is_null().to_numpy(),
        repeated,
        cases.arrived.day >= NEVER,
        impossible,
        is_early & in_period,
        is_early,
    )
    return np.select(holds, range(len(REASONS)), default=LISTED).astype(np.int8)


def _in_order(cases: Cases, kept: Mask) -> NDArray[np.int64]:
    """Positions of the kept cases by as-of date and name."""
    keys = pa.table({"as_of": cases.as_of, "unit": cases.columns["unit"]})
    order = pc.sort_indices(keys, sort_keys=[("as_of", "ascending"), ("unit", "ascending")]).to_numpy()
    return np.asarray(order[kept[order]], dtype=np.int64)


def _repeated(table: pa.Table) -> Mask:
    """Rows under a name that another row has too, but the first of them: the earliest, and among those of
    one moment the first by all their other columns, the outcome last: the file's order is no matter."""
    codes = table["unit"].combine_chunks().dictionary_encode().indices
    codes = codes.fill_null(-1).to_numpy()
    times = np.bincount(codes[codes >= 0], minlength=1)
    rows = np.flatnonzero((codes >= 0) & (times[codes] > 1))
    others = [name for name in table.column_names if name not in ("unit", "known", "settled", "happened")]
    frame = table.take(pa.array(rows)).to_pandas().assign(row=rows)
    ordered = frame.sort_values(["unit", "known", *others, "settled", "happened"], kind="stable")
    repeated = np.zeros(table.num_rows, dtype=bool)
    repeated[ordered.loc[ordered["unit"].duplicated(), "row"].to_numpy(dtype=np.int64)] = True
    return repeated


def _refuse_nameless(repeated: int, rows: int, most: float) -> None:
    if repeated > most * rows:
        raise DataError.because(
            say("{count} of {rows} cases have a name that another case has", count=repeated, rows=rows),
            about="unit.case",
            remedy=say("Name more columns under unit.case, until each case has a name of its own."),
        )
