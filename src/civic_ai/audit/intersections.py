"""Residents who belong to two groups at once, against the city as a whole."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from civic_ai.audit.contrasts import worst_of
from civic_ai.audit.disparity import Measured, group_figures, judge_disparities
from civic_ai.audit.given import Given
from civic_ai.audit.measured import Measurement
from civic_ai.audit.shrink import BetweenGroups, Small, small_groups
from civic_ai.panel.groups import UNKNOWN, Grouping
from civic_ai.records.audit import Disparity, GroupFigure
from civic_ai.records.intersections import Intersection, Intersections, Spread
from civic_ai.records.policy import Policy

ALL = "all"
"""The reference of every intersection: everybody whose groups are known."""
_AND = " & "


@dataclass(frozen=True, eq=False)
class Crossed(Grouping):
    """Two attributes at once. ``pairs``: the groups of both behind each group; the last group is ``ALL``."""

    attributes: tuple[str, str] = ("", "")
    pairs: tuple[tuple[str, str], ...] = ()


def measure_intersections(given: Given, made: Measurement, policy: Policy) -> Intersections | None:
    """The declared pairs of attributes on every metric that decides; None where none is declared.

    All pairs of a metric are judged as one family (single-step max-z). Every value is compared with the whole
    city's and drawn towards it as far as its cases leave it open (METHODS 3.3).
    """
    named = {grouping.attribute: grouping for grouping in given.groupings}
    pairs = [cross(named[one], named[other]) for one, other in given.spec.audit.intersections]
    if not pairs:
        return None
    found = [pair for family in made.leading(pairs).values() for pair in _judged(family, policy)]
    groups = sorted((one for pair in found for one in pair.groups()), key=lambda one: one.harm)
    return Intersections(
        groups=tuple(one.said for one in groups),
        spreads=tuple(pair.spread() for pair in found),
        verdict=worst_of([one.said.verdict for one in groups]),
    )


def cross(one: Grouping, other: Grouping) -> Crossed:
    """Who belongs to a group of each. Where both have shares of residents nobody knows how they overlap: the
    pilot's rules allow one of them only. Residents of no known group, and pairs in which nobody is, are left
    out."""
    made = {
        (first, second): one.shares[:, i] * other.shares[:, j]
        for i, first in enumerate(one.groups)
        for j, second in enumerate(other.groups)
        if UNKNOWN not in (first, second)
    }
    shares = {pair: share for pair, share in made.items() if share.any()}
    columns = np.column_stack([*shares.values(), np.sum(list(shares.values()), axis=0)])
    return Crossed(
        attribute=one.attribute + _AND + other.attribute,
        groups=(*(_AND.join(pair) for pair in shares), ALL),
        reference_group=ALL,
        shares=columns,
        residents=one.residents * other.residents,
        weighted_by=one.weighted_by or other.weighted_by,
        attributes=(one.attribute, other.attribute),
        pairs=tuple(shares),
    )


@dataclass(frozen=True, eq=False)
class _Placed:
    """An intersection and where it stands: the lower ``harm``, the worse it is served."""

    said: Intersection
    harm: float


@dataclass(frozen=True, eq=False)
class _Pair:
    """One metric of one pair of attributes: what was measured, and verdicts in the order of its groups."""

    measured: Measured
    disparities: Sequence[Disparity]
    policy: Policy

    @property
    def crossed(self) -> Crossed:
        """The pair."""
        grouping = self.measured.sums.grouping
        assert isinstance(grouping, Crossed), "an intersection is of two attributes"
        return grouping

    @cached_property
    def small(self) -> Small:
        """The groups' values and what they are worth."""
        return small_groups(self.measured)

    @cached_property
    def between(self) -> BetweenGroups:
        """How the groups truly differ."""
        return self.small.spread(self.policy.limits.group_events)

    def groups(self) -> Iterator[_Placed]:
        """Every pair of groups."""
        figures = group_figures(self.measured, self.policy.tolerances.confidence_level)
        drawn = self.small.shrunken(self.between.variance)
        for pair, figure, disparity, value in zip(
            self.crossed.pairs, figures, self.disparities, drawn, strict=False
        ):
            yield _Placed(self._said(pair, figure, disparity, float(value)), self._harm(float(value)))

    def _said(
        self, pair: tuple[str, str], figure: GroupFigure, item: Disparity, drawn: float
    ) -> Intersection:
        (first, second), (group, other) = self.crossed.attributes, pair
        return Intersection(
            attribute=first,
            group=group,
            other_attribute=second,
            other_group=other,
            metric=figure.metric,
            figure=figure.figure,
            shrunken=drawn if math.isfinite(drawn) else None,
            ratio=item.ratio,
            joint=item.joint,
            verdict=item.verdict,
            needed=item.needed,
            needed_is_least=item.needed_is_least,
            detectable=item.detectable,
            events=figure.events,
        )

    def _harm(self, drawn: float) -> float:
        away = drawn - self.small.city
        scale = abs(self.small.city) or 1.0
        return (away if self.measured.metric.low_is_worse else -away) / scale if math.isfinite(away) else 0.0

    def spread(self) -> Spread:
        """How much the groups differ beyond chance."""
        first, second = self.crossed.attributes
        city = self.small.city
        return Spread(
            attribute=first,
            other_attribute=second,
            metric=self.measured.metric.name,
            city=city if math.isfinite(city) else None,
            variance=self.between.variance,
            beyond_chance=self.between.beyond_chance,
            by_chance=self.between.by_chance,
            groups=self.between.groups,
        )


def _judged(family: Sequence[Measured], policy: Policy) -> Iterator[_Pair]:
    disparities = judge_disparities(family, policy)
    for measured in family:
        name = measured.sums.grouping.attribute
        yield _Pair(measured, [item for item in disparities if item.attribute == name], policy)
