"""Does the model predict the place, or who looks at it?

In Chicago's food inspections the celebrated gain is almost all who inspects, not which restaurant (Kannan,
Shapiro and Bilgic 2019; Singh et al. 2022). So the order by the observer's own rate alone is held against the
model's, and the model has to show a gain among the cases of one observer.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from civic_ai.audit.bootstrap import Floats, accelerated, resample_sums
from civic_ai.audit.given import Given
from civic_ai.audit.observed import Observed, read_observed
from civic_ai.audit.observer_gain import observer_gains
from civic_ai.audit.pairs import Compared, Pairs
from civic_ai.records.figure import Figure, Verdict, missing
from civic_ai.records.observer import ObserverTest
from civic_ai.records.policy import Policy

LIMIT = 0.9
"""A model of whose gain the observer alone reaches this share predicts mainly the observer (METHODS 2.5)."""


RULE = "observer_rate"
"""The simple rule that knows only the observer: where it is what is proposed, nothing is left to test."""


def examine_observer(given: Given, policy: Policy) -> ObserverTest:
    """The observer test of the proposed model, or of the best one where a rule is proposed; ``fail`` where
    that rule is :data:`RULE`.

    ``unknown`` with the reason: ``not_declared``, ``observer_of_rows_only`` (units are places, whose requests
    have many observers), ``no_chance_is_predicted`` (durations), ``one_observer``, ``no_pairs``.
    """
    why = _why_not(given)
    if why is not None:
        return ObserverTest(verdict="unknown", why_unknown=why, column=given.spec.audit.observer)
    made = judge_observed(given, read_observed(given, policy), policy)
    if given.evaluation.champion == RULE and made.why_unknown is None:
        return made.model_copy(update={"verdict": "fail"})
    return made


def _why_not(given: Given) -> str | None:
    if given.spec.audit.observer is None:
        return "not_declared"
    return {"cases": None, "durations": "no_chance_is_predicted"}.get(
        given.panel.question, "observer_of_rows_only"
    )


def judge_observed(given: Given, observed: Observed, policy: Policy) -> ObserverTest:
    """The test on these cases; ``unknown`` (``one_observer``, ``no_pairs``) where they tell nothing."""
    if observed.observers < 2 or not observed.is_mixed:
        why = "no_pairs" if observed.observers >= 2 else "one_observer"
        return ObserverTest(verdict="unknown", why_unknown=why, column=given.spec.audit.observer)
    level = policy.tolerances.confidence_level
    areas = _Areas(observed, given.spec.seed, level)
    gains = observer_gains(given, observed, level)
    share = areas.share()
    return ObserverTest(
        verdict=judge_observer(share, gains[-1].within),
        column=given.spec.audit.observer,
        candidate=observed.candidate,
        observers=observed.observers,
        cases=len(observed.score),
        events=int(observed.is_event.sum()),
        lists=int(observed.list.max()) + 1,
        knows_observer=observed.knows_observer,
        area_of_model=areas.figure(areas.model),
        area_of_observer=areas.figure(areas.observer),
        area_without_observer=areas.without(),
        area_within_observers=areas.figure(areas.within),
        share=share,
        limit=LIMIT,
        judged_on=gains[-1].split,
        gains=tuple(gains),
    )


def judge_observer(share: Figure, within: Figure | None) -> Verdict:
    """``fail``: the share is surely at or above :data:`LIMIT`, and no gain within observers is sure;
    ``pass``: a gain within is sure, and the share surely below; else ``insufficient_evidence``."""
    if share.lower is None or share.upper is None or within is None or within.lower is None:
        return "insufficient_evidence"
    gains_within = within.lower > 0
    if share.lower >= LIMIT and not gains_within:
        return "fail"
    return "pass" if gains_within and share.upper < LIMIT else "insufficient_evidence"


class _Areas:
    """The four areas and their resamples: clusters of cases drawn anew, the same for all (paired)."""

    def __init__(self, observed: Observed, seed: int, level: float) -> None:
        self.observed, self.level = observed, level
        self.on_list = Compared(observed.is_event, observed.list, observed.cluster)
        self.weights = resample_sums(np.eye(int(observed.cluster.max()) + 1), seed=seed)
        self.model, self.observer = map(self.on_list.pairs, (observed.score, observed.rate))
        same = Compared(observed.is_event, observed.list_and_observer, observed.cluster)
        self.within = same.pairs(observed.score)

    def figure(self, pairs: Pairs) -> Figure:
        """An area with Student's t interval from its resamples; n counts events."""
        if not pairs.number:
            return missing("no_pairs")
        half = self._quantile * float(np.nanstd(pairs.areas(self.weights)))
        n = int(self.observed.is_event.sum())
        return Figure(
            value=pairs.area,
            lower=max(pairs.area - half, 0.0),
            upper=min(pairs.area + half, 1.0),
            level=self.level,
            n=n,
            period=self.observed.period,
        )

    def without(self) -> Figure:
        """The area of the model that is not told the observer."""
        if self.observed.without is None:
            return missing("nothing_but_the_observer")
        return self.figure(self.on_list.pairs(self.observed.without))

    def share(self) -> Figure:
        """The observer's gain over chance as a share of the model's; missing where that is not sure."""
        clusters = self.weights.shape[1]
        without_one = self._shares(1 - np.eye(clusters))
        value = float(self._shares(np.ones((1, clusters)))[0])
        if clusters < 2 or not np.isfinite([value, *without_one]).all():
            return missing("no_sure_gain")
        low, high = accelerated(value, self._shares(self.weights), without_one, self.level)
        if not np.isfinite(high):
            return missing("no_sure_gain")
        return self.figure(self.model).model_copy(update={"value": value, "lower": low, "upper": high})

    def _shares(self, weights: Floats) -> Floats:
        """The share in each resample; without end where the model gains nothing: any could be true."""
        observer, model = (pairs.areas(weights) - 0.5 for pairs in (self.observer, self.model))
        made: Floats = np.divide(observer, model, out=np.full(len(weights), np.inf), where=model > 0)
        return made

    @property
    def _quantile(self) -> float:
        return float(stats.t.ppf((1 + self.level) / 2, max(self.weights.shape[1] - 1, 1)))
