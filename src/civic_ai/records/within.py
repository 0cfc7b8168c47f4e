"""What may hide within areas: bounds on a group's figure that hold however an area treats its residents."""

from __future__ import annotations

from civic_ai.records.record import Record


class WithinAreas(Record):
    """Bounds on a share of a group, where only areas are known (Duncan and Davis 1953).

    ``value`` gives every resident the area's service. ``lower`` and ``upper``: the group had all of an area's
    misses, or none of them, in every area. Cases are taken to be spread over an area's residents evenly.
    """

    attribute: str
    group: str
    metric: str
    value: float | None
    lower: float | None
    upper: float | None
    areas: int
    level: str = "area"
    suppressed: bool = False

    named_by = ("attribute", "group", "metric")
