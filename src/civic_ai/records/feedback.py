"""What two years of acting on the list would do: who is visited, and who never."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.figure import Figure
from civic_ai.records.record import Record

WayName = Literal["reports", "discoveries", "exploration", "correction", "need"]
"""The last is no choice that a city has: it ranks by need itself, which only a simulation knows."""


class VisitClass(Record):
    """The share of areas with ``least`` to ``most`` visits in the two years (None: any number)."""

    name: str
    least: int
    most: int | None
    share: float

    named_by = ("name",)


class FeedbackWay(Record):
    """One way of choosing whom to visit, over all simulated futures (``lower``, ``upper``: spread over them).

    ``never_visited``: share of areas without a visit. ``visits`` and ``service``: share of all visits, and of
    all problems repaired, that go to the group that reports least, over its share of need. 1 is even; where
    need is concentrated a list that knew it would give more, so hold the others against ``need``.
    """

    way: WayName
    never_visited: Figure
    visits: Figure
    service: Figure
    classes: tuple[VisitClass, ...]

    named_by = ("way",)


class Feedback(Record):
    """Simulated, not observed: two years of visits under each way of choosing (Ensign et al. 2018).

    ``basis``: ``measured`` where rates by area come from the pilot's own repeat reports, ``assumed`` where
    ``gap`` is an illustration: in half of the areas, chosen by chance, people report ``gap`` times as
    often as elsewhere. ``attribute`` and ``group``: who reports least, where that was measured.
    """

    basis: Literal["measured", "assumed"] | None = None
    attribute: str | None = None
    group: str | None = None
    gap: float | None = None
    areas: int | None = None
    visits_per_period: int | None = None
    periods: int | None = None
    exploration_share: float | None = None
    futures: int | None = None
    ways: tuple[FeedbackWay, ...] = ()
    why_unknown: str | None = None
