"""Other ways to choose the list: what each finds, whom it reaches, who gains and loses visits."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.figure import Figure
from civic_ai.records.record import Record

WayKind = Literal["champion", "candidate", "rule", "mitigation", "sweep"]


class FrontierWay(Record):
    """One way of choosing the list, on the same dates, places and draws as every other.

    ``found_per_visit``: what one visit finds. ``ratio``: the leading metric of ``Frontier.group`` over its
    reference group's, the pair in which the champion's groups lie furthest apart. ``*_change``: against the
    champion, paired; of ``found_per_visit`` a difference, of ``ratio`` a factor. All of these count reports;
    ``need_per_visit`` and ``need_ratio`` count problems, reported or not, where that is known. ``widest``:
    the ratio furthest from 1 that this way itself has, in ``widest_group`` of ``widest_attribute``: evening
    out one pair may part another. ``decides_by_attribute``: the list cannot be made without looking at it.
    ``strength``: of a sweep, how far depths go from the list as it is (0) to equal expected recall (1).
    """

    way: str
    kind: WayKind
    of: str | None = None
    method: str | None = None
    attribute: str | None = None
    decides_by_attribute: bool = False
    strength: float | None = None
    found_per_visit: Figure
    found_per_visit_change: Figure
    ratio: Figure
    ratio_change: Figure
    need_per_visit: Figure | None = None
    need_ratio: Figure | None = None
    widest: Figure
    widest_attribute: str | None = None
    widest_group: str | None = None

    named_by = ("way",)


class FrontierVisits(Record):
    """Which visits a group gets in one way: sums over the test dates, by residents' shares.

    ``per_list`` visits of one list, ``share`` of all visits, ``change`` in visits of one list against the
    champion's. None: hidden.
    """

    way: str
    attribute: str
    group: str
    selected: float | None
    hits: float | None
    found: float | None
    per_list: float | None
    share: float | None
    change: float | None
    suppressed: bool = False

    named_by = ("way", "attribute", "group")


class Frontier(Record):
    """Found against disparity, for everything that was tried, on ``lists`` test dates of ``capacity`` visits.

    ``metric`` is the leading one; ``attribute``, ``group``, ``reference_group`` the pair in which the
    champion's ratio lies furthest from 1. ``life_days``: how long a problem lasts, where all is told against
    need too. It informs, and gives no verdict.
    """

    champion: str
    metric: str
    attribute: str
    group: str
    reference_group: str
    capacity: int
    lists: int
    swept: str | None = None
    life_days: int | None = None
    ways: tuple[FrontierWay, ...]
    visits: tuple[FrontierVisits, ...]
