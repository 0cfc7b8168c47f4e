"""Quick replicates of what a model learns from: who observes, and a label whose meaning changes.

Cases and days are drawn without land or queues and judged by the product, with the truth exactly at equality,
at the edge of what is promised, and beyond it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
from look import POLICY, Look, held_of, log_of, policies
from numpy.typing import NDArray
from scipy import signal
from town import FIRST, YEARS

from civic_ai.audit import label_changes
from civic_ai.audit.observed import Observed
from civic_ai.audit.observer import judge_observed
from civic_ai.records.figure import Period

OBSERVERS, LISTS, DISTRICTS = 15, 26, 40
"""Districts are resampled, not the 120 areas of the other draws: pairs of them are counted."""
CAPACITY_SHARE, USUAL, OBSERVER_SPREAD, PLACE_SPREAD, NOISE = 0.25, -1.5, 1.0, 0.8, 0.5
SHARE, SEASON, HANGS_TOGETHER, MONTH_SPREAD = 0.35, 0.05, 0.3, 0.02
"""Of the label: its mean, the height of its season, correlation of a month with the next, and how much months
that hang together depart from their season."""
EDGE_DAYS, MONTH_DAYS = 270, 30.4375
_PERIOD = Period(first=FIRST, last=FIRST)
_BEGIN = (FIRST - date(1970, 1, 1)).days
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ObserverDesign:
    """``share``: the part of the model's gain that the observer alone reaches, in truth; then the model gains
    nothing among the cases of one observer. None: events depend on the place alone."""

    share: float | None

    def look(self, size: int, rng: np.random.Generator, seed: int) -> Look:
        """One draw, judged: the later half of so many incidents is tested."""
        observed = self._observed(size // 2, rng)
        largest = int(np.bincount(observed.list).max())
        given = SimpleNamespace(
            spec=SimpleNamespace(seed=seed, audit=SimpleNamespace(observer="inspector")),
            evaluation=SimpleNamespace(time_to_find=(), capacity=max(1, round(CAPACITY_SHARE * largest))),
        )
        made = [judge_observed(given, observed, policy) for policy in policies()]
        look = Look(audit="observer", verdict=made[0].verdict)
        if self.share is None:
            return look
        truth, shares = math.log(self.share), [each.share for each in made]
        held = held_of(shares, truth, truth)
        return replace(look, value=log_of(shares[0].value), planted=truth, here=truth, held=held)

    def _observed(self, cases: int, rng: np.random.Generator) -> Observed:
        """A rate that in the cases not in ``share`` is some other observer's reaches exactly that part of the
        gain: of a pair, both rates are right, or one, or none; these add up to share x gain."""
        who = rng.integers(0, OBSERVERS, cases)
        strict = OBSERVER_SPREAD * rng.standard_normal(OBSERVERS)
        place = rng.standard_normal(cases)
        is_right = rng.random(cases) < (0.0 if self.share is None else self.share)
        rate = strict[np.where(is_right, who, rng.integers(0, OBSERVERS, cases))]
        logit = USUAL + (PLACE_SPREAD * place if self.share is None else strict[who])
        noise = rng.standard_normal(cases)
        score = logit + NOISE * noise if self.share is None else strict[who] + 1e-9 * noise
        return Observed(
            candidate="model",
            is_event=rng.random(cases) < 1 / (1 + np.exp(-logit)),
            in_lockbox=np.zeros(cases, dtype=bool),
            list=rng.integers(0, LISTS, cases),
            observer=who,
            cluster=np.unique(rng.integers(0, DISTRICTS, cases), return_inverse=True)[1],
            score=score,
            rate=rate,
            without=None,
            knows_observer=self.share is not None,
            period=_PERIOD,
        )


@dataclass(frozen=True)
class ChangeDesign:
    """``jump``: by how much the label's mean rises on a day drawn at random; ``month_spread``: how much
    months depart from trend and season, each a little like the month before."""

    jump: float = 0.0
    month_spread: float = 0.0

    def look(self, size: int, rng: np.random.Generator, seed: int) -> Look:
        """One draw, judged."""
        day = np.sort(rng.integers(0, YEARS * 365, size))
        changed = int(rng.integers(EDGE_DAYS, YEARS * 365 - EDGE_DAYS))
        label = (rng.random(size) < self._chance(day, changed, rng)).astype(np.float64)
        level = POLICY.tolerances.confidence_level
        periods = label_changes.periods_of(None, _BEGIN + day, label)
        changes = list(periods.changes(label_changes.ALPHA, level, seed))
        on = FIRST + timedelta(days=changed)
        dated = any(change.earliest <= on <= change.latest for change in changes)
        held = {f"{level:.2f}": dated} if changes and self.jump else {}
        return Look(audit="label_change", verdict="fail" if changes else "pass", held=held)

    def _chance(self, day: NDArray[np.int64], changed: int, rng: np.random.Generator) -> Floats:
        months = int(YEARS * 365 / MONTH_DAYS) + 1
        fresh = math.sqrt(1 - HANGS_TOGETHER**2) * rng.standard_normal(months)
        monthly = self.month_spread * signal.lfilter([1.0], [1.0, -HANGS_TOGETHER], fresh)
        season = SEASON * np.cos(2 * np.pi * day / 365.25)
        made: Floats = (
            SHARE + season + monthly[(day / MONTH_DAYS).astype(np.int64)] + self.jump * (day >= changed)
        )
        return made


MODEL_DESIGNS: Mapping[str, ObserverDesign | ChangeDesign] = {
    "observer_none": ObserverDesign(None),
    "observer_boundary": ObserverDesign(0.9),
    "observer": ObserverDesign(1.0),
    "label_change_none": ChangeDesign(),
    "label_change_boundary": ChangeDesign(month_spread=MONTH_SPREAD),
    "label_change": ChangeDesign(jump=0.1),
}
"""Observer: nothing, exactly the limit, everything. Label: nothing changes; nothing jumps but months hang
together, the edge of what counts as no change; a jump as high as that of the full cities."""
