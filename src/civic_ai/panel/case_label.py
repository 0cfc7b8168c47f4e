"""How each case turned out within the horizon, and from when on that is final.

Events: an outcome known by the end of day D + horizon counts as what it is; one that was not known by then
counts as ``label.while_open`` says. Nothing is final before the extract reaches that day.

Durations: the days from the end of the as-of date D until the case ended, of at most the horizon; a case that
was still open then, or at the end of the extract, is censored. So whoever closes slowly is not
mistaken for someone who has not closed yet (Kaplan and Meier 1958).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civic_ai.panel.case_moments import NEVER
from civic_ai.panel.case_rows import Cases
from civic_ai.panel.known import Days
from civic_ai.pilot.spec import PilotSpec

Floats = NDArray[np.float64]
_WHILE_OPEN = {"left_out": np.nan, "positive": 1.0, "negative": 0.0}


@dataclass(frozen=True)
class CaseLabel:
    """``values``: 0 or 1, or days; NaN where unmatured. ``ended``: of durations, False where censored.

    ``known``: the same as soon as it was known, although the horizon may not be over by the end of the
    extract; ``known_on``: the day by whose end it was, NEVER where it was not (of durations: when they ended,
    or were seen last).
    """

    values: Floats
    known: Floats
    known_on: Days
    ended: NDArray[np.bool_] | None = None

    def taken(self, rows: NDArray[np.int64]) -> CaseLabel:
        """The labels at the given positions, in that order."""
        ended = None if self.ended is None else self.ended[rows]
        return CaseLabel(self.values[rows], self.known[rows], self.known_on[rows], ended)

    @property
    def events(self) -> NDArray[np.bool_]:
        """Which cases turned out as the label says; of durations, which were seen to end."""
        return self.values == 1 if self.ended is None else self.ended


def label_cases(cases: Cases, spec: PilotSpec, last_day: int) -> CaseLabel:
    """The label of every case, as known from an extract that ends with ``last_day``."""
    make = _durations if spec.label.kind == "duration" else _events
    return make(cases, spec, last_day)


def _events(cases: Cases, spec: PilotSpec, last_day: int) -> CaseLabel:
    deadline = cases.as_of + spec.label.horizon_days
    in_time, is_over = cases.settled.day <= deadline, deadline <= last_day
    while_open = np.where(is_over, _WHILE_OPEN[spec.label.while_open], np.nan)
    known = np.where(in_time, cases.happened, while_open)
    known_on = np.where(in_time, cases.settled.day, deadline)
    return CaseLabel(np.where(is_over, known, np.nan), known, np.where(np.isnan(known), NEVER, known_on))


def _durations(cases: Cases, spec: PilotSpec, last_day: int) -> CaseLabel:
    horizon = float(spec.label.horizon_days)
    until_end = cases.settled.at - (cases.as_of + 1)
    seen = np.minimum(horizon, (last_day - cases.as_of).astype(np.float64))
    ended = (until_end <= seen) & (seen > 0)
    values = np.where(seen > 0, np.minimum(until_end, seen), np.nan)
    known_on = np.where(ended, cases.settled.day, cases.as_of + seen.astype(np.int64))
    return CaseLabel(values, values, np.where(np.isnan(values), NEVER, known_on), ended)
