"""Conditions on what is known of places, and how far a metric is off wherever one or two of them hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CUTS = (0.25, 0.5, 0.75)
"""Quantiles at which a feature is cut."""
LEAST_SHARE = 0.02
"""A slice holds at least this share of all that the metric divides by."""
_ALIKE = 0.5
"""Slices that share more than this of their places say the same thing twice."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """``words`` name each condition; ``holds`` (units, conditions): where it does (never where unknown)."""

    words: tuple[str, ...]
    holds: Flags


@dataclass(frozen=True)
class Where:
    """One condition, or two at once: their positions; ``z``: how far off, in standard errors."""

    first: int
    second: int
    z: float

    def holds(self, conditions: Conditions) -> Flags:
        """(units,): where both do."""
        both: Flags = conditions.holds[:, self.first] & conditions.holds[:, self.second]
        return both

    def said(self, conditions: Conditions) -> str:
        """The conditions in words; the same words as slices of errors have."""
        return " and ".join(conditions.words[at] for at in dict.fromkeys((self.first, self.second)))


def make_conditions(features: Mapping[str, Floats]) -> Conditions:
    """Each feature at or below, and above, each of its quartiles; the same places only once.

    ``features``: name and (units,) values, NaN where not known.
    """
    words: list[str] = []
    holds: list[Flags] = []
    seen: set[bytes] = set()
    for name, values in features.items():
        known = values[np.isfinite(values)]
        if not known.size:
            continue
        for cut in np.unique(np.quantile(known, CUTS)):
            sides = ((f"{name} <= {cut:.4g}", values <= cut), (f"{name} > {cut:.4g}", values > cut))
            for said, side in sides:
                same = np.packbits(side).tobytes()
                if 0 < side.sum() < known.size and same not in seen:
                    seen.add(same)
                    words.append(said)
                    holds.append(side)
    columns = np.column_stack(holds) if holds else np.zeros((0, 0), dtype=bool)
    return Conditions(tuple(words), columns)


def worst_served(conditions: Conditions, residual: Floats, base: Floats, most: int) -> tuple[Where, ...]:
    """At most ``most`` slices that are off the furthest below, and overlap little, worst first.

    ``residual`` (units,): what a unit has beyond its part of the whole, negative where it is served less;
    ``base`` (units,): what the metric divides by. z = sum of residuals / root of their squares, by unit, for
    every condition and every two at once (slices: Chung, Kraska, Polyzotis, Tae and Whang 2019).
    """
    if not conditions.words:
        return ()
    holds = conditions.holds.astype(np.float64)
    total, squares, size = ((holds * each[:, None]).T @ holds for each in (residual, residual**2, base))
    z = np.divide(total, np.sqrt(squares), out=np.zeros_like(total), where=squares > 0)
    z[size < LEAST_SHARE * base.sum()] = 0.0
    first, second = np.triu_indices(len(z))
    order = np.lexsort((second, first, z[first, second]))
    chosen: list[Where] = []
    seen: list[Flags] = []
    for at in order:
        one = Where(int(first[at]), int(second[at]), float(z[first[at], second[at]]))
        if one.z >= 0 or len(chosen) == most:
            break
        flags = one.holds(conditions)
        if all(_overlap(flags, other) <= _ALIKE for other in seen):
            chosen.append(one)
            seen.append(flags)
    return tuple(chosen)


def _overlap(one: Flags, other: Flags) -> float:
    """Places in both over places in either (Jaccard)."""
    return float((one & other).sum() / max((one | other).sum(), 1))
