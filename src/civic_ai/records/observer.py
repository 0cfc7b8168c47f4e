"""Does it predict the place, or who looks? The record of the observer test."""

from __future__ import annotations

from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.record import Record


class ObserverGain(Record):
    """What a list gains by the model, by the observer's rate alone, and by the model within each observer.

    ``measure``: ``days_earlier`` (than today), or ``recall`` (the share of all events that is found, beyond a
    list in random order). ``within`` compares a case only with other cases of the same observer.
    """

    split: str
    measure: str
    model: Figure
    observer: Figure | None = None
    within: Figure | None = None

    named_by = ("split",)


class ObserverTest(Record):
    """How much of what ``candidate`` tells apart is who makes the record (``column``)?

    The areas say how often, of two cases on one list, one an event and one not, the event stands higher: by
    the model, by the observer's rate as known on the date, by a model trained without the observer, and by
    the model among cases of the same observer. They cover all ``lists`` of the tests, and of the lockbox
    where the model was looked at there. ``share``: (area of the observer - 1/2) / (area of the model - 1/2).

    ``fail``: the whole interval of ``share`` lies at or above ``limit``, and the gain within observers of
    ``judged_on`` is not surely above 0; also where the observer's rate is itself what is proposed. ``pass``:
    that gain is surely above 0, and ``share`` surely below the limit. ``unknown`` with the reason in
    ``why_unknown``, else ``insufficient_evidence``.
    """

    verdict: Verdict
    why_unknown: str | None = None
    column: str | None = None
    candidate: str | None = None
    observers: int | None = None
    cases: int | None = None
    events: int | None = None
    lists: int | None = None
    knows_observer: bool | None = None
    area_of_model: Figure | None = None
    area_of_observer: Figure | None = None
    area_without_observer: Figure | None = None
    area_within_observers: Figure | None = None
    share: Figure | None = None
    limit: float | None = None
    judged_on: str | None = None
    gains: tuple[ObserverGain, ...] = ()
