"""Reporting of one event that struck the city: odds of reporting by group, from who is struck next door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civic_ai.audit.contrasts import Contrasts, judge, worst_of
from civic_ai.audit.duplicates import Reported
from civic_ai.audit.neighbours import Drawn, draw_posterior
from civic_ai.audit.reporting import not_examined
from civic_ai.audit.reporting_places import Places
from civic_ai.panel.groups import Grouping, area_grouping
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.figure import Figure
from civic_ai.records.policy import Policy
from civic_ai.records.reporting import NeighbourFit, ReportingBias, ReportingCondition, ReportingGroup

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CONDITIONS = ("struck_alike_next_door", "groups_differ_in_reporting_only", "who_reported_was_struck")
"""What must hold for the odds to mean reporting (Agostini et al. 2024); none can be read off one event."""


def examine_event(
    spec: PilotSpec, tables: Mapping[str, Any], reported: Reported, policy: Policy, places: Places | None
) -> ReportingBias:
    """Odds that a struck area reports, by group; unknown without polygons, or where all areas did alike."""
    asked = spec.audit.reporting
    if places is None or places.polygons is None or asked.attribute is None:
        return not_examined("no_neighbours", asked.method)
    names, touching = places.touching()
    told = _who_reported(spec, reported, names)
    if told.all() or not told.any():
        return not_examined("no_difference", asked.method)
    grouping = area_grouping(spec, asked.attribute, tables, list(names))
    others = [g for g in range(len(grouping.groups)) if g != grouping.reference]
    drawn = draw_posterior(told, grouping.shares[:, others], touching, seed=spec.seed)
    groups = _groups(grouping, others, drawn, told, policy)
    areas = grouping.shares.sum(axis=0)
    deciding = grouping.deciding_groups(areas)
    verdict = worst_of([item.verdict for item in groups if item.group in deciding])
    return ReportingBias(
        method=asked.method,
        verdict=verdict,
        of_groups=verdict,
        groups=groups,
        incidents=len(names),
        duplicates=int(told.sum()),
        conditions=tuple(
            ReportingCondition(name=name, state="not_checked", how="one_event") for name in CONDITIONS
        ),
        neighbours=NeighbourFit(
            areas=len(names),
            reported=int(told.sum()),
            clustering=_figure(drawn.field[:, 1], policy, len(names)),
            struck=_figure(drawn.struck, policy, len(names)),
        ),
    )


def _who_reported(spec: PilotSpec, reported: Reported, names: tuple[str, ...]) -> Flags:
    """(areas,): whether any report came from an area on the days of the event."""
    event = spec.audit.reporting.event
    assert event is not None
    first, after = (_day(reported, day) for day in (event.first, event.last))
    within = (reported.at >= first) & (reported.at < after + 1)
    told = set(reported.area[within].tolist())
    return np.array([name in told for name in names])


def _day(reported: Reported, day: date) -> float:
    """Midnight of a day, in days from the first report."""
    return float((day - date(1970, 1, 1)).days) - reported.start


def _groups(
    grouping: Grouping, others: list[int], drawn: Drawn, told: Flags, policy: Policy
) -> tuple[ReportingGroup, ...]:
    logs = drawn.slopes[:, 1:]
    areas, reporters = grouping.shares.sum(axis=0), grouping.shares.T @ told
    error = logs.std(axis=0)
    contrasts = Contrasts(
        logs.mean(axis=0), error, np.full(len(others), 1e9), (logs - logs.mean(axis=0)) / error
    )
    level = policy.tolerances.confidence_level
    made = []
    for i, (own, joint) in enumerate(zip(contrasts.own(level), contrasts.joint(level), strict=True)):
        group, n = others[i], round(float(areas[others[i]]))
        figures = [Figure(value=float(np.exp(contrasts.log_ratio[i])), lower=part and part[0],
                          upper=part and part[1], level=level, n=n) for part in (own, joint)]  # fmt: skip
        made.append(
            ReportingGroup(
                attribute=grouping.attribute,
                group=grouping.groups[group],
                reference_group=grouping.reference_group,
                ratio=figures[0],
                joint=figures[1],
                incidents=n,
                duplicates=round(float(reporters[group])),
                verdict=judge(own, joint, policy.tolerances.reporting_ratio),
            )
        )
    return tuple(made)


def _figure(draws: Floats, policy: Policy, areas: int) -> Figure:
    level = policy.tolerances.confidence_level
    lower, upper = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Figure(value=float(draws.mean()), lower=float(lower), upper=float(upper), level=level, n=areas)
