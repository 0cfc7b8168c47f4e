"""How fast groups report all problems, also those that nobody reported: a second figure, which rests on more.

Only reported problems can be watched, and where people report slowly these are the ones that are reported
fastest. A problem that is reported at a rate r a day and lasts N days on average is ever reported with
probability r N / (1 + r N), so each one watched stands for 1 + 1 / (r N) of all (Liu, Bhandaram & Garg 2024;
METHODS 1.1: "estimates are conservative"). Weighted so, the mean rate of all problems is::

    m (1 + m N) / (1 + m N + spread)  =  m / (1 + spread x (1 - P)),     P = m N / (1 + m N)

where m is the mean rate of the watched ones and E[1 / r] = (1 + spread) / m, which holds where rates are
lognormal with variance spread x m^2. Problems of one type are taken to differ alike in every group; then no
gap is made where there is none, and one that is there only grows.

The spread is read off problems that are reported three and four times: with a share p that is never reported
again, whoever lives there, pairs of repeats are (1 + spread) / (1 - p) times what one rate would give, and
triples (1 + spread)^3 / (1 - p)^2. Rates that are spread otherwise (gamma, two kinds of problem) have fewer
triples, so that less is corrected than should be (experiment 015).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.duplicates import Cases
from civic_ai.audit.reported_share import lives_of
from civic_ai.audit.reporting import Fit
from civic_ai.panel.groups import Grouping
from civic_ai.records.reporting import RatioAtLife, ReportingGroup

Floats = NDArray[np.float64]

_MOST_SPREAD = 1.0
"""Nothing wider is corrected for: METHODS 1.1 tried problems whose rates vary by up to so much."""


@dataclass(frozen=True, eq=False)
class Rates:
    """``daily`` (types,): reports a day of a problem in the reference group; ``weight`` (types,): what each
    type counts for in a ratio, its repeat reports. ``spread``: variance of the rates of problems of one type
    and group over their squared mean."""

    daily: Floats
    weight: Floats
    spread: float

    def quiet(self, ratio: float, life_days: float) -> float:
        """The share of problems that is never reported where all are reported ``ratio`` times as fast."""
        return float(np.average(1 / (1 + ratio * self.daily * life_days), weights=self.weight))

    def among_all(self, ratio: float, life_days: float) -> float:
        """A ratio among reported problems, told among all; further from 1, and in the same order."""
        return ratio * (1 + self.spread * self.quiet(1.0, life_days)) / (
            1 + self.spread * self.quiet(ratio, life_days)
        )  # fmt: skip

    def at_lives(self, groups: Sequence[ReportingGroup], life_days: int) -> Iterator[RatioAtLife]:
        """Every ratio, with its interval, for the declared life and for half and double of it."""
        for item in (each for each in groups if each.ratio.value is not None):
            for days in lives_of(life_days):
                ratio = item.ratio.moved(partial(self.among_all, life_days=days))
                yield RatioAtLife(life_days=days, attribute=item.attribute, group=item.group, ratio=ratio)


def rates_of(cases: Cases, fit: Fit, grouping: Grouping, *, least: int) -> Rates | None:
    """The spread and the rates; None where fewer than ``least`` problems were reported again three times.

    ``fit``: the ratios of ``grouping``, over ``cases.areas``.
    """
    repeats, days, kind = cases.incidents.repeats.astype(np.float64), cases.incidents.days, cases.kind
    if (repeats >= 3).sum() < least:
        return None
    faster = np.exp(grouping.shares @ np.nan_to_num(fit.log_ratio))[cases.area]
    weight = np.bincount(kind, repeats).astype(np.float64)
    per_day = weight / np.maximum(np.bincount(kind, faster * days), np.finfo(float).tiny)
    expected = (faster * per_day[kind]) * days
    pairs = (repeats * (repeats - 1)).sum() / (expected**2).sum()
    triples = (repeats * (repeats - 1) * (repeats - 2)).sum() / (expected**3).sum()
    spread = float(np.clip(triples / pairs**2 - 1, 0.0, _MOST_SPREAD))
    again = max(1.0, pairs / (1 + spread))
    lively = weight > 0
    return Rates((per_day * again)[lively], weight[lively], spread)
