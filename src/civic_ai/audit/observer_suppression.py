"""The observer test and the label's changes as the public sees them.

Both tell of all cases of a pilot, and of no group; what is small is hidden all the same, since a rare event
in a small town may be one business.
"""

from __future__ import annotations

from collections.abc import Iterable

from civic_ai.audit.frontier_suppression import Figures
from civic_ai.audit.protection import is_small
from civic_ai.records.figure import Figure
from civic_ai.records.label_changes import LabelChange
from civic_ai.records.observer import ObserverGain, ObserverTest

_AREAS = ("area_of_model", "area_of_observer", "area_without_observer", "area_within_observers", "share")
_GAINS = ("model", "observer", "within")


def mask_observer(test: ObserverTest | None, figures: Figures) -> ObserverTest | None:
    """Nothing but the verdict where events, or cases without one, are few; else rounded. Idempotent."""
    if test is None or test.cases is None or test.events is None:
        return test
    cases, events = test.cases, test.events
    few = _is_few(cases, events, figures) or _is_few(
        _rounded(cases, figures), _rounded(events, figures), figures
    )
    seen = {name: _seen(getattr(test, name), figures, few) for name in _AREAS}
    counts = {name: None if few else _rounded(getattr(test, name), figures) for name in ("cases", "events")}
    gains = tuple(_mask_gain(gain, figures, few) for gain in test.gains)
    return test.model_copy(update=seen | counts | {"gains": gains})


def _is_few(cases: int, events: int, figures: Figures) -> bool:
    return any(is_small(count, figures.minimum) for count in (cases, events, cases - events))


def _mask_gain(gain: ObserverGain, figures: Figures, few: bool) -> ObserverGain:
    count = gain.model.n
    hidden = few or any(is_small(n, figures.minimum) for n in (count, _rounded(count, figures)))
    return gain.model_copy(update={name: _seen(getattr(gain, name), figures, hidden) for name in _GAINS})


def _seen(figure: Figure | None, figures: Figures, is_hidden: bool) -> Figure | None:
    return None if figure is None else figures.shown(figure, is_hidden=is_hidden)


def _rounded(count: int, figures: Figures) -> int:
    return int(figures.rounded(count) or 0)


def mask_label_changes(changes: Iterable[LabelChange], figures: Figures) -> tuple[LabelChange, ...]:
    """The dates stay; where a count between two changes is small, or rounds to a small one, all levels of
    that series are hidden, since it would follow from the others and the total. Idempotent."""
    made = tuple(changes)
    seen = tuple(_mask_change(change, figures, is_hidden=False) for change in made)
    few = {change.stratum for change in (*made, *seen) if _has_small(change, figures.minimum)}
    return tuple(_mask_change(change, figures, change.stratum in few) for change in made)


def _has_small(change: LabelChange, minimum: int) -> bool:
    counts = [
        count
        for figure in (change.before, change.after)
        for count in (figure.n, figure.n * (figure.value or 0.0), figure.n * (1 - (figure.value or 0.0)))
    ]
    return any(is_small(count, minimum) for count in counts)


def _mask_change(change: LabelChange, figures: Figures, is_hidden: bool) -> LabelChange:
    names = ("before", "after", "jump")
    update = {name: figures.shown(getattr(change, name), is_hidden=is_hidden) for name in names}
    return change.model_copy(update=update)
