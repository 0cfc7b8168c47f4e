"""What one audit said about one town, beside the truth and what a simpler rule would have said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from civic_ai.policy.load import load_policy
from civic_ai.records.policy import Policy

POLICY = load_policy()
LEVELS = (0.90, 0.95)
BAND = (0.8, 1.25)
"""The 80 % rule (EEOC 1978), both ways."""


@dataclass(frozen=True)
class Look:
    """One audit of one town. Logs of the ratio of the high third to the low one; None where there is none.

    ``planted``: the truth of places of this kind, of which the intervals tell (areas are resampled).
    ``here``: the truth of exactly these places and incidents. ``held``: by level, whether the interval held
    the first, and after "here" the second. ``naive``: by rule, the ratio that it goes by (log). ``flagged``:
    by rule, whether it would have raised an alarm.
    """

    audit: str
    verdict: str
    value: float | None = None
    planted: float | None = None
    here: float | None = None
    held: Mapping[str, bool] = field(default_factory=dict)
    naive: Mapping[str, float] = field(default_factory=dict)
    flagged: Mapping[str, bool] = field(default_factory=dict)


def policies() -> Sequence[Policy]:
    """The board's policy at each level; the first is that of the verdict."""
    return [
        POLICY.model_copy(
            update={"tolerances": POLICY.tolerances.model_copy(update={"confidence_level": level})}
        )
        for level in LEVELS
    ]


def held_of(ratios: Iterable[Any], planted: float, here: float) -> dict[str, bool]:
    """Whether the interval of each level held either truth; only of figures that have one."""
    return {
        f"{prefix}{level:.2f}": bool(ratio.lower <= math.exp(truth) <= ratio.upper)
        for level, ratio in zip(LEVELS, ratios, strict=True)
        for prefix, truth in (("", planted), ("here ", here))
        if ratio.lower is not None and ratio.upper is not None
    }


def log_of(value: float | None) -> float | None:
    """The logarithm; None of nothing."""
    return math.log(value) if value else None


def breaks_80_percent_rule(ratios: Iterable[float | None]) -> bool:
    """Whether any point estimate lies outside 0.8 to 1.25."""
    return any(ratio is not None and not BAND[0] <= ratio <= BAND[1] for ratio in ratios)
