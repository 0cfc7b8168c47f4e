"""Intersections, slices and bounds within areas as the public sees them."""

from __future__ import annotations

from collections.abc import Iterable

from civic_ai.audit.frontier_suppression import Figures
from civic_ai.audit.protection import Block, Table, is_small, protect
from civic_ai.records.figure import Figure
from civic_ai.records.intersections import Intersection, Intersections, Spread
from civic_ai.records.slices import ServedSlice, SliceSearch
from civic_ai.records.within import WithinAreas

Group = tuple[str, str]
_NOTHING = {"joint": None, "needed": None, "needed_is_least": False, "detectable": None, "events": None}


def mask_intersections(
    made: Intersections | None, hidden: frozenset[Group], figures: Figures
) -> Intersections | None:
    """A pair of groups with a small count is hidden, and others beside it: whoever reads knows what both of
    its groups count as a whole. ``hidden``: attribute and group of everything hidden elsewhere."""
    if made is None:
        return None
    small = hidden_pairs(made, hidden, figures.minimum)
    return made.model_copy(
        update={
            "groups": tuple(_mask_pair(item, block_of(item) in small, figures) for item in made.groups),
            "spreads": tuple(_coarse_spread(item) for item in made.spreads),
        }
    )


def hidden_pairs(made: Intersections, hidden: frozenset[Group], minimum: int) -> frozenset[Block]:
    """Names of the pairs of groups that are hidden, on every metric alike."""
    below = [block_of(item) for item in made.groups if {*_groups_of(item)} & hidden]
    return protect(pairs_table(made, hidden), minimum, below).hidden


def pairs_table(made: Intersections, hidden: frozenset[Group] = frozenset()) -> Table:
    """What every pair counts over all metrics; each group of either attribute is a line of its pairs.

    Of groups that are ``hidden`` elsewhere no total is told but that of all of them together.
    """
    blocks: dict[Block, dict[str, float]] = {}
    lines: dict[tuple[str, str, str | None], dict[Block, None]] = {}
    for item in made.groups:
        block = block_of(item)
        counted = blocks.setdefault(block, {"events": float(item.events or 0)})
        counted |= {f"{item.metric} {name}": n for name, n in _share(item.figure).items()}
        for group in _groups_of(item):
            told = None if group in hidden else group[1]
            lines.setdefault((block[0], group[0], told), {})[block] = None
    return Table(blocks, tuple(tuple(line) for line in lines.values()))


def block_of(item: Intersection) -> Block:
    """The name of a pair of groups."""
    return f"{item.attribute} & {item.other_attribute}", f"{item.group} & {item.other_group}"


def _groups_of(item: Intersection) -> tuple[Group, Group]:
    return (item.attribute, item.group), (item.other_attribute, item.other_group)


def _share(figure: Figure) -> dict[str, float]:
    """What a share counts: its n, the cases behind it, what they leave over; n alone of other figures."""
    if figure.value is None or not 0 <= figure.value <= 1:
        return {"n": float(figure.n)}
    cases = figure.n * figure.value
    return {"n": float(figure.n), "cases": cases, "others": max(0.0, figure.n - cases)}


def _mask_pair(item: Intersection, is_hidden: bool, figures: Figures) -> Intersection:
    shown = {
        "figure": figures.shown(item.figure, is_hidden=is_hidden),
        "ratio": figures.shown(item.ratio, is_hidden=is_hidden),
    }
    if is_hidden:
        return item.model_copy(update=shown | _NOTHING | {"shrunken": None, "suppressed": True})
    return item.model_copy(
        update=shown
        | {
            "shrunken": _coarse(item.shrunken),
            "joint": None if item.joint is None else figures.coarse(item.joint),
            "needed": _count(item.needed, figures),
            "detectable": _coarse(item.detectable),
            "events": _count(item.events, figures),
        }
    )


def _coarse_spread(item: Spread) -> Spread:
    names = ("city", "beyond_chance", "by_chance")
    return item.model_copy(update={name: _coarse(getattr(item, name)) for name in names} | {"variance": None})


def mask_within(
    made: Iterable[WithinAreas], hidden: frozenset[Group], figures: Figures
) -> tuple[WithinAreas, ...]:
    """Bounds of groups that are shown, in whole percent."""
    return tuple(_mask_bound(item, (item.attribute, item.group) in hidden) for item in made)


def _mask_bound(item: WithinAreas, is_hidden: bool) -> WithinAreas:
    ends = ("value", "lower", "upper")
    if is_hidden:
        return item.model_copy(update=dict.fromkeys(ends) | {"areas": 0, "suppressed": True})
    return item.model_copy(update={name: _coarse(getattr(item, name)) for name in ends})


def mask_slices(made: SliceSearch | None, figures: Figures) -> SliceSearch | None:
    """A slice with a small count in it is hidden. Slices overlap and add up to no total that is shown."""
    if made is None:
        return None
    return made.model_copy(update={"slices": tuple(_mask_slice(item, figures) for item in made.slices)})


def _mask_slice(item: ServedSlice, figures: Figures) -> ServedSlice:
    counts = (float(item.events or 0), float(item.places or 0), *_share(item.figure).values())
    is_hidden = item.suppressed or any(is_small(count, figures.minimum) for count in counts)
    shown = {
        "figure": figures.shown(item.figure, is_hidden=is_hidden),
        "ratio": figures.shown(item.ratio, is_hidden=is_hidden),
    }
    if is_hidden:
        nothing = {name: value for name, value in _NOTHING.items() if name != "detectable"}
        return item.model_copy(update=shown | nothing | {"places": None, "suppressed": True})
    return item.model_copy(
        update=shown
        | {
            "joint": None if item.joint is None else figures.coarse(item.joint),
            "needed": _count(item.needed, figures),
            "events": _count(item.events, figures),
            "places": _count(item.places, figures),
        }
    )


def _coarse(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _count(count: int | None, figures: Figures) -> int | None:
    rounded = figures.rounded(count)
    return None if rounded is None else int(rounded)
