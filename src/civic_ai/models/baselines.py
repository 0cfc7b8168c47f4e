"""Every baseline by the question that it answers. All of them always run and always appear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civic_ai.models.curve_baselines import CURVES
from civic_ai.models.rows import PanelRows
from civic_ai.models.rules import Baseline, Rule, RuleScorer

YEAR_DAYS = 364

_PLACES = (
    Rule("last_value", "baseline_last_value"),
    Rule("seasonal_naive", "baseline_seasonal_naive"),
    Rule("recent_count", "baseline_recent_count", 28),
    Rule("quarter_count", "baseline_quarter_count", 91),
    Rule("year_count", "baseline_year_count", YEAR_DAYS),
    Rule("seasonal_index", "baseline_year_count", YEAR_DAYS, index="baseline_season_index"),
)
_CASES = (
    Rule("arrival_order", "baseline_arrival", sign=-1),
    Rule("group_rate", "baseline_group_rate"),
    Rule("observer_rate", "baseline_observer_rate"),
)
RULES: Mapping[str, Rule] = {rule.name: rule for rule in (*_PLACES, *_CASES)}


def _ranked(rules: Sequence[Rule]) -> tuple[Baseline, ...]:
    return tuple(rule.as_baseline(place) for place, rule in enumerate(rules))


BY_QUESTION: Mapping[str, tuple[Baseline, ...]] = {
    "ranking": _ranked(_PLACES),
    "demand": _ranked(_PLACES),
    "cases": _ranked(_CASES),
    "durations": CURVES,
}
"""The baselines of each question, simplest first."""


def baselines_of(rows: PanelRows) -> tuple[Baseline, ...]:
    """The baselines of the panel's question for which the panel has the columns, simplest first."""
    return tuple(
        baseline
        for baseline in BY_QUESTION[rows.panel.question]
        if set(baseline.reads) <= set(rows.frame.columns)
    )


def rule_scorer(name: str, horizon_days: int) -> RuleScorer:
    """The rule called ``name`` for labels that look ``horizon_days`` ahead."""
    return RuleScorer(RULES[name], horizon_days)
