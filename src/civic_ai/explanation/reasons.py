"""Reasons in plain words: which families of features speak for or against a visit."""

from __future__ import annotations

from collections.abc import Mapping

from civic_ai.core.messages import N_, Message

LEAST_SHARE = 0.10
"""A family that moves a score less than this is no reason."""
MOST_REASONS = 3

REASONS = {
    "history_raises": N_("What happened at these places before raises their score."),
    "history_lowers": N_("What happened at these places before lowers their score."),
    "neighbours_raises": N_("What happened around these places raises their score."),
    "neighbours_lowers": N_("What happened around these places lowers their score."),
    "season_raises": N_("The time of year raises their score."),
    "season_lowers": N_("The time of year lowers their score."),
    "weather_raises": N_("The weather of the days before raises their score."),
    "weather_lowers": N_("The weather of the days before lowers their score."),
    "area_raises": N_("What the area and its streets are like raises their score."),
    "area_lowers": N_("What the area and its streets are like lowers their score."),
    "case_raises": N_("What these cases are like raises their score."),
    "case_lowers": N_("What these cases are like lowers their score."),
    "observer_raises": N_("Who makes the record raises their score."),
    "observer_lowers": N_("Who makes the record lowers their score."),
}
"""The sentence of each code. "Raises": above the score of an average case."""


def give_reasons(shares: Mapping[str, float]) -> tuple[str, ...]:
    """Codes of the families that count, the largest first. ``shares``: signed, by family."""
    largest = sorted(shares, key=lambda family: (-abs(shares[family]), family))
    counted = [family for family in largest if abs(shares[family]) >= LEAST_SHARE]
    return tuple(f"{family}_{_way(shares[family])}" for family in counted[:MOST_REASONS])


def tell_reason(code: str) -> Message:
    """The sentence of a code. Raises ``KeyError`` for a code that is none of ours."""
    return Message(REASONS[code])


def _way(share: float) -> str:
    return "raises" if share > 0 else "lowers"
