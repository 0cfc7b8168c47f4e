"""Groups of residents, from what is known about areas. Nothing is guessed about a person.

A unit takes its area's groups. Where shares of residents are declared, each resident inherits the
service of the area (METHODS 3.5): a group's figure is the mean over areas, weighted by how many of the
group live there. That is a statement about areas; differences within an area stay unseen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.core.messages import say
from civic_ai.pilot.audit_block import Attribute
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.audit import AttributeRecord

Floats = NDArray[np.float64]

UNKNOWN = "unknown"
"""The group of units without an area, of areas without a value, of residents in no declared group."""

UNKNOWN_SHARE = 0.05
"""Above this share of all cases, the group ``unknown`` decides a verdict like any other."""

_ROUNDING = 0.005
"""Published counts of residents are rounded: a smaller remainder of an area is no group of its own."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """One protected attribute over places (areas or units).

    ``shares`` (places, groups): which part of a place belongs to each group; a row sums to 1.
    ``residents`` (places,): how much a place counts; 1 everywhere where no residents are declared.
    """

    attribute: str
    groups: tuple[str, ...]
    reference_group: str
    shares: Floats
    residents: Floats
    weighted_by: str | None = None

    @property
    def weights(self) -> Floats:
        """(places, groups): residents of each group in each place, scaled to the sum of the shares.

        A ratio of weighted sums is what the group's residents inherit; the scale keeps the sums as large
        as the counts that they rest on.
        """
        people = self.shares * self.residents[:, None]
        total = people.sum(axis=0)
        scale = np.divide(self.shares.sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
        weights: Floats = people * scale
        return weights

    @property
    def by_case(self) -> Grouping:
        """The same where every unit is a case: each counts once, however many people live in its area."""
        return replace(self, residents=np.ones(len(self.shares)), weighted_by=None)

    @property
    def reference(self) -> int:
        """The position of the reference group."""
        return self.groups.index(self.reference_group)

    def unknown_share(self, events: Floats) -> float:
        """The share of all cases whose group is not known; ``events`` (groups,)."""
        total = float(events.sum())
        unknown = float(events[self.groups.index(UNKNOWN)]) if UNKNOWN in self.groups else 0.0
        return unknown / total if total else 0.0

    def deciding_groups(self, events: Floats) -> tuple[str, ...]:
        """The groups that decide a verdict: all but an ``unknown`` of at most ``UNKNOWN_SHARE``."""
        is_small = self.unknown_share(events) <= UNKNOWN_SHARE
        return tuple(group for group in self.groups if not (is_small and group == UNKNOWN))

    def record(self) -> AttributeRecord:
        """What the audit report says about this attribute."""
        return AttributeRecord(
            name=self.attribute,
            groups=self.groups,
            reference_group=self.reference_group,
            weighted_by=self.weighted_by,
            level="area",
        )


def area_groupings(
    spec: PilotSpec, tables: Mapping[str, Any], area_of_place: Sequence[str | None]
) -> tuple[Grouping, ...]:
    """Every declared attribute over places, in the order of the pilot.

    ``tables``: name to Ibis table of each source. ``area_of_place``: the area of each place, None where it
    has none. Raises :class:`ConfigError` where an area source has no key or a reference group no areas,
    :class:`DataError` where an area stands twice.
    """
    return tuple(area_grouping(spec, name, tables, area_of_place) for name in spec.audit.attributes)


def area_grouping(
    spec: PilotSpec, name: str, tables: Mapping[str, Any], area_of_place: Sequence[str | None]
) -> Grouping:
    """One declared attribute over places, as in :func:`area_groupings`."""
    return over_places(_read_areas(spec, name, tables), area_of_place)


@dataclass(frozen=True)
class Areas:
    """The declared columns of an attribute: one value an area, None where blank."""

    name: str
    attribute: Attribute
    area: tuple[str, ...]
    columns: Mapping[str, Sequence[Any]]

    def numbers(self, column: str) -> Floats:
        """A column as numbers, NaN where blank."""
        return np.array([np.nan if value is None else float(value) for value in self.columns[column]])


def _read_areas(spec: PilotSpec, name: str, tables: Mapping[str, Any]) -> Areas:
    attribute = spec.audit.attributes[name]
    key = spec.sources[attribute.source].key
    if key is None:
        raise ConfigError.because(
            say("the source {name} does not say which column names the area", name=attribute.source),
            about=f"audit.attributes.{name}",
            remedy=say("Add 'key' to the source: the column with the area's name."),
        )
    wanted = [attribute.column, attribute.of, *attribute.shares.values()]
    needed = sorted({column for column in wanted if column is not None})
    read = tables[attribute.source].select(key, *needed).to_pyarrow().to_pydict()
    area = tuple(str(value) for value in read[key])
    if len(set(area)) < len(area):
        raise DataError.because(
            say("an area stands more than once in {name}", name=attribute.source),
            about=f"audit.attributes.{name}",
            remedy=say("Keep one row for each area, or declare the column as unique in the contract."),
        )
    return Areas(name, attribute, area, read)


def over_places(areas: Areas, area_of_place: Sequence[str | None]) -> Grouping:
    """The attribute over places: each place takes its area's shares and an even part of its residents."""
    groups, shares, residents = _GROUPED[_form(areas.attribute)](areas)
    position = {area: i for i, area in enumerate(areas.area)}
    at = np.array([position.get(area, -1) if area is not None else -1 for area in area_of_place], dtype=int)
    places = np.bincount(at + 1, minlength=len(areas.area) + 1)[1:]
    nowhere = at < 0
    unit_shares = np.where(nowhere[:, None], 0.0, shares[at])
    per_place = np.where(nowhere, np.nan, (residents / np.maximum(places, 1))[at])
    grouping = Grouping(
        attribute=areas.name,
        groups=groups,
        reference_group=areas.attribute.reference_group,
        shares=unit_shares,
        residents=_known_or_mean(per_place),
        weighted_by=areas.attribute.of or (" + ".join(areas.attribute.shares.values()) or None),
    )
    return _with_unknown(grouping)


def _with_unknown(grouping: Grouping) -> Grouping:
    """What no declared group holds becomes a group of its own, so that nothing is dropped."""
    if grouping.reference_group not in grouping.groups:
        raise ConfigError.because(
            say("the reference group {group} does not occur", group=grouping.reference_group),
            about=f"audit.attributes.{grouping.attribute}",
            remedy=say("Groups in the data: {groups}.", groups=", ".join(grouping.groups)),
        )
    rest = 1.0 - grouping.shares.sum(axis=1)
    rest[np.abs(rest) < 1e-9] = 0.0
    if not rest.any():
        return grouping
    if UNKNOWN in grouping.groups:  # the city's own word for it: one group, not two of one name
        shares = grouping.shares + np.outer(rest, np.array(grouping.groups) == UNKNOWN)
        return replace(grouping, shares=shares)
    shares = np.column_stack([grouping.shares, rest])
    return replace(grouping, groups=(*grouping.groups, UNKNOWN), shares=shares)


def _known_or_mean(residents: Floats) -> Floats:
    """Residents of each place; the mean of the others where they are not known."""
    known = np.isfinite(residents)
    filled: Floats = np.where(known, residents, residents[known].mean() if known.any() else 1.0)
    return filled


_Grouped = tuple[tuple[str, ...], Floats, Floats]


def _form(attribute: Attribute) -> str:
    if attribute.shares:
        return "shares"
    return "categories" if attribute.categories else "quantiles"


def _by_quantiles(areas: Areas) -> _Grouped:
    """Equal numbers of areas from the lowest value (q1) up; equal values stay together."""
    values = areas.numbers(areas.attribute.column or "")
    parts = areas.attribute.quantiles or 4
    known = values[np.isfinite(values)]
    edges = np.quantile(known, np.arange(1, parts) / parts) if known.size else np.zeros(parts - 1)
    codes = np.where(np.isfinite(values), np.searchsorted(edges, values, side="left"), -1)
    return tuple(f"q{i + 1}" for i in range(parts)), _one_hot(codes, parts), np.ones(len(values))


def _by_categories(areas: Areas) -> _Grouped:
    values = areas.columns[areas.attribute.column or ""]
    labels = tuple(sorted({str(value) for value in values if not _is_blank(value)}))
    codes = np.array([-1 if _is_blank(value) else labels.index(str(value)) for value in values], dtype=int)
    return labels, _one_hot(codes, len(labels)), np.ones(len(values))


def _by_shares(areas: Areas) -> _Grouped:
    """Counts of residents over all residents (``of``, or their sum); unknown where one is blank."""
    shares = areas.attribute.shares
    people = np.column_stack([areas.numbers(column) for column in shares.values()])
    listed = people.sum(axis=1)
    total = listed if areas.attribute.of is None else areas.numbers(areas.attribute.of)
    total = np.where(np.abs(total - listed) <= _ROUNDING * total, listed, np.maximum(total, listed))
    known = np.isfinite(total) & (total > 0)
    part = np.divide(people, total[:, None], out=np.zeros_like(people), where=known[:, None])
    return tuple(shares), part, np.where(known, total, np.nan)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or not str(value).strip()


def _one_hot(codes: NDArray[np.int_], groups: int) -> Floats:
    """(places, groups): 1 in the column of each code; a row of zeros for -1."""
    return np.eye(groups + 1)[codes, :groups]


_GROUPED = {"shares": _by_shares, "categories": _by_categories, "quantiles": _by_quantiles}
