"""The frontier as the public sees it: a group that is small in one way of choosing is hidden in all.

Ways differ by few visits, so what one way hides another would tell: groups are hidden in every way alike,
with others beside them until no small count follows from a total. Missed cases are counted too: what a
group has of them in all is told beside. Counts are rounded, and what is derived
from them (visits of one list, changes) is derived from the rounded ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from civic_ai.audit.protection import Block, Counts, Table, is_small, protect
from civic_ai.records.figure import Figure
from civic_ai.records.frontier import Frontier, FrontierVisits, FrontierWay

Group = tuple[str, str]
_CELLS = ("selected", "hits", "found")
_CHANGES = 1
"""Visits of one list are told to a tenth."""


@dataclass(frozen=True)
class Figures:
    """How the policy hides and rounds: ``hide`` leaves nothing of a figure, ``coarse`` rounds it (or
    hides one that rests on few itself)."""

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


def mask_frontier(
    frontier: Frontier | None,
    hidden: frozenset[Group],
    figures: Figures,
    counts: Mapping[Group, Counts] = MappingProxyType({}),
) -> Frontier | None:
    """The public version. ``hidden``: attribute and group of everything hidden elsewhere in the audit;
    ``counts``: what each group counts whatever is visited, ``events`` and ``positives``."""
    if frontier is None:
        return None
    small = hidden_in_ways(frontier, hidden, figures.minimum, counts)
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


def hidden_in_ways(
    frontier: Frontier,
    hidden: frozenset[Group],
    minimum: int,
    counts: Mapping[Group, Counts] = MappingProxyType({}),
) -> set[Group]:
    """``hidden`` and every group with a small count in any way, with complements in every way."""
    tables = [table.blocks for table in tables_of_ways(frontier, counts)]
    small = set(hidden)
    for cells in tables:
        small |= {
            group for group, parts in cells.items() if any(is_small(n, minimum) for n in parts.values())
        }
    while True:
        wider = set(small)
        for cells in tables:
            if wider & cells.keys():
                wider |= protect(Table(cells, (tuple(cells),)), minimum, wider & cells.keys()).hidden
        if wider == small:
            return small
        small = wider


def tables_of_ways(frontier: Frontier, counts: Mapping[Group, Counts]) -> Iterator[Table]:
    """For each way and attribute what its groups count: visits, those that found nothing, missed cases."""
    made: dict[tuple[str, str], dict[Block, Counts]] = {}
    for part in frontier.visits:
        group = (part.attribute, part.group)
        if part.selected is not None and part.hits is not None and part.found is not None:
            cells = {name: getattr(part, name) for name in _CELLS}
            cells["selected - hits"] = max(0.0, part.selected - part.hits)
            for whole, found in (("positives", part.hits), ("events", part.found)):
                cells[f"missed {whole}"] = max(0.0, counts.get(group, {}).get(whole, 0.0) - found)
            made.setdefault((part.way, part.attribute), {})[group] = cells
    yield from (Table(blocks, (tuple(blocks),)) for blocks in made.values())


def _mask_way(way: FrontierWay, is_pair_hidden: bool, small: set[Group], figures: Figures) -> FrontierWay:
    is_widest_hidden = any(attribute == way.widest_attribute for attribute, _ in small)
    visits, share = way.found_per_visit.n, way.found_per_visit.value or 0.0
    is_few = any(is_small(visits * part, figures.minimum) for part in (share, 1 - share))
    return way.model_copy(
        update={
            "found_per_visit": figures.shown(way.found_per_visit, is_hidden=is_few),
            "found_per_visit_change": figures.shown(way.found_per_visit_change, is_hidden=is_few),
            "ratio": figures.shown(way.ratio, is_hidden=is_pair_hidden),
            "need_per_visit": way.need_per_visit and figures.shown(way.need_per_visit, is_hidden=is_few),
            "need_ratio": way.need_ratio and figures.shown(way.need_ratio, is_hidden=is_pair_hidden),
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
