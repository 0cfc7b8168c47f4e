"""Places that are served worst, found without any protected attribute."""

from __future__ import annotations

from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.record import Record


class ServedSlice(Record):
    """Places that satisfy ``where``; found on half of the areas, judged on the others (honest split).

    ``ratio`` is the metric there over that of all judged places; ``joint`` holds for all slices at once.
    ``events`` and ``places`` count the judged half.
    """

    where: str
    metric: str
    figure: Figure
    ratio: Figure
    joint: Figure | None = None
    verdict: Verdict
    needed: int | None = None
    needed_is_least: bool = False
    events: int | None = None
    places: int | None = None
    suppressed: bool = False

    named_by = ("where", "metric")


class SliceSearch(Record):
    """The slices, worst first; ``tried``: conditions, alone or two at once, compared on the first half."""

    slices: tuple[ServedSlice, ...]
    tried: int
    verdict: Verdict
