"""From sums to verdicts: every metric in every group, the worst disparity, and a check of what is hidden."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from civic_ai.audit.answer_disclosure import count_small_answers, count_visible_small_answers
from civic_ai.audit.contrasts import worst_of
from civic_ai.audit.disclosure import (
    count_small_cells,
    count_small_figures,
    count_visible_small_cells,
    count_visible_small_figures,
)
from civic_ai.audit.disparity import Measured, group_figures, judge_disparities, measure
from civic_ai.audit.evaluation_suppression import mask_evaluation
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import GroupSums
from civic_ai.audit.suppression import mask_audit
from civic_ai.panel.groups import UNKNOWN
from civic_ai.records.audit import AuditReport, Disparity, GroupFigure, SuppressionCheck, Worst
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.figure import Period, Verdict, missing
from civic_ai.records.policy import Policy


@dataclass(frozen=True)
class Audited:
    """Figures of every group, ratios to the reference groups, and the worst of those that decide."""

    groups: tuple[GroupFigure, ...]
    disparities: tuple[Disparity, ...]
    worst: Worst
    worst_verdict: Verdict


def audit_sums(
    sums: Sequence[GroupSums],
    metrics: Sequence[str],
    leading: Sequence[str],
    period: Period | None,
    policy: Policy,
) -> Audited:
    """Every metric in every group of every attribute, and their verdicts."""
    return audit_measured({name: measure(sums, METRICS[name], period) for name in metrics}, leading, policy)


def audit_measured(
    measured: Mapping[str, Sequence[Measured]], leading: Sequence[str], policy: Policy
) -> Audited:
    """Verdicts on metrics that have been measured: by name, one entry an attribute.

    A small group ``unknown`` is judged, but does not decide the worst verdict (see ``findings``). Where a
    leading metric could not be measured, that verdict is at best unknown.
    """
    level = policy.tolerances.confidence_level
    disparities = {name: judge_disparities(family, policy) for name, family in measured.items()}
    deciding = {
        (part.sums.grouping.attribute, group)
        for family in measured.values()
        for part in family
        for group in part.sums.grouping.deciding_groups(part.events)
    }
    judged = [
        item
        for name in leading
        for item in disparities.get(name, ())
        if (item.attribute, item.group) in deciding
    ]
    unmeasured: list[Verdict] = ["unknown" for name in leading if name not in measured]
    return Audited(
        groups=tuple(
            figure for family in measured.values() for part in family for figure in group_figures(part, level)
        ),
        disparities=tuple(item for family in disparities.values() for item in family),
        worst=worst_disparity(judged),
        worst_verdict=worst_of([item.verdict for item in judged] + unmeasured),
    )


def worst_disparity(judged: Iterable[Disparity]) -> Worst:
    """The ratio furthest from 1 (as a factor) among those with a verdict of pass or fail."""
    decided = [item for item in judged if item.verdict in ("pass", "fail")]
    if not decided:
        return Worst(attribute=None, group=None, metric=None, ratio=missing("too_few"))
    worst = max(decided, key=_distance)
    return Worst(attribute=worst.attribute, group=worst.group, metric=worst.metric, ratio=worst.ratio)


def _distance(item: Disparity) -> float:
    """How far a ratio lies from 1; nothing is further than none at all on one side."""
    return abs(math.log(item.ratio.value)) if item.ratio.value else math.inf


def unchecked(policy: Policy) -> SuppressionCheck:
    """Suppression before it was checked: what is visible is not known."""
    return SuppressionCheck(minimum=policy.suppression.minimum, small_cells=0, visible_small_cells=None)


def check_suppression(report: AuditReport, policy: Policy) -> AuditReport:
    """The report with what its public version would show of small counts, counted (must be 0).

    Where the group of no unit is known, nobody can say who stands in the figures: then the count is None.
    """
    minimum = policy.suppression.minimum
    check = SuppressionCheck(
        minimum=minimum,
        small_cells=count_small_cells(report, minimum),
        visible_small_cells=count_visible_small_cells(report, mask_audit(report, policy), minimum)
        if _knows_a_group(report)
        else None,
    )
    return report.model_copy(update={"suppression": check})


def check_figures(report: AuditReport, evaluation: Evaluation, policy: Policy) -> AuditReport:
    """The report with the small counts of the evaluation it rests on counted too."""
    minimum, check = policy.suppression.minimum, report.suppression
    masked, known = mask_evaluation(evaluation, policy), check.visible_small_cells
    visible = count_visible_small_figures(evaluation, masked, minimum)
    visible += count_visible_small_answers(evaluation, masked, minimum)
    small = count_small_figures(evaluation, minimum) + count_small_answers(evaluation, minimum)
    counted = {
        "small_cells": check.small_cells + small,
        "visible_small_cells": None if known is None else known + visible,
    }
    return report.model_copy(update={"suppression": check.model_copy(update=counted)})


def _knows_a_group(report: AuditReport) -> bool:
    return any(count.group != UNKNOWN and count.rows for count in report.counts)
