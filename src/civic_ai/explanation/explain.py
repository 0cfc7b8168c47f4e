"""Explains the champion: what moves its scores, which way, how surely, and for typical cases why."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from civic_ai.audit.given import Given, read_given
from civic_ai.explanation.contributions import (
    Cases,
    Contributions,
    Positions,
    additivity_of_all,
    contribute,
    read_cases,
)
from civic_ai.explanation.deletion import delete
from civic_ai.explanation.direction import Direction, directions, family_direction, near_copies
from civic_ai.explanation.examples import MOST_ROWS, like_cases, make_example
from civic_ai.explanation.proxies import find_proxies
from civic_ai.explanation.stability import STABLE_AGREEMENT, Weeks, figures, mean_sizes, resample_weeks
from civic_ai.explanation.trials import Tried, agreements, not_trained, train_again, try_reasons
from civic_ai.models.boosting import BoosterScorer
from civic_ai.models.candidates import chosen
from civic_ai.models.curve_baselines import CurveScorer
from civic_ai.models.hazard import HazardScorer
from civic_ai.models.mitigations import bases_of
from civic_ai.models.pipelines import PipelineScorer
from civic_ai.models.refit import Again
from civic_ai.models.rows import read_rows
from civic_ai.models.rules import RuleScorer
from civic_ai.panel.split import make_splits
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.explanation import Contribution, Example, Explanation, FamilyContribution, Trials
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Settings
from civic_ai.store.blobs import Blobs

TRIAL_ROWS, LIKE_ROWS = 500, 200
"""Rows of the whole, and of each kind of like cases, that models trained again are asked about, at most."""
SAMPLE_ROWS = 5000
"""Rows that sizes are measured on, at most: 10,000 give the mean size within 0.5 % (TARGETS 4)."""

METHODS: Mapping[type, str] = {
    BoosterScorer: "tree_shap",
    HazardScorer: "tree_shap",
    PipelineScorer: "coefficients",
    RuleScorer: "rule",
    CurveScorer: "rule",
}
"""How contributions are made, by the kind of scorer."""


def explain_champion(spec: PilotSpec, evaluation: Evaluation, policy: Policy, blobs: Blobs) -> Explanation:
    """Why the champion says what it says, measured on a seeded sample of the lockbox's rows.

    Sizes are mean absolute contributions with intervals over blocks of dates. Raises
    :class:`~civic_ai.core.errors.DataError` when the judged rows do not belong to the panel.
    """
    cases = read_cases(evaluation, blobs)
    rows = sample_rows(np.arange(len(cases.frame)), SAMPLE_ROWS, spec.seed)
    moved = contribute(cases, rows)
    weeks = _weeks(spec, cases.frame.iloc[rows], policy.tolerances.confidence_level)
    ways = directions(moved)
    examples = tuple(_examples(cases, spec, policy))
    return Explanation(
        candidate=evaluation.champion,
        predictions=evaluation.predictions,
        method=METHODS[type(cases.scorer)],
        rows_explained=len(rows),
        rows_added_up=len(cases.frame),
        base=moved.base,
        additivity_error=additivity_of_all(cases),
        contributions=_contributions(moved, ways, weeks),
        families=_families(moved, ways, weeks),
        examples=examples,
        trials=_trials(cases, examples, read_given(spec, evaluation, blobs), policy),
        caveats=tuple(_caveats(moved, weeks)),
    )


def _weeks(spec: PilotSpec, frame: pd.DataFrame, level: float) -> Weeks:
    """The as-of dates of some rows, resampled in blocks."""
    overlap = math.ceil(spec.label.horizon_days * spec.label.steps / spec.as_of.every_days)
    return resample_weeks(frame["as_of"].to_numpy(), overlap, seed=spec.seed, level=level)


def _trials(cases: Cases, examples: tuple[Example, ...], given: Given, policy: Policy) -> Trials:
    """The champion's reasons put to the test, on a smaller sample for each model that is trained again."""
    spec, level = given.spec, policy.tolerances.confidence_level
    again = _again(given, cases.scorer.model.settings)
    if again is None:
        return not_trained()
    models, shuffled = train_again(again, spec.seed)
    rows = sample_rows(np.arange(len(cases.frame)), TRIAL_ROWS, spec.seed)
    own, frame = contribute(cases, rows), cases.frame.iloc[rows]
    tried = Tried(
        own=own,
        others=tuple(contribute(replace(cases, scorer=model), rows) for model in models),
        shuffled=contribute(replace(cases, scorer=shuffled), rows),
        deletion=delete(cases.scorer, frame, own, spec.seed),
        weeks=_weeks(spec, frame, level),
    )
    like = like_cases(cases.frame, spec.capacity.units_per_period)
    sampled = {name: sample_rows(part, LIKE_ROWS, spec.seed) for name, part in like.items()}
    made = try_reasons(tried, list(agreements(examples, sampled, cases, models)))
    proxies = find_proxies(given, cases.frame, cases.scorer.features, level)
    return made.model_copy(update={"proxies": tuple(proxies)})


def _again(given: Given, settings: Settings) -> Again | None:
    """The champion's candidate, to be fitted again to what the lockbox's model was fitted to, with its
    ``settings``; None for a rule."""
    (name, *of) = bases_of(given.spec, [given.evaluation.champion])
    tried = {candidate.name: candidate for candidate in chosen(given.spec)}
    candidate = tried.get(of[0] if of else name)
    if candidate is None:
        return None
    rows = read_rows(given.panel, given.blobs)
    return Again(candidate, rows, make_splits(given.spec, given.spec.as_of.dates)[-1], settings)


def sample_rows(rows: Positions, most: int, seed: int) -> Positions:
    """At most ``most`` of ``rows``, drawn without replacement, in order; the same for the same seed."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _contributions(moved: Contributions, ways: list[Direction], weeks: Weeks) -> tuple[Contribution, ...]:
    """One a feature, the largest first."""
    sizes = mean_sizes(moved.parts, weeks)
    made = [
        Contribution(feature=feature, family=family, mean_absolute=size, share=float(share), direction=way)
        for feature, family, size, share, way in zip(
            moved.features, moved.families, figures(sizes, weeks), sizes.shares.mean, ways, strict=True
        )
    ]
    return tuple(sorted(made, key=lambda part: (-part.share, part.feature)))


def _families(moved: Contributions, ways: list[Direction], weeks: Weeks) -> tuple[FamilyContribution, ...]:
    """One a family, the largest first; the parts of a family are added up before their size is taken. None
    where a rule says the same of everything."""
    if not moved.families:
        return ()
    sizes = mean_sizes(np.column_stack(list(moved.by_family.values())), weeks)
    by_feature = np.abs(moved.parts).mean(axis=0)
    made = []
    for family, share, agreement in zip(
        moved.by_family, figures(sizes.shares, weeks), sizes.agreement, strict=True
    ):
        chosen = np.flatnonzero(np.array(moved.families) == family)
        way = family_direction([ways[i] for i in chosen], by_feature[chosen])
        is_stable = weeks.has_interval and bool(agreement >= STABLE_AGREEMENT)
        made.append(FamilyContribution(family=family, share=share, direction=way, is_stable=is_stable))
    return tuple(sorted(made, key=lambda part: (-(part.share.value or 0.0), part.family)))


def _examples(cases: Cases, spec: PilotSpec, policy: Policy) -> Iterator[Example]:
    for name, like in like_cases(cases.frame, spec.capacity.units_per_period).items():
        if not len(like):
            continue
        rows = sample_rows(like, MOST_ROWS, spec.seed)
        frame, moved = cases.frame.iloc[rows], contribute(cases, rows)
        example = make_example(name, frame, moved, policy.suppression.minimum)
        if example is not None:
            yield example


def _caveats(moved: Contributions, weeks: Weeks) -> Iterator[str]:
    """Codes of what a reader must know before reading the sizes."""
    pairs = list(near_copies(moved))
    if pairs:
        yield "correlated_features"
    if any(moved.families[left] != moved.families[right] for left, right in pairs):
        yield "correlated_families"
    if not weeks.has_interval:
        yield "too_few_dates"
