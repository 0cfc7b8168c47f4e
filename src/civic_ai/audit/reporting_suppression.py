"""What the public may see of how the verdict on reporting came about, beyond the groups' own ratios."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from civic_ai.audit.protection import is_small
from civic_ai.records.figure import Figure, missing
from civic_ai.records.policy import Policy
from civic_ai.records.reporting import (
    AllProblems,
    ConditionComparison,
    ConditionResidual,
    LinkageLoss,
    LinkedReports,
    OtherSetting,
    RatioAtLife,
    ReportingBias,
    ReportingCondition,
    ReportingMap,
    ZeroInflation,
)

Group = tuple[str, str]
Shown = TypeVar("Shown", OtherSetting, LinkageLoss, RatioAtLife, ConditionResidual)


def mask_reporting_details(
    reporting: ReportingBias, hidden: Collection[Group], policy: Policy
) -> ReportingBias:
    """The same with figures of hidden groups left out and the others rounded. Pure and idempotent.

    ``hidden``: attribute and group of every group that is hidden, and of the reference group where it is.
    Tables by area are named to the board only: an area may hold a single report.
    """
    if {(item.attribute, item.reference_group) for item in reporting.groups} & set(hidden):
        hidden = {(item.attribute, item.group) for item in reporting.groups} | set(hidden)
    return reporting.model_copy(
        update={
            "conditions": tuple(_condition(item, hidden, policy) for item in reporting.conditions),
            "settings": _parts(reporting.settings, hidden, policy),
            "losses": _parts(reporting.losses, hidden, policy),
            "losses_everywhere": _parts(reporting.losses_everywhere, hidden, policy),
            "all_problems": None
            if reporting.all_problems is None
            else _all_problems(reporting.all_problems, hidden, policy),
            "linked": None if reporting.linked is None else _linked(reporting.linked, policy),
            "inflation": None
            if reporting.inflation is None
            else _inflation(reporting.inflation, hidden, policy),
            "map": None if reporting.map is None else _without_table(reporting.map),
            "condition": None
            if reporting.condition is None
            else _comparison(reporting.condition, hidden, policy),
        }
    )


def _parts(parts: tuple[Shown, ...], hidden: Collection[Group], policy: Policy) -> tuple[Shown, ...]:
    return tuple(
        part.model_copy(update={"ratio": _figure(part.ratio, (part.attribute, part.group) in hidden, policy)})
        for part in parts
    )


def _figure(figure: Figure, is_hidden: bool, policy: Policy) -> Figure:
    """Two decimals and a rounded n; nothing where the group is hidden or rests on few incidents."""
    if is_hidden or is_small(figure.n, policy.suppression.minimum):
        return missing("suppressed").model_copy(update={"level": figure.level, "period": figure.period})
    to = policy.suppression.round_counts_to
    return figure.moved(_two_decimals).model_copy(update={"n": int(figure.n / to + 0.5) * to})


def _rounded(value: float | None) -> float | None:
    return None if value is None else _two_decimals(value)


def _two_decimals(value: float) -> float:
    return round(value, 2)


def _condition(item: ReportingCondition, hidden: Collection[Group], policy: Policy) -> ReportingCondition:
    if item.seen is None:
        return item
    is_hidden = any(group == item.group for _, group in hidden)
    return item.model_copy(update={"seen": _figure(item.seen, is_hidden, policy)})


def _linked(linked: LinkedReports, policy: Policy) -> LinkedReports:
    few = linked.largest is None or linked.largest < policy.suppression.minimum
    to = policy.suppression.round_counts_to
    return linked.model_copy(
        update={
            "located": _rounded(linked.located),
            "by_chance": _rounded(linked.by_chance),
            "largest": None if few else int((linked.largest or 0) / to + 0.5) * to,
        }
    )


def _all_problems(told: AllProblems, hidden: Collection[Group], policy: Policy) -> AllProblems:
    return told.model_copy(
        update={"spread": _rounded(told.spread), "lives": _parts(told.lives, hidden, policy)}
    )


def _inflation(inflation: ZeroInflation, hidden: Collection[Group], policy: Policy) -> ZeroInflation:
    return inflation.model_copy(
        update={
            "never_again": _rounded(inflation.never_again),
            "gain": float(round(inflation.gain)),
            "groups": _parts(inflation.groups, hidden, policy),
        }
    )


def _without_table(mapped: ReportingMap) -> ReportingMap:
    seen = {name: _rounded(getattr(mapped, name)) for name in ("spread", "lowest", "highest")}
    return mapped.model_copy(update={**seen, "blob": None})


def _comparison(
    comparison: ConditionComparison, hidden: Collection[Group], policy: Policy
) -> ConditionComparison:
    """Correlations rest on areas, which are no secret; they are rounded all the same."""
    rates = comparison.rates_follow
    return comparison.model_copy(
        update={
            "reports_follow": comparison.reports_follow.moved(_two_decimals),
            "rates_follow": None if rates is None else rates.moved(_two_decimals),
            "groups": _parts(comparison.groups, hidden, policy),
            "blob": None,
        }
    )
