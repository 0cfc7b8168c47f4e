"""Do the labels measure need, or who reports? The duplicate-report model.

Once an incident is reported, it is known to exist. How often it is reported again, per day that it is
left standing, is the rate at which people there report (Liu, Bhandaram & Garg, Nature Computational
Science 2024). Reports per resident or per road cannot tell reporting from need; they may even say the
opposite. What is estimated is the rate among incidents that were reported at least once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from civic_ai.audit.contrasts import Contrasts, events_needed, judge, worst_of
from civic_ai.audit.incidents import Incidents
from civic_ai.audit.rates import effective_number, few_clusters
from civic_ai.evaluation.uncertainty import Interval
from civic_ai.panel.groups import Grouping
from civic_ai.records.figure import Figure, Verdict, missing
from civic_ai.records.policy import Policy
from civic_ai.records.reporting import ReportingBias, ReportingGroup

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_DRAWS = 4000


@dataclass(frozen=True, eq=False)
class Watched:
    """Sums over the incidents of each pair of area and type; enough for the whole model.

    The rate is the same for all incidents of an area and type, so the likelihood, its clustered
    covariance and the dispersion need only these sums: ``days``, ``repeats`` and ``squares`` (repeats^2 /
    days), with ``incidents`` behind them. ``area`` and ``kind`` are codes from 0.
    """

    area: Integers
    kind: Integers
    incidents: Floats
    days: Floats
    repeats: Floats
    squares: Floats

    def where(self, kept: NDArray[np.bool_]) -> Watched:
        """The pairs that are marked."""
        return Watched(
            self.area[kept],
            self.kind[kept],
            self.incidents[kept],
            self.days[kept],
            self.repeats[kept],
            self.squares[kept],
        )


def watch(incidents: Incidents, area: Integers, kind: Integers) -> Watched:
    """The sums of ``incidents``; ``area`` and ``kind`` are codes, one an incident."""
    kinds = int(kind.max(initial=0)) + 1
    pairs, inverse = np.unique(area * kinds + kind, return_inverse=True)

    def total(values: Floats) -> Floats:
        summed: Floats = np.bincount(inverse, values, len(pairs)).astype(np.float64)
        return summed

    repeats = incidents.repeats.astype(np.float64)
    return Watched(
        area=pairs // kinds,
        kind=pairs % kinds,
        incidents=total(np.ones(len(area))),
        days=total(incidents.days),
        repeats=total(repeats),
        squares=total(repeats**2 / incidents.days),
    )


@dataclass(frozen=True, eq=False)
class Fit:
    """Log rate ratios to the reference group, one entry a group of the attribute (0 for the reference).

    ``covariance`` is clustered by area; NaN where a group has no repeat reports. ``dispersion`` is
    Pearson's chi-squared over its degrees of freedom, over single incidents.
    """

    log_ratio: Floats
    covariance: Floats
    dispersion: float


def fit_reporting(watched: Watched, grouping: Grouping) -> Fit:
    """Poisson regression with log link and offset log days, on group shares and type.

    ``grouping`` is over areas, in the order of the area codes. Types and groups without any repeat report
    say nothing about ratios; they are left out, with the areas where such a group lives.
    """
    kept, measured, design = regression(watched, grouping)
    groups = len(grouping.groups)
    log_ratio, covariance = np.full(groups, np.nan), np.full((groups, groups), np.nan)
    log_ratio[grouping.reference] = 0.0
    if not measured:
        return Fit(log_ratio, covariance, float("nan"))
    model = sm.GLM(kept.repeats, design, family=sm.families.Poisson(), offset=np.log(kept.days))
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": kept.area, "use_correction": False})
    log_ratio[measured] = fitted.params[: len(measured)]
    covariance[np.ix_(measured, measured)] = fitted.cov_params()[: len(measured), : len(measured)]
    return Fit(log_ratio, covariance, _dispersion(kept, np.exp(design @ fitted.params), design.shape[1]))


def regression(watched: Watched, grouping: Grouping) -> tuple[Watched, list[int], Floats]:
    """The pairs that can be compared, the positions of groups that have a ratio, and the columns: their
    shares, then a column a type. No groups where the reference group has no repeat report."""
    shares = grouping.shares
    silent = (shares[watched.area].T @ watched.repeats) <= 0
    lively = np.bincount(watched.kind, watched.repeats) > 0
    kept = watched.where(lively[watched.kind] & ~(shares[watched.area][:, silent] > 0).any(axis=1))
    others = (g for g in range(len(grouping.groups)) if g != grouping.reference and not silent[g])
    measured = [] if silent[grouping.reference] else list(others)
    return kept, measured, np.column_stack([shares[kept.area][:, measured], _indicators(kept.kind)])


def _indicators(kind: Integers) -> Floats:
    """One column a type, which together stand for the intercept."""
    columns: Floats = (kind[:, None] == np.unique(kind)).astype(np.float64)
    return columns


def _dispersion(watched: Watched, rate: Floats, parameters: int) -> float:
    """Pearson's chi-squared / (n - p) over incidents, each with mean rate x days, from the sums."""
    squares = watched.squares / rate - 2 * watched.repeats + rate * watched.days
    return float(squares.sum() / max(watched.incidents.sum() - parameters, 1.0))


def judge_reporting(
    watched: Watched, groupings: Sequence[Grouping], policy: Policy, *, seed: int
) -> ReportingBias:
    """Reporting rate of every group against the reference group's, over all attributes as one family."""
    fits = [fit_reporting(watched, grouping) for grouping in groupings]
    rng = np.random.default_rng(seed)
    parts = [_part(watched, grouping, fit, rng) for grouping, fit in zip(groupings, fits, strict=True)]
    contrasts = Contrasts(
        log_ratio=np.concatenate([part.log_ratio for part in parts]),
        error=np.concatenate([part.error for part in parts]),
        freedom=np.concatenate([part.freedom for part in parts]),
        draws=np.concatenate([part.draws for part in parts], axis=1),
    )
    level = policy.tolerances.confidence_level
    intervals = iter(zip(contrasts.own(level), contrasts.joint(level), strict=True))
    groups = tuple(
        _reporting_group(part, i, next(intervals), policy) for part in parts for i in range(len(part.groups))
    )
    deciding = {
        (part.grouping.attribute, group)
        for part in parts
        for group in part.grouping.deciding_groups(part.incidents)
    }
    dispersions = [fit.dispersion for fit in fits if np.isfinite(fit.dispersion)]
    verdict = worst_of([item.verdict for item in groups if (item.attribute, item.group) in deciding])
    return ReportingBias(
        method="duplicates",
        verdict=verdict,
        of_groups=verdict,
        groups=groups,
        incidents=int(watched.incidents.sum()),
        duplicates=int(watched.repeats.sum()),
        dispersion=max(dispersions, default=None),
    )


def not_examined(why: str, method: str = "duplicates") -> ReportingBias:
    """Reporting bias that could not be examined, with the reason. Unknown never passes."""
    return ReportingBias(method=method, verdict="unknown", why_unknown=why)


@dataclass(frozen=True, eq=False)
class _Part(Contrasts):
    """The contrasts of one attribute, with the incidents and repeat reports of each side."""

    grouping: Grouping
    groups: tuple[int, ...]
    incidents: Floats
    repeats: Floats


def _part(watched: Watched, grouping: Grouping, fit: Fit, rng: np.random.Generator) -> _Part:
    shares = grouping.shares[watched.area]
    incidents, repeats = shares.T @ watched.incidents, shares.T @ watched.repeats
    by_area = np.array([np.bincount(watched.area, column) for column in (shares.T * watched.incidents)]).T
    areas, reference = effective_number(by_area), grouping.reference
    groups = tuple(g for g in range(len(areas)) if g != reference)
    chosen = list(groups)
    fewest = np.minimum(areas[chosen], areas[reference])
    clustered = np.sqrt(np.diag(fit.covariance)[chosen]) * few_clusters(fewest)
    alone = np.sqrt(1 / (repeats[chosen] + 0.5) + 1 / (repeats[reference] + 0.5))
    return _Part(
        log_ratio=fit.log_ratio[chosen],
        error=np.maximum(clustered, alone),
        freedom=fewest - 1,
        draws=_draws(fit.covariance[np.ix_(chosen, chosen)], rng),
        grouping=grouping,
        groups=groups,
        incidents=incidents,
        repeats=repeats,
    )


def _draws(covariance: Floats, rng: np.random.Generator) -> Floats:
    """(draws, ratios): normal draws with the correlation of the ratios; 0 for those not measured."""
    drawn = np.zeros((_DRAWS, len(covariance)))
    known = np.flatnonzero(np.isfinite(np.diag(covariance)) & (np.diag(covariance) > 0))
    if known.size:
        part = covariance[np.ix_(known, known)]
        scale = np.sqrt(np.diag(part))
        values, vectors = np.linalg.eigh(part / np.outer(scale, scale))
        root = vectors * np.sqrt(np.clip(values, 0, None))
        drawn[:, known] = rng.standard_normal((_DRAWS, known.size)) @ root.T
    return drawn


def _reporting_group(
    part: _Part, i: int, intervals: tuple[Interval | None, Interval | None], policy: Policy
) -> ReportingGroup:
    group, grouping = part.groups[i], part.grouping
    repeats = (float(part.repeats[group]), float(part.repeats[grouping.reference]))
    tolerance = policy.tolerances.reporting_ratio
    verdict: Verdict = "insufficient_evidence"
    if min(repeats) >= policy.limits.group_events:
        verdict = judge(*intervals, tolerance)
    needed = None
    if verdict == "insufficient_evidence":
        needed = events_needed(float(part.log_ratio[i]), float(part.error[i]), repeats, tolerance)
    own, joint = (_ratio(part, i, interval, policy) for interval in intervals)
    return ReportingGroup(
        attribute=grouping.attribute,
        group=grouping.groups[group],
        reference_group=grouping.reference_group,
        ratio=own,
        joint=joint,
        incidents=round(float(part.incidents[group])),
        duplicates=round(repeats[0]),
        verdict=verdict,
        needed=None if needed is None else max(needed, policy.limits.group_events),
    )


def _ratio(part: _Part, i: int, interval: Interval | None, policy: Policy) -> Figure:
    n = round(float(part.incidents[part.groups[i]]))
    if not np.isfinite(part.log_ratio[i]):
        return missing("no_duplicates", n=n)
    lower, upper = interval or (None, None)
    return Figure(
        value=float(np.exp(part.log_ratio[i])),
        lower=lower,
        upper=upper,
        level=policy.tolerances.confidence_level,
        n=n,
    )
