"""Residents who belong to two groups at once: each pair of groups against the city as a whole."""

from __future__ import annotations

from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.record import Record


class Intersection(Record):
    """One metric of those who are in ``group`` and in ``other_group``.

    ``figure`` is measured; ``shrunken`` is drawn towards the city's value as far as few cases deserve it
    (empirical Bayes). ``ratio`` is the measured value over the city's, ``joint`` holds for all pairs of
    groups of the metric at once; the verdict rests on them, not on the shrunken value.
    """

    attribute: str
    group: str
    other_attribute: str
    other_group: str
    metric: str
    figure: Figure
    shrunken: float | None
    ratio: Figure
    joint: Figure | None = None
    verdict: Verdict
    needed: int | None = None
    needed_is_least: bool = False
    detectable: float | None = None
    events: int | None = None
    suppressed: bool = False

    named_by = ("attribute", "group", "other_attribute", "other_group", "metric")


class Spread(Record):
    """How much a metric varies between the groups of a pair of attributes, beyond what chance brings.

    ``variance`` is that of the values less their mean sampling variance (Lum, Zhang and Bower 2022): around
    0, and at times below it, where only chance differs. ``beyond_chance`` is its root, 0 below 0;
    ``by_chance`` the root of the mean sampling variance. ``groups`` counts those with enough cases.
    """

    attribute: str
    other_attribute: str
    metric: str
    city: float | None
    variance: float | None
    beyond_chance: float | None
    by_chance: float | None
    groups: int

    named_by = ("attribute", "other_attribute", "metric")


class Intersections(Record):
    """Every pair of groups of the declared pairs of attributes, worst first, on the metrics that decide."""

    groups: tuple[Intersection, ...]
    spreads: tuple[Spread, ...]
    verdict: Verdict
