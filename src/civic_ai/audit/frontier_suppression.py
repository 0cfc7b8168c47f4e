"""The frontier as the public sees it: a group that is small in one way of choosing is hidden in all.

Ways differ by few visits, so what one way hides another would tell: groups are hidden in every way alike,
with others beside them until no small count follows from a total. Counts are rounded, and what is derived
from them (visits of one list, changes) is derived from the rounded ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from civic_ai.audit.protection import Table, is_small, protect
from civic_ai.records.figure import Figure
from civic_ai.records.frontier import Frontier, FrontierVisits, FrontierWay

Group = tuple[str, str]
_CELLS = ("selected", "hits", "found")
_CHANGES = 1
"""Visits of one list are told to a tenth."""


@dataclass(frozen=True)
class Figures:
    """How the policy hides and rounds: ``hide`` leaves nothing of a figure, ``coarse`` rounds it."""

    minimum: int
    round_to: int
    hide: Callable[[Figure], Figure]
    coarse: Callable[[Figure], Figure]

    def shown(self, figure: Figure, *, is_hidden: bool) -> Figure:
        """One figure."""
        return self.hide(figure) if is_hidden else self.coarse(figure)

    def rounded(self, count: float | None) -> float | None:
        """One count."""
        return None if count is None else float(int(count / self.round_to + 0.5) * self.round_to)


def mask_frontier(frontier: Frontier | None, hidden: frozenset[Group], figures: Figures) -> Frontier | None:
    """The public version. ``hidden``: attribute and group of everything hidden elsewhere in the audit."""
    if frontier is None:
        return None
    small = hidden_in_ways(frontier, hidden, figures.minimum)
    pair = {(frontier.attribute, frontier.group), (frontier.attribute, frontier.reference_group)}
    champion = {
        (part.attribute, part.group): part.selected
        for part in frontier.visits
        if part.way == frontier.champion
    }
    return frontier.model_copy(
        update={
            "ways": tuple(_mask_way(way, bool(pair & small), small, figures) for way in frontier.ways),
            "visits": tuple(
                _mask_part(part, champion, small, (figures, frontier.lists)) for part in frontier.visits
            ),
        }
    )


def hidden_in_ways(frontier: Frontier, hidden: frozenset[Group], minimum: int) -> set[Group]:
    """``hidden`` and every group with a small count in any way, with complements in every way."""
    tables = list(_tables(frontier))
    small = set(hidden)
    for cells in tables:
        small |= {
            group for group, counts in cells.items() if any(is_small(n, minimum) for n in counts.values())
        }
    while True:
        wider = set(small)
        for cells in tables:
            if wider & cells.keys():
                wider |= protect(Table(cells, (tuple(cells),)), minimum, wider & cells.keys()).hidden
        if wider == small:
            return small
        small = wider


def _tables(frontier: Frontier) -> Iterator[dict[Group, dict[str, float]]]:
    """For each way and attribute what its groups count, and the visits that found nothing."""
    made: dict[tuple[str, str], dict[Group, dict[str, float]]] = {}
    for part in frontier.visits:
        if part.selected is not None and part.hits is not None and part.found is not None:
            counts = {name: getattr(part, name) for name in _CELLS}
            counts["selected - hits"] = max(0.0, part.selected - part.hits)
            made.setdefault((part.way, part.attribute), {})[part.attribute, part.group] = counts
    yield from made.values()


def _mask_way(way: FrontierWay, is_pair_hidden: bool, small: set[Group], figures: Figures) -> FrontierWay:
    is_widest_hidden = any(attribute == way.widest_attribute for attribute, _ in small)
    return way.model_copy(
        update={
            "found_per_visit": figures.coarse(way.found_per_visit),
            "found_per_visit_change": figures.coarse(way.found_per_visit_change),
            "ratio": figures.shown(way.ratio, is_hidden=is_pair_hidden),
            "ratio_change": figures.shown(way.ratio_change, is_hidden=is_pair_hidden),
            "widest": figures.shown(way.widest, is_hidden=is_widest_hidden),
        }
    )


def _mask_part(
    part: FrontierVisits,
    champion: dict[Group, float | None],
    small: set[Group],
    how: tuple[Figures, int],
) -> FrontierVisits:
    figures, lists = how
    group = (part.attribute, part.group)
    if group in small:
        nothing = dict.fromkeys((*_CELLS, "per_list", "share", "change"))
        return part.model_copy(update={**nothing, "suppressed": True})
    counts = {name: figures.rounded(getattr(part, name)) for name in _CELLS}
    before = figures.rounded(champion[group])
    selected = counts["selected"]
    if selected is None or before is None:
        return part
    derived = {
        "per_list": round(selected / lists, _CHANGES),
        "share": None if part.share is None else round(part.share, 2),
        "change": round((selected - before) / lists, _CHANGES),
    }
    return part.model_copy(update={**counts, **derived})
