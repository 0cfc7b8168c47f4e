"""Whom it serves, against reports and against need: the same metrics, side by side.

A model that learns from reports can look even against reports and be uneven against need, for where fewer
problems are reported, fewer are predicted and fewer count as missed. Need is estimated as reports / P, where
P is the share of an area's problems that is ever reported (``reported_share``; Liu, Bhandaram & Garg 2024).
Each report then stands for 1 / P problems, as an answer to a survey stands for the people who were not asked
(Horvitz & Thompson, JASA 1952): the sum over any places is right on average, however they were chosen
before. For a label of events this is so where a unit rarely has two problems in one horizon; else need is
overstated where little is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from civic_ai.audit.area_reporting import AreaReporting
from civic_ai.audit.audited import Audited, audit_measured
from civic_ai.audit.bootstrap import Integers
from civic_ai.audit.cells import CELLS, Floats, forecast_cells, list_cells
from civic_ai.audit.disparity import Measured, measure
from civic_ai.audit.given import Given
from civic_ai.audit.measured import Measurement
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.need_sums import NEED_METRICS, Corrected, correct
from civic_ai.audit.reported_share import ReportedShares, codes_in, lives_of
from civic_ai.evaluation.chance import visit_chance
from civic_ai.records.audit import Disparity, GroupFigure
from civic_ai.records.figure import Figure, missing
from civic_ai.records.need import (
    Against,
    NeedAtLife,
    NeedAudit,
    NeedFigure,
    NeedRatio,
    NeedVerdict,
    ReportedShare,
)
from civic_ai.records.policy import Policy

Families = dict[str, list[Measured]]
"""By metric: one entry an attribute."""


def audit_need(given: Given, made: Measurement, reporting: AreaReporting | str, policy: Policy) -> NeedAudit:
    """The champion's groups against reports and against need; ``why_unknown`` where need cannot be told.

    ``reporting``: how fast each area reports, or why that is not known.
    """
    if isinstance(reporting, str):
        return NeedAudit(why_unknown=reporting)
    counted = _Counted(given, made, reporting)
    if not counted.metrics:
        return NeedAudit(why_unknown="no_metric_counts_cases")
    life = reporting.life_days
    by_reports = _judged(counted.against_reports(), policy)
    by_life = {days: counted.corrected(reporting.rates.shares(days)) for days in lives_of(life)}
    by_need = {days: _judged(part.families, policy) for days, part in by_life.items()}
    verdicts = tuple(_verdict(name, by_reports, by_need, life) for name in counted.metrics)
    level = policy.tolerances.confidence_level
    return NeedAudit(
        life_days=life,
        reported=by_life[life].city_share(level),
        shares=by_life[life].group_shares(level),
        figures=(*_figures(by_reports, "reports"), *_figures(by_need[life], "need")),
        ratios=(*_ratios(by_reports, "reports"), *_ratios(by_need[life], "need")),
        verdicts=verdicts,
        lives=tuple(
            NeedAtLife(
                life_days=days,
                reported=by_life[days].city_share(level),
                ratios=tuple(_ratios(by_need[days], "need")),
            )
            for days in by_life
            if days != life
        ),
        changes_a_verdict=any(verdict.need != verdict.reports for verdict in verdicts),
    )


def _judged(families: Families, policy: Policy) -> dict[str, Audited]:
    """Every metric judged by itself."""
    return {name: audit_measured({name: family}, (name,), policy) for name, family in families.items()}


def _verdict(
    metric: str, by_reports: Mapping[str, Audited], by_need: Mapping[int, Mapping[str, Audited]], life: int
) -> NeedVerdict:
    need = by_need[life][metric].worst_verdict
    others = tuple(made[metric].worst_verdict for days, made in by_need.items() if days != life)
    return NeedVerdict(
        metric=metric,
        reports=by_reports[metric].worst_verdict,
        need=need,
        over_lives=others,
        is_stable=all(verdict == need for verdict in others),
    )


@dataclass(frozen=True, eq=False)
class _Counted:
    """What the list or forecast adds up to, and how to count it against need."""

    given: Given
    made: Measurement
    reporting: AreaReporting

    @property
    def metrics(self) -> list[str]:
        """Those that the audit measured, of those that count cases."""
        measured = {item.metric for item in self.made.audited.groups}
        return [name for name in NEED_METRICS if name in measured]

    @cached_property
    def area(self) -> Integers:
        """(units,): the code of each unit's area among those with a rate."""
        return codes_in(self.reporting.names, self.given.areas)

    @cached_property
    def cells(self) -> Floats:
        """(units, cells): the sums of each unit, of reports."""
        given = self.given
        rows, units = given.scored(given.tested()), given.units.num_rows
        if given.evaluation.capacity is None:
            return forecast_cells(rows, units)
        return list_cells(rows, visit_chance(rows.day, rows.score, given.evaluation.capacity), units)

    def against_reports(self) -> Families:
        """The same figures as the audit itself."""
        return {name: measure(self.made.sums, METRICS[name], self.made.period) for name in self.metrics}

    def corrected(self, shares: ReportedShares) -> _Corrected:
        """Everything counted anew with each report as 1 / share problems."""
        return _Corrected(self.against_reports(), correct(self.given, self.cells, shares, self.area))


@dataclass(frozen=True, eq=False)
class _Corrected:
    """Metrics against need: what they rest on is still counted in reports."""

    reports: Families
    made: Corrected

    @property
    def families(self) -> Families:
        """Every metric, with the error of resampled places and that of the reporting rates together."""
        return {name: self.made.measured(family) for name, family in self.reports.items()}

    def city_share(self, level: float) -> Figure:
        """The share of all problems in the city that is ever reported."""
        return self._share(0, -1, level)

    def group_shares(self, level: float) -> tuple[ReportedShare, ...]:
        """The same where each group lives."""
        return tuple(
            ReportedShare(attribute=part.grouping.attribute, group=group, figure=self._share(i, g, level))
            for i, part in enumerate(self.made.sums)
            for g, group in enumerate(part.grouping.groups)
        )

    def _share(self, i: int, group: int, level: float) -> Figure:
        measured = next(iter(self.reports.values()))[i].sums
        events, reports = CELLS.index("events"), measured.totals[group, CELLS.index("events")]
        n = round(float(measured.counts[:, events].sum() if group < 0 else measured.counts[group, events]))
        if reports <= 0:
            return missing("no_events", n=n)
        drawn = reports / self.made.drawn[i].replicates[:, group, events]
        lower, upper = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        value = float(reports / self.made.sums[i].totals[group, events])
        return Figure(
            value=value, lower=min(float(lower), value), upper=max(float(upper), value), level=level, n=n
        )


def _ratios(made: Mapping[str, Audited], against: Against) -> Iterator[NeedRatio]:
    for audited in made.values():
        for item in audited.disparities:
            yield NeedRatio(against=against, **_shared(item, NeedRatio))


def _figures(made: Mapping[str, Audited], against: Against) -> Iterator[NeedFigure]:
    for audited in made.values():
        for item in audited.groups:
            yield NeedFigure(against=against, **_shared(item, NeedFigure))


def _shared(item: Disparity | GroupFigure, into: type[NeedRatio] | type[NeedFigure]) -> dict[str, Any]:
    """The fields that both records have."""
    return {name: getattr(item, name) for name in type(item).model_fields if name in into.model_fields}
