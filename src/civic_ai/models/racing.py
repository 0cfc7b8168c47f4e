"""A race of candidates: who lies clearly behind after four splits is given up, and the rest go on.

With ``LEAST_SPLITS`` test splits or more, every candidate is tried on the first ``RACED_SPLITS``. One whose
mean loss exceeds the leader's by more than ``ERRORS_BEHIND`` standard errors of the paired difference is
dropped (racing: Maron and Moore 1994). The race is run on the pilot's own objective; where that is not listed
here nobody is dropped. The lockbox is no part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from sklearn.metrics import average_precision_score

from civic_ai.models.rows import PanelRows
from civic_ai.models.scorer import Floats
from civic_ai.models.table import Scored
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.predictions import Dropped

LEAST_SPLITS = 6
RACED_SPLITS = 4
ERRORS_BEHIND = 2.0


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What one candidate said of the rows of one split whose label is known, and what came.

    ``capacity``: units that can be visited on a date, None where nothing is visited.
    """

    as_of: NDArray[np.datetime64]
    score: Floats
    label: Floats
    scale: Floats
    capacity: int | None

    def missed_share(self) -> float:
        """Share of all that happened that is not on the lists; equal scores stand in random order."""
        found = sum(self._found(self.as_of == day) for day in np.unique(self.as_of))
        return float(1.0 - found / self.label.sum())

    def _found(self, day: NDArray[np.bool_]) -> float:
        """Expected finds on one date."""
        score, label, visits = self.score[day], self.label[day], min(self.capacity or 0, int(day.sum()))
        last = np.sort(score)[-visits]
        above, tied = score > last, score == last
        return float(label[above].sum() + (visits - above.sum()) * label[tied].mean())

    def missed_precision(self) -> float:
        """1 - average precision."""
        return 1.0 - float(average_precision_score(self.label > 0, self.score))

    def deviance(self) -> float:
        """Mean Poisson deviance."""
        entropy = xlogy(self.label, self.label) - xlogy(self.label, self.score)
        return float(2.0 * np.mean(entropy - self.label + self.score))

    def scaled_error(self) -> float:
        """Root of the mean squared error, each in the scale of its unit (Hyndman and Koehler 2006)."""
        moved = self.scale > 0
        return float(np.sqrt(np.mean(((self.label - self.score)[moved] / self.scale[moved]) ** 2)))


LOSSES: Mapping[str, Callable[[Outcomes], float]] = {
    "recall_at_capacity": Outcomes.missed_share,
    "precision_at_capacity": Outcomes.missed_share,
    "average_precision": Outcomes.missed_precision,
    "mean_poisson_deviance": Outcomes.deviance,
    "root_mean_squared_scaled_error": Outcomes.scaled_error,
}
"""Loss by objective. On the same lists, who misses least is also who is most precise."""


def drop_losers(scored: Sequence[Scored], rows: PanelRows, spec: PilotSpec) -> tuple[Dropped, ...]:
    """Who lies clearly behind on the splits of ``scored``, in the order of names; a split in which nothing
    happened tells nothing."""
    if spec.objective not in LOSSES:
        return ()
    losses = _losses(scored, rows, spec)
    best = min(losses, key=lambda name: (losses[name].mean(), name))
    last = max((each.split for each in scored), key=lambda split: split.cutoff)
    verdicts = [(name, losses[name] - losses[best]) for name in sorted(losses)]
    return tuple(
        Dropped(
            candidate=name,
            after_split=last.name,
            measure=spec.objective,
            behind=float(behind.mean()),
            standard_error=_error(behind),
        )
        for name, behind in verdicts
        if behind.mean() > ERRORS_BEHIND * _error(behind)
    )


def _error(values: Floats) -> float:
    """Standard error of the mean; infinite where one value alone tells nothing of it."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.inf


def _losses(scored: Sequence[Scored], rows: PanelRows, spec: PilotSpec) -> dict[str, Floats]:
    """Each candidate's loss by split."""
    made: dict[str, list[float]] = {}
    for each in sorted(scored, key=lambda one: one.split.cutoff):
        outcomes = _outcomes(each, rows, spec.capacity.units_per_period)
        if outcomes.label.sum() > 0:
            made.setdefault(each.candidate, []).append(LOSSES[spec.objective](outcomes))
    return {name: np.array(losses) for name, losses in made.items()}


def _outcomes(scored: Scored, rows: PanelRows, capacity: int | None) -> Outcomes:
    positions = rows.of(scored.split)
    known = ~np.isnan(rows.label[positions])
    positions = positions[known]
    scale = rows.frame["scale"].to_numpy()[positions] if "scale" in rows.frame else np.ones(len(positions))
    return Outcomes(rows.as_of[positions], scored.scores[known], rows.label[positions], scale, capacity)
