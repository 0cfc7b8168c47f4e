"""What masking forgot: every count in an audit, found by walking it, held against what the public sees.

It knows records by their types alone. A whole number counts people unless its name says that it counts
something else; a figure counts its n and, as a share, the cases behind it and those left over. So a record
that is added later is looked at without a line here, and one that counts no people must be named here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from civic_ai.audit.metrics import METRICS
from civic_ai.audit.protection import is_small
from civic_ai.audit.suppression import SHOWN_CELLS, share_cells
from civic_ai.records.audit import AuditReport
from civic_ai.records.figure import Figure
from civic_ai.records.record import Record

COUNT_NO_PEOPLE = frozenset({
    "areas", "capacity", "days", "futures", "groups", "least", "life_days", "lists", "minimum", "most",
    "needed", "observers", "percent", "periods", "small_cells", "tried", "visible_small_cells",
    "visits_per_period",
    "never_visited", "visits", "service",
    "reports_follow", "rates_follow", "reported", "clustering", "struck",
})  # fmt: skip
"""Last names of numbers, and of figures with an n, that count areas, days, dates, trials or what would be
needed."""

NO_SHARES = frozenset({
    "ratio", "joint", "jump", "widest", "ratio_change", "found_per_visit_change", "seen",
    "model", "observer", "within", "share",
    "area_of_model", "area_of_observer", "area_without_observer", "area_within_observers",
})  # fmt: skip
"""Last names of figures that are ratios, differences or areas under a curve: only their n is a count."""

DRAWN = frozenset({"groups.figure", "worst_covered.figure", "need.figures.figure", "need.shares.figure"})
"""Figures drawn towards the mean of all groups, or divided by the share that reports: value times n is no
count. What they rest on are the cells of the audit's groups, which are looked at as a table."""


@dataclass(frozen=True)
class Told:
    """One number of a record: its dotted name, the record it stands in, and what the public sees of it."""

    name: str
    of: Record
    full: Figure | float
    public: object

    @property
    def is_shown(self) -> bool:
        """Whether the public sees anything of it."""
        if isinstance(self.public, Figure):
            return shows(self.public)
        return self.public is not None

    def counts(self) -> Iterator[float]:
        """Every count that it tells."""
        last = self.name.rpartition(".")[2]
        if last in COUNT_NO_PEOPLE:
            return
        if isinstance(self.full, Figure):
            yield from share_cells(self.full).values() if self._is_share(last) else (self.full.n,)
        elif isinstance(self.full, int) or last in SHOWN_CELLS:
            yield self.full

    def _is_share(self, last: str) -> bool:
        metric = METRICS.get(getattr(self.of, "metric", ""))
        is_named = last in NO_SHARES or self.name in DRAWN
        return not is_named and (metric is None or metric.is_share)


def forgotten_counts(full: AuditReport, masked: AuditReport, minimum: int) -> list[str]:
    """The dotted names of small counts that the ``masked`` audit shows, wherever they stand."""
    return [
        told.name
        for told in told_in(full, masked)
        if told.is_shown and any(is_small(count, minimum) for count in told.counts())
    ]


def told_in(full: Record, masked: object, name: str = "") -> Iterator[Told]:
    """Every figure and number of a record, beside what stands in the masked record at the same place."""
    for field in type(full).model_fields:
        value, seen = getattr(full, field), getattr(masked, field, None)
        yield from _told(value, seen, Told(f"{name}.{field}".lstrip("."), full, 0, None))


def _told(value: object, seen: object, at: Told) -> Iterator[Told]:
    if isinstance(value, Figure) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield Told(at.name, at.of, value, seen)
    elif isinstance(value, Record):
        yield from told_in(value, seen, at.name)
    elif isinstance(value, tuple | list):
        others = seen or (None,) * len(value)
        assert isinstance(others, tuple | list)
        for part, other in zip(value, others, strict=True):
            yield from _told(part, other, at)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _told(part, seen.get(key) if isinstance(seen, Mapping) else None, at)


def shows(figure: Figure) -> bool:
    """Whether anything of a figure is seen: its value, a bound or its n."""
    return figure.value is not None or figure.lower is not None or figure.n > 0
