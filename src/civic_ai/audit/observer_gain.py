"""What a city gains by the model, by the observer's rate alone, and by the model within each observer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import stats

from civic_ai.audit.bootstrap import Floats, resample_sums, sum_clusters
from civic_ai.audit.given import Given
from civic_ai.audit.observed import Observed
from civic_ai.audit.pairs import Flags, share_below
from civic_ai.evaluation.chance import visit_chance
from civic_ai.records.evaluation import TimeToFind
from civic_ai.records.figure import Figure, missing
from civic_ai.records.observer import ObserverGain

ALL, LOCKBOX = "all", "lockbox"


def observer_gains(given: Given, observed: Observed, level: float) -> list[ObserverGain]:
    """On the tests, and then in the lockbox where the model was looked at there.

    The last one is judged: the model was chosen on the tests, so what it gains there is flattered. Days
    earlier are those of the evaluation, where cases are due; else the events found at capacity are counted.
    """
    found = {(part.candidate, part.split): part for part in given.evaluation.time_to_find}
    if found:
        return list(_days(found, observed.candidate))
    capacity = given.evaluation.capacity
    assert capacity is not None, "a list of cases has a capacity"
    at = _AtCapacity(observed, capacity, given.spec.seed, level)
    halves = [(ALL, ~observed.in_lockbox), (LOCKBOX, observed.in_lockbox)]
    return [at.gain(split, chosen) for split, chosen in halves if chosen.any()]


def _days(found: dict[tuple[str, str], TimeToFind], model: str) -> Iterator[ObserverGain]:
    for split in (ALL, LOCKBOX):
        own, rule = found.get((model, split)), found.get(("observer_rate", split))
        if own is not None:
            yield ObserverGain(
                split=split,
                measure="days_earlier",
                model=own.days_earlier,
                observer=None if rule is None else rule.days_earlier,
                within=own.within_observer,
            )


class _AtCapacity:
    """Events found at capacity beyond a random order, as a share of all events."""

    def __init__(self, observed: Observed, capacity: int, seed: int, level: float) -> None:
        self.observed, self.capacity, self.seed, self.level = observed, capacity, seed, level

    def gain(self, split: str, chosen: Flags) -> ObserverGain:
        """The three ways to order, on the chosen cases."""
        cases = self.observed
        by_observer = share_below(cases.score, cases.list_and_observer)
        scores = (cases.score, cases.rate, by_observer)
        model, observer, within = (self._figure(score, chosen) for score in scores)
        return ObserverGain(split=split, measure="recall", model=model, observer=observer, within=within)

    def _figure(self, score: Floats, chosen: Flags) -> Figure:
        cases = self.observed
        event = cases.is_event[chosen].astype(np.float64)
        if not event.any():
            return missing("no_events")
        on = cases.list[chosen]
        sizes = np.bincount(on)[on]
        beyond = visit_chance(on, score[chosen], self.capacity) - np.minimum(self.capacity / sizes, 1.0)
        codes = np.unique(cases.cluster[chosen], return_inverse=True)[1].astype(np.int64)
        sums = sum_clusters(np.column_stack([event * beyond, event]), codes)
        found, of = sums.sum(axis=0)
        draws = resample_sums(sums, seed=self.seed)
        draws = draws[draws[:, 1] > 0]
        spread = float(np.std(draws[:, 0] / draws[:, 1]))
        half = spread * float(stats.t.ppf((1 + self.level) / 2, max(len(sums) - 1, 1)))
        value = float(found / of)
        return Figure(value=value, lower=value - half, upper=value + half, level=self.level, n=int(of))
