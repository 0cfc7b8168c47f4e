"""When what counts as an event seems to have changed: the record of label drift."""

from __future__ import annotations

from datetime import date

from civic_ai.records.figure import Figure
from civic_ai.records.record import Record


class LabelChange(Record):
    """The label's level jumped, beyond season, trend and chance. ``on``: first day of the new level.

    ``stratum``: the type of request; None: all together. ``earliest`` and ``latest`` bound the day of the
    change at ``level``; it may lie within a period, so both reach to the ends of the periods. ``before`` and
    ``after``: the mean label between the neighbouring changes; ``jump``: the difference with season, trend
    and the other changes taken out. ``p_value``: how often a search finds a jump as clear where there is
    none.
    """

    stratum: str | None = None
    on: date
    earliest: date
    latest: date
    level: float
    before: Figure
    after: Figure
    jump: Figure
    p_value: float

    named_by = ("stratum", "on")
