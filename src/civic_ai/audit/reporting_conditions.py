"""The conditions on which the duplicate-report model rests: which can be checked, and whether they hold.

The conditions are those of Liu, Bhandaram & Garg (2024), as METHODS 1.1 states them. A condition matters here
only as far as it moves the ratio of two groups. So each check looks at the same ratio another way (a shorter
watch, the late part of the watch, without links that come by chance) and judges the factor between both like
any ratio: inside the tolerance it holds, outside it is broken, else there is too little to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from civic_ai.audit.contrasts import judge, worst_of
from civic_ai.audit.duplicates import Cases, Reported, Setting, find_cases
from civic_ai.audit.incidents import LEAST_DAYS, Incidents
from civic_ai.audit.linkage import links_by_chance
from civic_ai.audit.reporting import Fit, fit_reporting, watch
from civic_ai.evaluation.uncertainty import Interval
from civic_ai.panel.groups import Grouping
from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.policy import Policy
from civic_ai.records.reporting import ConditionState, ReportingCondition

Floats = NDArray[np.float64]
_STATES: dict[Verdict, ConditionState] = {"pass": "holds", "fail": "broken"}
OTHER_LENGTHS = (30.0, 200.0)
"""Days of watch that are tried beside 100 (Liu et al. 2024)."""


@dataclass(frozen=True, eq=False)
class Change:
    """How the log ratio of each group moves when it is looked at another way, and the error of that."""

    log: Floats
    error: Floats


def fit_cases(cases: Cases, grouping: Grouping) -> Fit:
    """The duplicate-report model on watched incidents; ``grouping`` is over ``cases.areas``."""
    return fit_reporting(watch(cases.incidents, cases.area, cases.kind), grouping)


def nested_change(whole: Fit, part: Fit) -> Change:
    """From a fit to one on other parts of the same reports; the errors nearly cancel (Hausman 1978)."""
    variances = np.diag(whole.covariance), np.diag(part.covariance)
    return Change(part.log_ratio - whole.log_ratio, np.sqrt(np.abs(variances[0] - variances[1])))


def separate_change(one: Fit, other: Fit) -> Change:
    """Between fits on repeat reports that do not overlap."""
    errors = np.sqrt(np.diag(one.covariance) + np.diag(other.covariance))
    return Change(other.log_ratio - one.log_ratio, errors)


@dataclass(frozen=True, eq=False)
class Conditions:
    """What the checks look at. ``fit`` is the one that decides; ``grouping`` is over ``cases.areas``."""

    reported: Reported
    cases: Cases
    fit: Fit
    grouping: Grouping
    policy: Policy

    def check(self) -> tuple[ReportingCondition, ...]:
        """Every condition with its state and how the data speak to it."""
        made = [
            self._stopping_time(),
            _unchecked("incident_alive_while_watched", "nobody_looked"),
            self._constant_rate(),
            self._linked_alike(),
            self._callers(),
            _unchecked("incidents_alike_within_type", "no_severity"),
        ]
        return tuple(made if self.reported.located is None else [*made, self._chance_links()])

    def _stopping_time(self) -> ReportingCondition:
        """Watches of at most 30 and of at most 200 days give the same ratios."""
        name = "watch_ends_at_stopping_time"
        if not np.isfinite(self.reported.ended).any():
            return _unchecked(name, "no_end")
        others = [find_cases(self.reported, Setting(most_days=days)) for days in OTHER_LENGTHS]
        changes = [nested_change(self.fit, fit_cases(cases, self.grouping)) for cases in others]
        return self._judge(name, "other_watch_lengths", changes)

    def _constant_rate(self) -> ReportingCondition:
        """The early part of the watch, up to its median length, gives the same ratios as the late part."""
        early, late = early_and_late(self.reported, self.cases)
        change = separate_change(fit_cases(early, self.grouping), fit_cases(late, self.grouping))
        return self._judge("constant_rate_while_watched", "early_and_late", [change])

    def _linked_alike(self) -> ReportingCondition:
        """Reports of every group have a number or a place equally often."""
        shares = self.grouping.shares[self._area_of_reports()]
        change = log_shares(shares, self.reported.is_linkable, self.grouping.reference)
        return self._judge("duplicates_linked_equally_well", "share_linkable", [change])

    def _callers(self) -> ReportingCondition:
        """Repeat calls are left out where callers are told apart; then it is seen how much they mattered."""
        name = "repeat_callers_not_told_apart"
        if (self.reported.caller < 0).all():
            return _unchecked(name, "no_caller")
        with_them = find_cases(self.reported, Setting(), each_caller_once=False)
        seen, group = self._worst([nested_change(self.fit, fit_cases(with_them, self.grouping))])
        return ReportingCondition(name=name, state="holds", how="callers_left_out", seen=seen, group=group)

    def _chance_links(self) -> ReportingCondition:
        """Links that come by chance, where problems lie close together, are as frequent in every group."""
        assert self.reported.located is not None
        links, chance = links_by_chance(self.reported.located)
        if not np.isfinite(chance).all():
            return _unchecked("links_are_repeats", "too_short")
        shares = self.grouping.shares[self._area_of_reports()[self.reported.is_linkable]]
        change = without_chance(shares.T @ links, shares.T @ chance, self.grouping.reference)
        return self._judge("links_are_repeats", "a_year_apart", [change])

    def _area_of_reports(self) -> NDArray[np.int64]:
        """(reports,): position of each report's area in ``cases.areas``, which is sorted and complete."""
        return np.searchsorted(np.array(self.cases.areas), self.reported.area).astype(np.int64)

    def _judge(self, name: str, how: str, changes: Sequence[Change]) -> ReportingCondition:
        verdict = worst_of([verdict for change in changes for verdict in self._verdicts(change)])
        seen, group = self._worst(changes)
        state = _STATES.get(verdict, "not_checked")
        told = how if state != "not_checked" else "too_few"
        return ReportingCondition(name=name, state=state, how=told, seen=seen, group=group)

    def _verdicts(self, change: Change) -> list[Verdict]:
        """Of each group; a whole family of checks breaks a condition as rarely as one would."""
        deciding = self._deciding()
        bounds = [
            normal_bounds((change.log[g], change.error[g]), self.policy, len(deciding)) for g in deciding
        ]
        return [_verdict(own, joint, self.policy.tolerances.reporting_ratio) for own, joint in bounds]

    def _deciding(self) -> list[int]:
        """Positions of the groups that decide, without the reference group."""
        watched = self.grouping.shares[self.cases.area].sum(axis=0)
        names = self.grouping.deciding_groups(watched)
        return [i for i, g in enumerate(self.grouping.groups) if g in names and i != self.grouping.reference]

    def _worst(self, changes: Sequence[Change]) -> tuple[Figure | None, str | None]:
        """The factor furthest from 1, and its group; None where none could be measured."""
        known = [
            (abs(float(change.log[g])), g, i)
            for i, change in enumerate(changes)
            for g in self._deciding()
            if np.isfinite(change.log[g]) and np.isfinite(change.error[g])
        ]
        if not known:
            return None, None
        _, group, at = max(known)
        log, error = changes[at].log[group], changes[at].error[group]
        n = round(float(self.grouping.shares[self.cases.area][:, group].sum()))
        return ratio_figure((float(log), float(error)), n, self.policy), self.grouping.groups[group]


def ratio_figure(estimate: tuple[float, float], n: int, policy: Policy) -> Figure:
    """A ratio with its own interval, from its log and error."""
    (lower, upper), _ = normal_bounds(estimate, policy, 1)
    level = policy.tolerances.confidence_level
    return Figure(value=float(np.exp(estimate[0])), lower=lower, upper=upper, level=level, n=n)


def normal_bounds(estimate: tuple[float, float], policy: Policy, family: int) -> tuple[Interval, Interval]:
    """Intervals of a ratio from its log and error: its own, and one for a family at once (Bonferroni)."""
    (log, error), level = estimate, policy.tolerances.confidence_level
    reach = (stats.norm.ppf((1 + level) / 2), stats.norm.ppf(1 - (1 - level) / 2 / max(family, 1)))
    own, joint = ((float(np.exp(log - z * error)), float(np.exp(log + z * error))) for z in reach)
    return own, joint


def _verdict(own: Interval, joint: Interval, tolerance: float) -> Verdict:
    """As any ratio is judged; insufficient evidence where it could not be measured."""
    measured = bool(np.isfinite([*own, *joint]).all())
    return judge(own, joint, tolerance) if measured else "insufficient_evidence"


def early_and_late(reported: Reported, cases: Cases) -> tuple[Cases, Cases]:
    """The watch cut at its median length, which is the same for all incidents and so knows no future.

    Cutting each watch at its own middle would not do: where the watch ends some days after the last linked
    report, its second half is silent by construction.
    """
    cut = max(float(np.median(cases.incidents.days)), 2 * LEAST_DAYS)
    early = find_cases(reported, Setting(most_days=cut))
    days = cases.incidents.days - early.incidents.days
    repeats = cases.incidents.repeats - early.incidents.repeats
    left = days >= LEAST_DAYS
    late = Incidents(cases.incidents.first[left], days[left], repeats[left])
    return early, Cases(late, cases.area[left], cases.kind[left], cases.areas, cases.largest)


def log_shares(shares: Floats, flags: NDArray[np.bool_], reference: int) -> Change:
    """Log ratio of each group's share of flagged rows to the reference group's (Katz et al. 1978)."""
    rows, marked = shares.sum(axis=0), shares.T @ flags.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        log, variance = np.log(marked / rows), 1 / marked - 1 / rows
    return Change(log - log[reference], np.sqrt(np.maximum(variance + variance[reference], 0.0)))


def without_chance(links: Floats, chance: Floats, reference: int) -> Change:
    """Log of what the ratio is multiplied by without links by chance; their counts are Poisson.

    ``chance`` is half of a count of pairs (:func:`civic_ai.audit.linkage.links_by_chance`), so its variance
    is half of itself.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        left = 1 - chance / links
        log = np.log(np.where(left > 0, left, np.nan))
        relative = np.where(chance > 0, 1 / (2 * chance), 0.0) + 1 / links
        variance = (chance / links / left) ** 2 * relative
    return Change(log - log[reference], np.sqrt(variance + variance[reference]))


def _unchecked(name: str, how: str) -> ReportingCondition:
    return ReportingCondition(name=name, state="not_checked", how=how)
