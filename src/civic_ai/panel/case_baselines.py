"""What the simple rules for cases read: who came first, and how often cases of the group turned out so.

Columns that no candidate sees. A rate as of a date counts the cases whose outcome was final by then, also
those from before the first as-of date, and is drawn towards the rate of all cases as if ``PRIOR_CASES`` of
those had been seen (shrinkage with a fixed weight; Efron and Morris 1975).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from civic_ai.panel.baseline_columns import RESERVED
from civic_ai.panel.case_label import CaseLabel
from civic_ai.panel.case_moments import NEVER
from civic_ai.panel.case_rows import Cases
from civic_ai.panel.known import Days
from civic_ai.pilot.spec import PilotSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ARRIVAL = f"{RESERVED}arrival"
PRIOR_CASES = 20
"""The weight of the rate of all cases, in cases."""


def make_case_baselines(spec: PilotSpec, cases: Cases, label: CaseLabel) -> dict[str, Floats]:
    """The reserved columns by name, one value a case.

    ``baseline_arrival``: days from the end of the as-of date to when the case came in (negative) or is due;
    the lowest came first. ``due_in_days``: the same in whole days, where cases are due. Of events
    ``baseline_group_rate`` and ``baseline_observer_rate``, of durations ``baseline_group`` (the number of the
    group in order of appearance, NaN where blank), where the spec names the columns.
    """
    made = {ARRIVAL: cases.arrived.at - (cases.as_of + 1)}
    if spec.unit.due_on is not None:
        made["due_in_days"] = (cases.arrived.day - cases.as_of).astype(np.float64)
    named = {"group": spec.models.rate_by, "observer": spec.audit.observer}
    for what, column in named.items():
        if column is not None and label.ended is None:
            made[f"{RESERVED}{what}_rate"] = rates_as_of(
                group_numbers(cases.text(column)), cases.as_of, label
            )
    if spec.models.rate_by is not None and label.ended is not None:
        group = group_numbers(cases.text(spec.models.rate_by))
        made[f"{RESERVED}group"] = np.where(group >= 0, group, np.nan).astype(np.float64)
    return made


def group_numbers(texts: pa.ChunkedArray) -> Ints:
    """The number of each text in the order in which they first appear; -1 where blank.

    Cases stand in the order of their lists, so a name that comes later does not move the numbers before it.
    """
    indices = texts.combine_chunks().dictionary_encode().indices
    return np.asarray(indices.fill_null(-1).to_numpy(), dtype=np.int64)


def rates_as_of(group: Ints, as_of: Days, label: CaseLabel) -> Floats:
    """For each case: how often cases of its group, known by its as-of date, turned out so; never NaN.

    (positives + PRIOR_CASES x overall rate) / (n + PRIOR_CASES); 0 while no outcome at all is known.
    """
    everywhere = np.zeros_like(group)
    positives, n = _counts_by(group, as_of, label)
    all_positives, all_n = _counts_by(everywhere, as_of, label)
    overall = all_positives / np.maximum(all_n, 1)
    return np.asarray((positives + PRIOR_CASES * overall) / (n + PRIOR_CASES))


def _counts_by(group: Ints, as_of: Days, label: CaseLabel) -> tuple[Floats, Floats]:
    """Positives and cases of the same group whose outcome was known by each case's as-of date."""
    known = np.flatnonzero(label.known_on < NEVER)
    order = known[np.lexsort((label.known_on[known], group[known]))]
    first_day = min(int(as_of.min(initial=0)), int(label.known_on[known].min(initial=0)))
    span = max(int(as_of.max(initial=0)), int(label.known_on[known].max(initial=0))) - first_day + 2
    keys = (group[order] + 1) * span + label.known_on[order] - first_day
    upto = np.searchsorted(keys, (group + 1) * span + as_of - first_day, side="right")
    after = np.searchsorted(keys, (group + 1) * span - 1, side="right")
    positives = np.append(0, np.cumsum(label.known[order] == 1))
    return (positives[upto] - positives[after]).astype(np.float64), (upto - after).astype(np.float64)
