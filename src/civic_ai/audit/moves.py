"""Two versions of one record: what moved by few from one to the other is hidden in the later one.

Nothing is compared by its own rule. Every number is found by walking the record (:mod:`told`); those of one
part (a bin, a quarter, a group's repeat reports) are shown or hidden as a whole, by the rule of
:mod:`versions`. Parts of one kind add up, so others are hidden beside it (:mod:`protection`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from civic_ai.audit.protection import Table, protect
from civic_ai.audit.told import COUNT_NO_PEOPLE, Place, Told, parts_of, told_in
from civic_ai.audit.versions import Change, Published
from civic_ai.records.figure import Figure, missing
from civic_ai.records.policy import Suppression
from civic_ai.records.record import Record

R = TypeVar("R", bound=Record)
Cells = dict[str, float]

ADD_UP = frozenset({"group", "other_group", "split"})
"""What names a part of a whole; of other names (a metric, a way to choose) there is no total."""


def hide_moves(full: R, masked: R, earlier: Published[R] | None, policy: Suppression) -> R:
    """``masked`` without the parts that tell, beside what was published ``earlier``, how few came or went."""
    if earlier is None:
        return masked
    now = Walked(full, masked)
    hidden = _hidden_parts(now, Walked(earlier.full, earlier.public), policy)
    return _Hiding(hidden).record(masked, ("", ""))


@dataclass(frozen=True)
class Walked:
    """A record and what the public sees of it, part by part."""

    full: Record
    public: Record

    @cached_property
    def numbers(self) -> tuple[Told, ...]:
        """Every number that counts people."""
        return tuple(told for told in told_in(self.full, self.public) if told.cells)

    @cached_property
    def parts(self) -> dict[Place, Cells]:
        """What each part counts."""
        made: dict[Place, Cells] = {}
        for told in self.numbers:
            cells = {f"{told.name} {cell}": count for cell, count in told.cells.items()}
            made.setdefault(told.place, {}).update(cells)
        return made

    @cached_property
    def wholes(self) -> frozenset[str]:
        """The counts of which shares are told: what a share is of, and counts beside a ratio."""
        beside = {told.place for told in self.numbers if isinstance(told.full, Figure)}
        return frozenset(
            f"{told.name} {'n' if told.is_share else 'count'}"
            for told in self.numbers
            if told.is_share or (told.place in beside and not isinstance(told.full, Figure))
        )

    @cached_property
    def shown(self) -> dict[Place, frozenset[str]]:
        """The names of what the public sees of each part; parts of which it sees nothing have none."""
        seen: dict[Place, set[str]] = {place: set() for place in self.parts}
        for told in self.numbers:
            if told.is_shown:
                seen[told.place].add(told.name)
        return {place: frozenset(names) for place, names in seen.items()}


def _hidden_parts(now: Walked, before: Walked, policy: Suppression) -> frozenset[Place]:
    """Parts of the new version that the earlier one, or the total of their kind, would tell."""
    told = {place for place, names in now.shown.items() if names}
    unseen = {place for place, names in now.shown.items() if names - before.shown.get(place, names)}
    change = Change(before.parts, now.parts, now.wholes)
    moved = change.to_hide(unseen, policy) & told
    hidden = set(moved)
    for kind in {kind for kind, _ in moved}:
        parts = {place: cells for place, cells in now.parts.items() if place[0] == kind}
        out = {place for place in parts if place not in told}
        named = {told.place: told for told in now.numbers if told.place in parts}
        table = Table(_even(parts), tuple(_lines(named)), moved=frozenset(moved & parts.keys()))
        hidden |= protect(table, policy.minimum, out).hidden
    return frozenset(hidden)


def _even(parts: Mapping[Place, Cells]) -> dict[Place, Cells]:
    """The same counts under the same names for every part."""
    names = sorted({name for cells in parts.values() for name in cells})
    return {place: {name: cells.get(name, 0.0) for name in names} for place, cells in parts.items()}


def _lines(parts: Mapping[Place, Told]) -> Iterator[tuple[Place, ...]]:
    """Parts of one whole: whose names differ in one of ``ADD_UP`` only, or that have no name of their own."""
    lines: dict[tuple[str, ...], list[Place]] = {}
    for place, told in parts.items():
        names = told.of.named_by if told.name == f"{place[0]}.{told.name.rpartition('.')[2]}" else ()
        of = place[1].rpartition("/")[0]
        for left_out in ADD_UP & {*names} if names else ("",):
            rest = (f"{name} {getattr(told.of, name)}" for name in names if name != left_out)
            lines.setdefault((of, left_out, *rest), []).append(place)
    yield from (tuple(line) for line in lines.values() if len(line) > 1)


@dataclass(frozen=True)
class _Hiding:
    """A public record on its way to the public without some of its parts."""

    hidden: frozenset[Place]

    def record(self, record: R, at: Place) -> R:
        """The record; its own numbers are hidden where its place is among the ``hidden``."""
        kind, own = at
        is_hidden = at in self.hidden
        update: dict[str, object] = {}
        for name, field in type(record).model_fields.items():
            value, inner = getattr(record, name), (f"{kind}.{name}".lstrip("."), own)
            if isinstance(value, tuple | Mapping):
                update[name] = self._parts(value, inner)
            elif isinstance(value, Record) and not isinstance(value, Figure):
                update[name] = self.record(value, inner)
            elif is_hidden and name not in COUNT_NO_PEOPLE:
                update[name] = _without(value, can_be_none=_takes_none(field.annotation))
        known = _WHERE_HIDDEN.keys() & type(record).model_fields.keys() if is_hidden else ()
        return record.model_copy(update=update | {name: _WHERE_HIDDEN[name] for name in known})

    def _parts(self, value: object, at: Place) -> object:
        made = {key: self._part(part, (at[0], f"{at[1]}/{key}")) for key, part in parts_of(value)}
        return made if isinstance(value, Mapping) else tuple(made.values())

    def _part(self, part: object, at: Place) -> object:
        if isinstance(part, Figure):
            return _without(part, can_be_none=False) if at in self.hidden else part
        return self.record(part, at) if isinstance(part, Record) else part


_WHERE_HIDDEN: Mapping[str, object] = {"suppressed": True, "needed": None, "needed_is_least": False}
"""What is said of a hidden part."""


def _without(value: object, *, can_be_none: bool) -> object:
    """Nothing of a figure but its level and period; nothing of a number that may be left out."""
    if isinstance(value, Figure):
        return missing("suppressed").model_copy(update={"level": value.level, "period": value.period})
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_number and can_be_none else value


def _takes_none(annotation: object) -> bool:
    return type(None) in getattr(annotation, "__args__", ())
