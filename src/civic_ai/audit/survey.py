"""Reports held against a survey of the condition itself: who reports less of the same condition?

The residual of reports given an objective condition tells over-reporting from under-reporting (Kontokosta &
Hong 2021): a Poisson regression of reports on the condition and the groups' shares, with log ``per`` as
offset and robust errors (White 1980; HC1), over areas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from civic_ai.audit.contrasts import judge
from civic_ai.panel.groups import Grouping
from civic_ai.records.figure import Figure, missing
from civic_ai.records.policy import Policy
from civic_ai.records.reporting import ConditionResidual

Floats = NDArray[np.float64]
_LEAST_AREAS = 10
"""Fewer areas than this a group (effective number) tell nothing about the condition and the group at once."""


@dataclass(frozen=True, eq=False)
class Surveyed:
    """One entry an area: reports, how much there is to report on, condition (high: worse; NaN: blank)."""

    reports: Floats
    per: Floats
    worse: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """(areas,): where the condition and the amount are known."""
        flags: NDArray[np.bool_] = np.isfinite(self.worse) & np.isfinite(self.per) & (self.per > 0)
        return flags


def follow(one: Floats, other: Floats, policy: Policy) -> Figure:
    """Spearman's rank correlation with Fisher's interval (variance 1.06 / (n - 3); Fieller et al. 1957)."""
    known = np.isfinite(one) & np.isfinite(other)
    many, level = int(known.sum()), policy.tolerances.confidence_level
    if many < _LEAST_AREAS:
        return missing("too_few", n=many)
    if min(np.ptp(one[known]), np.ptp(other[known])) == 0:
        return missing("areas_alike", n=many)
    rank = float(stats.spearmanr(one[known], other[known]).statistic)
    middle = np.arctanh(np.clip(rank, -0.999999, 0.999999))
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(1.06 / (many - 3))
    lower, upper = (float(np.tanh(middle + sign * reach)) for sign in (-1, 1))
    return Figure(value=rank, lower=lower, upper=upper, level=level, n=many)


def residuals(surveyed: Surveyed, grouping: Grouping, policy: Policy) -> tuple[ConditionResidual, ...]:
    """Reports of every group for the same condition, over the reference group's; ``grouping`` over areas."""
    kept, reference = surveyed.known, grouping.reference
    others = [g for g in range(len(grouping.groups)) if g != reference and grouping.shares[kept][:, g].any()]
    worse = surveyed.worse[kept]
    spread = float(worse.std()) if kept.any() else 0.0
    condition = (worse - worse.mean()) / spread if spread > 0 else np.zeros(len(worse))
    design = np.column_stack([grouping.shares[kept][:, others], np.ones(len(worse)), condition])
    freedom = int(kept.sum()) - design.shape[1]
    if freedom < _LEAST_AREAS or np.linalg.matrix_rank(design) < design.shape[1]:
        return tuple(_residual(grouping, g, missing("too_few", n=int(kept.sum())), policy) for g in others)
    model = sm.GLM(surveyed.reports[kept], design, family=sm.families.Poisson(),
                   offset=np.log(surveyed.per[kept]))  # fmt: skip
    fitted = model.fit(cov_type="HC1")
    reach = stats.t.ppf((1 + policy.tolerances.confidence_level) / 2, freedom)
    return tuple(
        _residual(
            grouping, g, _ratio(fitted.params[i], reach * fitted.bse[i], int(kept.sum()), policy), policy
        )
        for i, g in enumerate(others)
    )


def _ratio(log: float, reach: float, areas: int, policy: Policy) -> Figure:
    low, value, high = (float(np.exp(np.clip(part, -50, 50))) for part in (log - reach, log, log + reach))
    return Figure(value=value, lower=low, upper=high, level=policy.tolerances.confidence_level, n=areas)


def _residual(grouping: Grouping, group: int, ratio: Figure, policy: Policy) -> ConditionResidual:
    bounds = None if ratio.lower is None or ratio.upper is None else (ratio.lower, ratio.upper)
    return ConditionResidual(
        attribute=grouping.attribute,
        group=grouping.groups[group],
        reference_group=grouping.reference_group,
        ratio=ratio,
        verdict=judge(bounds, bounds, policy.tolerances.reporting_ratio),
    )
