"""What other ways of choosing would have chosen, and what each choice cost on the split that came next.

After triage's audition (Center for Data Science and Public Policy), with four rules. The table decides
nothing: the champion is chosen by :mod:`civic_ai.evaluation.choose`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from civic_ai.evaluation.choose import choose_champion
from civic_ai.evaluation.lists import Floats, Integers
from civic_ai.evaluation.looked import Looked
from civic_ai.evaluation.scores import make_scope, objective_of
from civic_ai.evaluation.stability import LEAST_SPLITS
from civic_ai.records.evaluation import SelectionRule
from civic_ai.records.figure import Figure
from civic_ai.records.predictions import CandidateRecord

HALF_LIFE_SPLITS = 2
"""In best_recent a split counts half as much as one that is so many splits younger."""

RuleName = Literal["best_mean", "best_worst", "best_recent", "simplest_near_best"]


@dataclass(frozen=True, eq=False)
class Season:
    """What was tried: candidates, the simplest first, and the objective of each in each measured split,
    (candidates, splits), turned so that more is better. ``splits`` are positions among the test splits."""

    looked: Looked
    candidates: Sequence[CandidateRecord]
    splits: Integers
    values: Floats

    def simplest_near_best(self, seen: int) -> int:
        """Whom the declared rule would have made champion from the first ``seen`` splits."""
        terms, lists = self.looked.terms, self.looked.tests.lists
        anyone = self.looked.tests.anyone
        dates = np.isin(anyone.split, self.splits[:seen])
        objectives = {one.name: objective_of(lists[one.name].where(dates), terms) for one in self.candidates}
        resampled = make_scope("so far", anyone, dates, terms).resampled
        chosen = choose_champion(self.candidates, objectives, terms.objective, resampled)
        return self.candidates.index(chosen.champion)

    def regrets(self, chosen: Sequence[int]) -> Floats:
        """(splits - 1,): how far what was chosen for each split after the first lay behind the best there."""
        after = self.values[:, 1:]
        return np.asarray(after.max(axis=0) - after[list(chosen), np.arange(after.shape[1])])


def best_mean(past: Floats) -> Floats:
    """Mean over splits of (candidates, splits)."""
    return np.asarray(past.mean(axis=1))


def best_worst(past: Floats) -> Floats:
    """The worst split of (candidates, splits)."""
    return np.asarray(past.min(axis=1))


def best_recent(past: Floats) -> Floats:
    """Mean over splits of (candidates, splits), younger ones weighing more."""
    age = np.arange(past.shape[1])[::-1]
    return np.asarray(np.average(past, axis=1, weights=0.5 ** (age / HALF_LIFE_SPLITS)))


def selection_rules(looked: Looked) -> Iterator[SelectionRule]:
    """Each rule: what it chooses from all test splits, what it chose for each split from those before, and
    its mean regret there. Empty with fewer than :data:`LEAST_SPLITS` measured splits.

    Of equals the simpler is chosen. ``simplest_near_best`` is the rule that decides.
    """
    season = play(looked)
    if len(season.splits) < LEAST_SPLITS:
        return

    def most(worth: Callable[[Floats], Floats]) -> Callable[[int], int]:
        return lambda seen: int(np.argmax(worth(season.values[:, :seen])))

    rules: Mapping[RuleName, Callable[[int], int]] = {
        "best_mean": most(best_mean),
        "best_worst": most(best_worst),
        "best_recent": most(best_recent),
        "simplest_near_best": season.simplest_near_best,
    }
    for name, choose in rules.items():
        yield _told(season, name, [choose(seen) for seen in range(1, len(season.splits) + 1)])


def play(looked: Looked) -> Season:
    """The objective of every candidate in every split in which all could be measured."""
    eligible = [one for one in looked.predictions.candidates if one.mitigates is None]
    candidates = sorted(eligible, key=lambda one: (not one.is_baseline, one.simplicity, one.name))
    terms, tests = looked.terms, looked.tests
    found = [
        [objective_of(tests.lists[one.name].where(scope.dates), terms).value for scope in tests.scopes[1:]]
        for one in candidates
    ]
    values = terms.objective.ahead(np.array(found), np.zeros(1))
    measured = np.flatnonzero(np.isfinite(values).all(axis=0))
    return Season(looked, candidates, measured, values[:, measured])


def _told(season: Season, rule: RuleName, chosen: Sequence[int]) -> SelectionRule:
    """``chosen``: whom the rule chooses after the first split, after the second, and so on."""
    names = [season.candidates[at].name for at in chosen]
    splits = [season.looked.terms.splits[at] for at in season.splits]
    return SelectionRule(
        rule=rule,
        chooses=names[-1],
        regret=_mean_with_interval(season, season.regrets(chosen[:-1])),
        chosen=dict(zip(splits[1:], names[:-1], strict=True)),
    )


def _mean_with_interval(season: Season, regrets: Floats) -> Figure:
    """Mean over splits with Student's interval, cut off at 0: nobody is better than the best."""
    n, level = len(regrets), season.looked.terms.level
    mean = float(regrets.mean())
    told = Figure(value=mean, level=level, n=n, period=season.looked.tests.anyone.period)
    if n < LEAST_SPLITS:
        return told.model_copy(update={"why_missing": "too_few_periods_for_an_interval"})
    half = float(stats.t.ppf((1 + level) / 2, n - 1) * regrets.std(ddof=1) / math.sqrt(n))
    return told.model_copy(update={"lower": max(mean - half, 0.0), "upper": mean + half})
