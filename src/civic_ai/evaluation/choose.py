"""Who becomes champion: the simplest that is not clearly behind the best."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.evaluation.metric import Metric
from civic_ai.evaluation.statistic import Statistic
from civic_ai.evaluation.uncertainty import Replicates
from civic_ai.records.evaluation import Choice
from civic_ai.records.predictions import CandidateRecord

BEST = "best_on_objective"
SIMPLEST = "simplest_within_one_standard_error"
TOO_SHORT = "simplest_because_time_is_too_short_to_tell"
DECLARED = "declared"


@dataclass(frozen=True)
class Chosen:
    """The champion, why, and the best of each kind."""

    champion: CandidateRecord
    best_baseline: CandidateRecord
    best_candidate: CandidateRecord
    chosen_by: str
    choice: Choice

    @property
    def looked_at(self) -> tuple[CandidateRecord, ...]:
        """Whose lockbox scores are made: the champion's and the best baseline's."""
        is_same = self.champion.name == self.best_baseline.name
        return (self.champion,) if is_same else (self.champion, self.best_baseline)


def choose_champion(
    candidates: Iterable[CandidateRecord],
    objectives: Mapping[str, Statistic],
    metric: Metric,
    resampled: Replicates,
    preferred: str | None = None,
) -> Chosen:
    """One-standard-error rule (Breiman et al. 1984): of all that lie within one paired standard error of
    the best on the objective, the simplest; baselines are simpler than any candidate.

    ``objectives``: the objective of each candidate over the test dates. Where time is too short for a
    standard error nothing can be said to be better, and the simplest of all is champion. A mitigation is
    never chosen by itself: whom ``preferred`` names is champion, whatever it is, and if no rule also stands
    for the best candidate. Raises :class:`DataError` when the objective exists for no baseline or for no
    candidate, or when the preferred one was not measured.
    """
    eligible = [one for one in candidates if one.mitigates is None or one.name == preferred]
    ranked = sorted(eligible, key=lambda one: _rank(objectives[one.name].value, metric, one))
    measured = [one for one in ranked if math.isfinite(objectives[one.name].value)]
    baselines = [one for one in measured if one.is_baseline]
    models = [one for one in measured if not one.is_baseline]
    if not baselines or not models:
        raise _nothing_measured(metric)
    best = measured[0]
    behind = {one.name: _behind(objectives, best, one, metric, resampled) for one in measured}
    if preferred is not None:
        declared = _declared(measured, preferred)
        best_model = models[0] if declared.is_baseline else declared
        return Chosen(declared, baselines[0], best_model, DECLARED, behind[preferred])
    champion = min((one for one in measured if _is_level(behind[one.name])), key=_simplicity)
    return Chosen(champion, baselines[0], models[0], _reason(behind, champion, best), behind[champion.name])


def _declared(measured: Iterable[CandidateRecord], preferred: str) -> CandidateRecord:
    for one in measured:
        if one.name == preferred:
            return one
    raise DataError.because(
        say("{name} is preferred, but its objective could not be measured", name=preferred),
        about="models.preferred",
        remedy=say("Leave 'preferred' out, or name one that the evaluation measures."),
    )


def _rank(value: float, metric: Metric, one: CandidateRecord) -> tuple[float, tuple[bool, int, str]]:
    """Best objective first; equals by simplicity."""
    return (value if metric.direction == "lower" else -value), _simplicity(one)


def _simplicity(one: CandidateRecord) -> tuple[bool, int, str]:
    return not one.is_baseline, one.simplicity, one.name


def _behind(
    objectives: Mapping[str, Statistic],
    best: CandidateRecord,
    other: CandidateRecord,
    metric: Metric,
    resampled: Replicates,
) -> Choice:
    left, right = objectives[best.name], objectives[other.name]
    apart = metric.ahead(left.replicates(resampled), right.replicates(resampled))
    return Choice(
        best=best.name,
        behind_best=float(metric.ahead(left.value, right.value)),
        standard_error=resampled.standard_error(apart),
    )


def _is_level(behind: Choice) -> bool:
    return behind.standard_error is None or behind.behind_best <= behind.standard_error


def _reason(behind: Mapping[str, Choice], champion: CandidateRecord, best: CandidateRecord) -> str:
    if champion.name == best.name:
        return BEST
    return TOO_SHORT if behind[champion.name].standard_error is None else SIMPLEST


def _nothing_measured(metric: Metric) -> Exception:
    return DataError.because(
        say("{metric} could not be measured: the test periods hold no event", metric=metric.name),
        about="objective",
        remedy=say("Use longer test periods, larger units, or a longer horizon."),
    )
