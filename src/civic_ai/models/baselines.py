"""Every baseline by the question that it answers. All of them always run and always appear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civic_ai.models.curve_baselines import CURVES
from civic_ai.models.rows import PanelRows
from civic_ai.models.rules import Baseline, Rule

YEAR_DAYS = 364

_PLACES = (
    Rule(name="last_value", column="baseline_last_value"),
    Rule(name="seasonal_naive", column="baseline_seasonal_naive"),
    Rule(name="recent_count", column="baseline_recent_count", window_days=28),
    Rule(name="quarter_count", column="baseline_quarter_count", window_days=91),
    Rule(name="year_count", column="baseline_year_count", window_days=YEAR_DAYS),
    Rule(
        name="seasonal_index",
        column="baseline_year_count",
        window_days=YEAR_DAYS,
        index="baseline_season_index",
    ),
)
_CASES = (
    Rule(name="arrival_order", column="baseline_arrival", sign=-1),
    Rule(name="group_rate", column="baseline_group_rate"),
    Rule(name="observer_rate", column="baseline_observer_rate"),
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
