"""Do the labels measure need, or who reports? The whole examination of a pilot, from its tables to a record.

The plain duplicate-report model with errors clustered by area decides (:mod:`civic_ai.audit.reporting`).
Everything else says how far that can be relied on: other settings, lost links, zero inflation, the stated
conditions, a survey of the condition itself. Where the data contradict a condition, or where another
reasonable linkage says otherwise, the verdict is insufficient evidence: such data neither clear nor accuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from civic_ai.audit.all_problems import rates_of
from civic_ai.audit.contrasts import judge
from civic_ai.audit.duplicates import (
    Cases,
    Reported,
    Setting,
    area_column,
    find_cases,
    read_reports,
    repeats_alone,
)
from civic_ai.audit.inflation import fit_inflated
from civic_ai.audit.linkage import links_by_chance
from civic_ai.audit.lost_links import Links
from civic_ai.audit.one_event import examine_event
from civic_ai.audit.reporting import Fit, Watched, judge_reporting, not_examined, watch
from civic_ai.audit.reporting_conditions import (
    OTHER_LENGTHS,
    Conditions,
    fit_cases,
    normal_bounds,
    ratio_figure,
)
from civic_ai.audit.reporting_places import Places, compare_condition, map_rates
from civic_ai.panel.groups import Grouping, area_grouping
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.figure import Verdict
from civic_ai.records.policy import Policy
from civic_ai.records.reporting import (
    AllProblems,
    LinkedReports,
    OtherSetting,
    ReportingBias,
    ReportingCondition,
    ReportingGroup,
    ZeroInflation,
)

_HALF_AND_DOUBLE = {"half": 0.5, "same": 1.0, "double": 2.0}


def examine_reporting(
    spec: PilotSpec, tables: Mapping[str, Any], policy: Policy, places: Places | None = None
) -> ReportingBias:
    """Reporting rates by group of the declared attribute; ``unknown`` with the reason where it cannot be.

    ``places``: where areas lie and where tables are kept; without it there are no maps. Reasons:
    ``not_asked``, ``no_incident_column``, ``no_place_columns``, ``no_area_column``, ``no_duplicates``,
    ``no_neighbours``.
    """
    asked = spec.audit.reporting
    if asked.method == "none" or asked.source is None or asked.attribute is None:
        return not_examined("not_asked", "none")
    table = tables[asked.source]
    why = _why_not(spec, table)
    if why is not None:
        return not_examined(why, asked.method)
    reported = read_reports(spec, table, area_column(spec, table) or "")
    if asked.method == "neighbours":
        return examine_event(spec, tables, reported, policy, places)
    cases = find_cases(reported, Setting())
    if not cases.incidents.repeats.any():
        return not_examined("no_duplicates", asked.method)
    grouping = area_grouping(spec, asked.attribute, tables, cases.places)
    examined = _Examination(spec, policy, reported, cases, grouping)
    made = examined.record()
    if places is None:
        return made
    mapped = map_rates(cases, examined.fit, places, policy)
    condition = compare_condition(spec, tables, reported, mapped, (places, policy))
    return made.model_copy(update={"map": None if mapped is None else mapped.record, "condition": condition})


def _why_not(spec: PilotSpec, table: Any) -> str | None:
    """What the table lacks for the method that the pilot declares; None if nothing."""
    asked = spec.audit.reporting
    if asked.method == "duplicates" and asked.incident not in table.columns:
        return "no_incident_column"
    if asked.linkage is not None and not {asked.linkage.lat, asked.linkage.lon} <= set(table.columns):
        return "no_place_columns"
    return None if area_column(spec, table) is not None else "no_area_column"


@dataclass(frozen=True, eq=False)
class _Examination:
    """One pilot's reports with the incidents of the declared setting; ``grouping`` over ``cases.areas``."""

    spec: PilotSpec
    policy: Policy
    reported: Reported
    cases: Cases
    grouping: Grouping

    @cached_property
    def fit(self) -> Fit:
        """The fit that decides."""
        return fit_cases(self.cases, self.grouping)

    def record(self) -> ReportingBias:
        """The record without maps."""
        made, links = self._judge(self.cases), self._links
        conditions = Conditions(self.reported, self.cases, self.fit, self.grouping, self.policy).check()
        others = {name: self._judge(find_cases(self.reported, setting)) for name, setting in self._settings()}
        linked = self._linked({name: one.verdict for name, one in others.items()}, made.verdict)
        return made.model_copy(
            update={
                "method": self.spec.audit.reporting.method,
                "verdict": final_verdict(
                    made.verdict, conditions, agree=linked is None or linked.settings_agree
                ),
                "conditions": conditions,
                "settings": tuple(
                    _setting(name, item) for name, one in others.items() for item in one.groups
                ),
                "losses": tuple(links.alone_in(made.groups)),
                "losses_everywhere": tuple(links.everywhere(made.groups)),
                "all_problems": self._all_problems(made.groups),
                "linked": linked,
                "inflation": self._inflation(),
            }
        )

    @property
    def _links(self) -> Links:
        """What lost links would do."""
        alone = repeats_alone(self.reported, Setting())
        return Links(_watch(self.cases), _watch(alone), self.grouping)

    def _all_problems(self, groups: Sequence[ReportingGroup]) -> AllProblems | None:
        """The ratios among all problems; None where no life is declared or little is reported four times."""
        life = self.spec.audit.reporting.life_days
        rates = rates_of(self.cases, self.fit, self.grouping, least=self.policy.limits.group_events)
        if life is None or rates is None:
            return None
        return AllProblems(spread=rates.spread, lives=tuple(rates.at_lives(groups, life)))

    def _judge(self, cases: Cases) -> ReportingBias:
        return judge_reporting(_watch(cases), [self.grouping], self.policy, seed=self.spec.seed)

    def _settings(self) -> Iterator[tuple[str, Setting]]:
        """Other lengths of watch, and half and double of both settings of the linkage."""
        yield from ((f"watch_{days:.0f}", Setting(most_days=days)) for days in OTHER_LENGTHS)
        if self.reported.located is None:
            return
        for far, metres in _HALF_AND_DOUBLE.items():
            for long, days in _HALF_AND_DOUBLE.items():
                if (far, long) != ("same", "same"):
                    yield f"metres_{far}_days_{long}", Setting(metres=metres, days=days)

    def _linked(self, verdicts: Mapping[str, Verdict], central: Verdict) -> LinkedReports | None:
        linkage, located = self.spec.audit.reporting.linkage, self.reported.located
        if linkage is None or located is None:
            return None
        links, chance = links_by_chance(located)
        others = [verdict for name, verdict in verdicts.items() if name.startswith("metres_")]
        known = bool(np.isfinite(chance).all()) and links.sum() > 0
        return LinkedReports(
            metres=linkage.metres,
            days=linkage.days,
            located=float(self.reported.is_linkable.mean()),
            by_chance=min(1.0, float(chance.sum() / links.sum())) if known else None,
            largest=self.cases.largest,
            settings_agree=all(verdict == central for verdict in others),
        )

    def _inflation(self) -> ZeroInflation | None:
        """The ratios of the zero-inflated model; None where it does not settle or a group has no repeats."""
        cases, shares, reference = self.cases, self.grouping.shares, self.grouping.reference
        others = [g for g in range(len(self.grouping.groups)) if g != reference]
        repeats = cases.incidents.repeats.astype(np.float64)
        kinds = [kind for kind in np.unique(cases.kind) if repeats[cases.kind == kind].any()]
        kept = np.isin(cases.kind, kinds)
        if (shares[cases.area[kept]].T @ repeats[kept] <= 0).any():
            return None
        design = np.column_stack([shares[cases.area][:, others], *(cases.kind == kind for kind in kinds)])[
            kept
        ]
        made = fit_inflated(
            repeats[kept], cases.incidents.days[kept], design.astype(np.float64), cases.area[kept]
        )
        if made is None:
            return None
        groups = tuple(
            self._inflated_group(group, float(made.beta[i]), float(np.sqrt(made.covariance[i, i])))
            for i, group in enumerate(others)
        )
        return ZeroInflation(never_again=made.share, gain=made.gain, groups=groups)

    def _inflated_group(self, group: int, log: float, error: float) -> OtherSetting:
        n = round(float(self.grouping.shares[self.cases.area][:, group].sum()))
        own, joint = normal_bounds((log, error), self.policy, len(self.grouping.groups) - 1)
        return OtherSetting(
            setting="zero_inflated",
            attribute=self.grouping.attribute,
            group=self.grouping.groups[group],
            ratio=ratio_figure((log, error), n, self.policy),
            verdict=judge(own, joint, self.policy.tolerances.reporting_ratio),
        )


def _watch(cases: Cases) -> Watched:
    return watch(cases.incidents, cases.area, cases.kind)


def _setting(name: str, item: ReportingGroup) -> OtherSetting:
    return OtherSetting(
        setting=name, attribute=item.attribute, group=item.group, ratio=item.ratio, verdict=item.verdict
    )


def final_verdict(of_groups: Verdict, conditions: tuple[ReportingCondition, ...], *, agree: bool) -> Verdict:
    """The groups' verdict; insufficient evidence where a condition is broken or the settings disagree."""
    is_broken = any(condition.state == "broken" for condition in conditions)
    if of_groups in ("pass", "fail") and (is_broken or not agree):
        return "insufficient_evidence"
    return of_groups
