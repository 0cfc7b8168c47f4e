"""Reasons put to the test: other seeds, other years, features taken away, outcomes that mean nothing.

Feature by feature, reasons change with the seed and with the weeks that were seen; by family they mostly hold
(METHODS 5). Only what most models trained again would say as well is told as a reason without a mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import kendalltau

from civic_ai.explanation.contributions import Cases, Contributions, Positions, contribute
from civic_ai.explanation.deletion import Deletion
from civic_ai.explanation.reasons import give_reasons
from civic_ai.explanation.stability import STABLE_AGREEMENT, Weeks, mean_sizes
from civic_ai.models.refit import Again
from civic_ai.models.scorer import Floats, ModelScorer
from civic_ai.records.explanation import MOST_SHUFFLED, AcrossModels, Example, ReasonAgreement, Trials
from civic_ai.records.figure import Figure, Verdict, missing

SEEDS, STRETCHES = 3, 4
"""Models trained again with another seed (where there is chance), and without a stretch of the training
dates each."""
NOTHING_TRAINED = "nothing_trained"


@dataclass(frozen=True, eq=False)
class Tried:
    """What the champion and each model that was trained again say of the same rows."""

    own: Contributions
    others: tuple[Contributions, ...]
    shuffled: Contributions
    deletion: Deletion | None
    weeks: Weeks


def train_again(again: Again, seed: int) -> tuple[list[ModelScorer], ModelScorer]:
    """The models trained again, and the one of shuffled outcomes. Without chance in its training a model
    would only agree with itself: no other seeds."""
    seeds = [seed + 1 + number for number in range(SEEDS)] if again.candidate.by_chance else []
    models = [*again.with_seeds(seeds), *again.without_stretches(STRETCHES, seed)]
    return models, again.on_shuffled_outcomes(seed)


def try_reasons(tried: Tried, reasons: Sequence[ReasonAgreement]) -> Trials:
    """Every figure of :class:`~civic_ai.records.explanation.Trials` but for the proxies."""
    made = Trials(
        models=len(tried.others),
        verdict="unknown",
        rank=_over_models([_rank_agreement(tried.own, other) for other in tried.others]),
        first=_over_models([float((_first(tried.own) == _first(other)).mean()) for other in tried.others]),
        first_two=_over_models([_overlap(tried.own, other) for other in tried.others]),
        deleted=_deleted(tried),
        deleted_agrees=_correlation(tried.deletion),
        shuffled=_shuffled(tried),
        reasons=tuple(reasons),
    )
    return made.model_copy(update={"verdict": verdict_of(made)})


def not_trained() -> Trials:
    """A rule: its reason is what it counts, on whatever data."""
    nothing = missing(NOTHING_TRAINED)
    return Trials(
        models=0, verdict="pass", rank=None, first=None, first_two=None,
        deleted=nothing, deleted_agrees=nothing, shuffled=nothing,
    )  # fmt: skip


def verdict_of(trials: Trials) -> Verdict:
    """``unknown`` where a figure could not be measured; all three must hold."""
    first, deleted, shuffled = trials.first, trials.deleted.value, trials.shuffled.value
    if first is None or deleted is None or shuffled is None:
        return "unknown"
    holds = first.mean >= STABLE_AGREEMENT and deleted > 1 and shuffled <= MOST_SHUFFLED
    return "pass" if holds else "fail"


def agreements(
    examples: Sequence[Example], like: Mapping[str, Positions], cases: Cases, models: Sequence[ModelScorer]
) -> Iterator[ReasonAgreement]:
    """For each reason of each example: how many of ``models`` give it too. ``like``: rows of each example."""
    for example in examples:
        given = [_reasons(cases, like[example.name], model) for model in models]
        for reason in example.reasons:
            agreement = sum(reason in reasons for reasons in given) / len(models)
            is_stable = agreement >= STABLE_AGREEMENT
            yield ReasonAgreement(
                example=example.name, reason=reason, agreement=agreement, is_stable=is_stable
            )


def _reasons(cases: Cases, rows: Positions, model: ModelScorer) -> tuple[str, ...]:
    moved = contribute(replace(cases, scorer=model), rows).by_family
    means = {family: float(part.mean()) for family, part in moved.items()}
    total = sum(abs(mean) for mean in means.values())
    return give_reasons({family: mean / total if total > 0 else 0.0 for family, mean in means.items()})


def _families(moved: Contributions) -> Floats:
    """(rows, families): how far each family moved each score."""
    return np.abs(np.column_stack(list(moved.by_family.values())))


def _rank_agreement(own: Contributions, other: Contributions) -> float:
    """Kendall's tau of the mean sizes of the families; 1 where there is only one."""
    sizes = [_families(part).mean(axis=0) for part in (own, other)]
    tau = kendalltau(*sizes).statistic if len(sizes[0]) > 1 else 1.0
    return float(tau) if np.isfinite(tau) else 0.0


def _first(moved: Contributions) -> Positions:
    return np.asarray(_families(moved).argmax(axis=1), dtype=np.int64)


def _overlap(own: Contributions, other: Contributions) -> float:
    """Mean Jaccard overlap of the two families that move each score most."""
    two = [np.argsort(-_families(part), axis=1, kind="stable")[:, :2] for part in (own, other)]
    shared = (two[0][:, :, None] == two[1][:, None, :]).any(axis=2).sum(axis=1)
    return float((shared / (2 * two[0].shape[1] - shared)).mean())


def _over_models(values: Sequence[float]) -> AcrossModels:
    return AcrossModels(mean=float(np.mean(values)), lowest=min(values), highest=max(values))


def _deleted(tried: Tried) -> Figure:
    if tried.deletion is None:
        return missing("too_few")
    sizes = mean_sizes(np.column_stack([tried.deletion.most, tried.deletion.others]), tried.weeks)
    if not np.isfinite(sizes.mean).all() or not sizes.mean[1] > 0 or not (sizes.resampled[:, 1] > 0).all():
        return missing("too_few", n=len(tried.deletion.most))
    lower, upper = tried.weeks.replicates.interval(
        sizes.resampled[:, 0] / sizes.resampled[:, 1], tried.weeks.level
    ) or (None, None)
    return Figure(
        value=float(sizes.mean[0] / sizes.mean[1]), lower=lower, upper=upper, level=tried.weeks.level,
        n=len(tried.deletion.most),
    )  # fmt: skip


def _correlation(deletion: Deletion | None) -> Figure:
    agreement = None if deletion is None else deletion.agreement
    if deletion is None or agreement is None:
        return missing("too_few")
    return Figure(value=agreement, n=len(deletion.told))


def _shuffled(tried: Tried) -> Figure:
    own, shuffled = (np.abs(moved.parts).sum(axis=1).mean() for moved in (tried.own, tried.shuffled))
    if not own > 0:
        return missing("too_few", n=len(tried.own.raw))
    return Figure(value=float(shuffled / own), n=len(tried.own.raw))
