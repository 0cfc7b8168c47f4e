"""Explains the champion: what moves its scores, which way, how surely, and for typical cases why."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from civic_ai.explanation.contributions import Cases, Contributions, Positions, contribute, read_cases
from civic_ai.explanation.direction import Direction, directions, family_direction, near_copies
from civic_ai.explanation.examples import MOST_ROWS, like_cases, make_example
from civic_ai.explanation.stability import STABLE_AGREEMENT, Weeks, figures, mean_sizes, resample_weeks
from civic_ai.models.boosting import BoosterScorer
from civic_ai.models.curve_baselines import CurveScorer
from civic_ai.models.hazard import HazardScorer
from civic_ai.models.pipelines import PipelineScorer
from civic_ai.models.rules import RuleScorer
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.explanation import Contribution, Example, Explanation, FamilyContribution
from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs

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
    weeks = resample_weeks(
        cases.frame["as_of"].to_numpy()[rows],
        math.ceil(spec.label.horizon_days * spec.label.steps / spec.as_of.every_days),
        seed=spec.seed,
        level=policy.tolerances.confidence_level,
    )
    ways = directions(moved)
    return Explanation(
        candidate=evaluation.champion,
        predictions=evaluation.predictions,
        method=METHODS[type(cases.scorer)],
        rows_explained=len(rows),
        base=moved.base,
        additivity_error=moved.additivity_error,
        contributions=_contributions(moved, ways, weeks),
        families=_families(moved, ways, weeks),
        examples=tuple(_examples(cases, spec, policy)),
        caveats=tuple(_caveats(moved, weeks)),
    )


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
