"""Every number that a record tells, found by walking it, beside what the public sees of it.

It knows records by their types alone. A whole number counts people unless its name says that it counts
something else; a figure counts its n and, as a share, the cases behind it and those left over. So a record
that is added later is looked at without a line here, and one that counts no people must be named here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from civic_ai.audit.metrics import METRICS
from civic_ai.records.figure import Figure
from civic_ai.records.record import Record

SHOWN_CELLS = ("rows", "positives", "events", "selected", "hits", "found")
"""The counts of a group that are shown."""

COUNT_PERIODS = frozenset({
    "lockbox_expected",
    "staffing.hours_short", "staffing.hours_idle", "staffing.cheaper_than_baseline",
    "coherent_sums.bottom_up", "coherent_sums.reconciled",
    "selection.regret",
    "what_if.found_per_period", "what_if.more_than_best_baseline", "what_if.cost_saved",
    "errors.morans_i", "errors.overlaps.share",
})  # fmt: skip
"""The figures of an evaluation whose n counts periods, dates or places, and no people. All others are
hidden where their n is small, and else shown with a rounded n."""

COUNT_NO_PEOPLE = frozenset({
    "areas", "capacity", "days", "futures", "groups", "least", "life_days", "lists", "minimum", "most",
    "needed", "observers", "percent", "periods", "small_cells", "tried", "visible_small_cells",
    "visits_per_period",
    "never_visited", "visits", "service",
    "reports_follow", "rates_follow", "reported", "clustering", "struck",
    "units", "tau_days", "splits", "splits_ahead_of_best_baseline", "block_dates", "unmatured_rows",
    "models", "explained", "simplicity", "fewest_rows", "settings", "strength", "level", "limit",
    "interval_level",
})  # fmt: skip
"""Last names of numbers, and of figures with an n, that count areas, days, dates, trials, settings or what
would be needed; ``unmatured_rows`` counts places on dates."""

NO_SHARES = frozenset({
    "ratio", "joint", "jump", "widest", "ratio_change", "found_per_visit_change", "seen",
    "need_ratio", "need_per_visit",
    "model", "observer", "within", "share",
    "area_of_model", "area_of_observer", "area_without_observer", "area_within_observers",
    "width", "days_earlier", "slope", "bias_ratio",
    "lift_over_best_baseline", "lockbox_lift", "area_under_roc", "within_observer",
    "mean_absolute", "deleted", "deleted_agrees", "shuffled",
})  # fmt: skip
"""Last names of figures that are ratios, differences or areas under a curve: only their n is a count."""

DRAWN = frozenset({"groups.figure", "worst_covered.figure", "need.figures.figure", "need.shares.figure"})
"""Figures drawn towards the mean of all groups, or divided by the share that reports: value times n is no
count. What they rest on are the cells of the audit's groups, which are looked at as a table."""

Place = tuple[str, str]
"""Where a part stands: the dotted names of the fields to it, and its own name among its kind."""


@dataclass(frozen=True)
class Told:
    """One number of a record: its dotted name, the record it stands in and where that is, and what the public
    sees of the number."""

    name: str
    of: Record
    full: Figure | float
    public: object
    place: Place = ("", "")

    @property
    def is_shown(self) -> bool:
        """Whether the public sees anything of it."""
        return shows(self.public) if isinstance(self.public, Figure) else self.public is not None

    @property
    def is_share(self) -> bool:
        """Whether it is a figure that is one count over another."""
        metric = METRICS.get(getattr(self.of, "metric", ""))
        is_named = self.name.rpartition(".")[2] in NO_SHARES or self.name in DRAWN
        return isinstance(self.full, Figure) and not is_named and (metric is None or metric.is_share)

    @property
    def cells(self) -> dict[str, float]:
        """Every count that it tells: the n, cases and others of a figure, or the number itself."""
        last = self.name.rpartition(".")[2]
        if last in COUNT_NO_PEOPLE or self.name in COUNT_PERIODS:
            return {}
        if isinstance(self.full, Figure):
            return share_cells(self.full) if self.is_share else {"n": float(self.full.n)}
        is_count = isinstance(self.full, int) or last in SHOWN_CELLS
        return {"count": float(self.full)} if is_count else {}


def share_cells(figure: Figure) -> dict[str, float]:
    """What a share counts: its n, the cases behind it and what they leave over; n alone of other figures."""
    if figure.value is None or not 0 <= figure.value <= 1:
        return {"n": float(figure.n), "cases": 0.0, "others": 0.0}
    cases = figure.n * figure.value
    return {"n": float(figure.n), "cases": cases, "others": figure.n - cases}


def shows(figure: Figure) -> bool:
    """Whether anything of a figure is seen: its value, a bound or its n."""
    return figure.value is not None or figure.lower is not None or figure.n > 0


def told_in(full: Record, masked: object, name: str = "", own: str = "") -> Iterator[Told]:
    """Every figure and number of a record, beside what stands in the masked record at the same place.

    ``own``: its name among the parts of its kind.
    """
    for field in type(full).model_fields:
        value, seen = getattr(full, field), getattr(masked, field, None)
        yield from _told(value, seen, Told(f"{name}.{field}".lstrip("."), full, 0, None, (name, own)))


def _told(value: object, seen: object, at: Told) -> Iterator[Told]:
    if isinstance(value, Figure) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield Told(at.name, at.of, value, seen, at.place)
    elif isinstance(value, Record):
        yield from told_in(value, seen, at.name, at.place[1])
    elif isinstance(value, tuple | Mapping):
        others = dict(parts_of(seen))
        for key, part in parts_of(value):
            own = f"{at.place[1]}/{key}"
            if isinstance(part, Record) and not isinstance(part, Figure):
                yield from told_in(part, others.get(key), at.name, own)
            else:
                yield from _told(part, others.get(key), Told(at.name, at.of, 0, None, (at.name, own)))


def parts_of(value: object) -> Iterator[tuple[str, object]]:
    """The parts of a sequence or mapping under names of their own: as cards call them, else by position."""
    if isinstance(value, Mapping):
        yield from ((str(key), part) for key, part in value.items())
        return
    seen: dict[str, int] = {}
    for i, part in enumerate(value if isinstance(value, tuple) else ()):
        key = (part.fact_key() if isinstance(part, Record) else None) or str(i)
        seen[key] = seen.get(key, 0) + 1
        yield key if seen[key] == 1 else f"{key}#{seen[key]}", part
