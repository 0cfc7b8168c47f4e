"""The public answers: no small count is shown, none follows by subtraction, and what stays is rounded."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from civic_ai.audit.answer_suppression import _cases, found_in_all
from civic_ai.audit.evaluation_suppression import mask_evaluation
from civic_ai.records.evaluation import Evaluation
from tests.unit.audit.answers import with_answers
from tests.unit.audit.made import POLICY
from tests.unit.audit.test_evaluation_suppression import _floats, random_evaluation

MINIMUM = POLICY.suppression.minimum
seeds = pytest.mark.parametrize("seed", range(30))


def _full(seed: int) -> Evaluation:
    return with_answers(random_evaluation(seed), seed)


def _is_small(count: float) -> bool:
    return 1e-6 < count < MINIMUM - 1e-6


@seeds
def test_no_half_of_a_list_tells_of_few_cases(seed):
    full, public = _full(seed), mask_evaluation(_full(seed), POLICY)
    for exact, shown in zip(full.time_to_find, public.time_to_find, strict=True):
        for name in ("first_half_today", "first_half"):
            figure, seen = getattr(exact, name), getattr(shown, name)
            if seen.value is not None:
                cases = (figure.n, figure.n * figure.value, figure.n * (1 - figure.value))
                assert not [count for count in cases if _is_small(count)]


@seeds
def test_no_step_of_a_curve_tells_of_few_cases(seed):
    """Whoever reads the shown horizons knows how many cases ended before, between and after them."""
    full, public = _full(seed), mask_evaluation(_full(seed), POLICY)
    for name in ("glm", "year_count"):
        both = [(a.observed, b.observed) for a, b in zip(full.horizons, public.horizons, strict=True)
                if a.candidate == name]  # fmt: skip
        shown = [a for a, b in both if b.value is not None]
        steps = pairwise([0.0, *(a.value for a in shown), 1.0])
        if shown:
            assert not [1 for early, late in steps if _is_small((late - early) * shown[0].n)]
        for hidden in (b for _, b in both if b.value is None):
            assert (hidden.lower, hidden.upper, hidden.n) == (None, None, 0)


@seeds
def test_no_group_follows_from_the_total_and_the_other_groups(seed):
    full, public = _full(seed), mask_evaluation(_full(seed), POLICY)
    groups = list(zip(full.restricted_means[1:], public.restricted_means[1:], strict=True))
    for exact, shown in groups:
        if shown.observed.value is not None:
            assert exact.observed.n >= MINIMUM
            censored = exact.observed.n * exact.censored_share
            assert not _is_small(censored)
            assert not _is_small(exact.observed.n - censored)
        else:
            assert (shown.predicted, shown.censored_share) == (None, None)
    hidden = [exact.observed.n for exact, shown in groups if shown.observed.value is None]
    assert not hidden or public.restricted_means[0].observed.value is None or sum(hidden) >= MINIMUM


@seeds
def test_slices_quarters_and_types_of_few_are_hidden(seed):
    full, public = _full(seed), mask_evaluation(_full(seed), POLICY)
    for exact, shown in zip(full.errors.slices, public.errors.slices, strict=True):
        assert shown.ratio.value is None or min(exact.rows, exact.ratio.n) >= MINIMUM
        assert shown.rows is None or shown.rows % 10 == 0
        assert shown.rows is not None or shown.ratio.value is None
    for name, shown in public.errors.by_period.items():
        assert shown.value is None or full.errors.by_period[name].n >= MINIMUM
    for exact, shown in zip(full.coverage, public.coverage, strict=True):
        outside = exact.covered.n * (1 - exact.covered.value)
        is_few = exact.covered.n < MINIMUM or _is_small(outside)
        assert not (is_few and shown.covered.value is not None)
        assert (shown.covered.value is None) == (shown.width.value is None)
    assert public.errors.residuals_blob is None


@seeds
def test_the_mean_of_a_yes_or_no_tells_of_no_few_places(seed):
    full, public = _full(seed), mask_evaluation(_full(seed), POLICY)
    visits = full.score("glm", "precision_at_capacity").n
    for exact, shown in zip(full.errors.crosstabs, public.errors.crosstabs, strict=True):
        if shown.on_list is not None and exact.on_list <= 1:
            assert not _is_small(visits * exact.on_list)
            assert not _is_small(visits * (1 - exact.on_list))
        assert (shown.on_list is None) == (shown.standardised_difference is None)


@seeds
def test_what_stays_is_rounded(seed):
    exact = set(_floats(json.loads(mask_evaluation(_full(seed), POLICY).to_json()))) - {0.9}
    assert exact == {round(x, 2) for x in exact}


def test_counts_of_periods_stay():
    public = mask_evaluation(_full(1), POLICY)
    assert [part.hours_short.n for part in public.staffing] == [26, 26]
    assert public.coherent_sums[0].bottom_up.n == 26


def test_a_regret_goes_with_any_hidden_split():
    full = _full(1)
    hidden = mask_evaluation(full, POLICY)
    assert any(s.figure.value is None for s in hidden.scores if s.split not in ("all", "lockbox"))
    assert hidden.selection[0].regret.value is None
    scores = tuple(s for s in full.scores if s.split == "all" and s.figure.n > 400)
    assert mask_evaluation(full.model_copy(update={"scores": ()}), POLICY).selection[0].regret.value == 0.01
    assert scores


@seeds
def test_what_another_capacity_finds_is_hidden_where_it_is_few(seed):
    full, public = _full(seed), mask_evaluation(_full(seed), POLICY)
    for exact, shown in zip(full.what_if, public.what_if, strict=True):
        if shown.found_per_period.value is not None:
            assert not _is_small(exact.found_per_period.value * 26)
            assert shown.found_per_period.n == 26
        else:
            assert shown.more_than_best_baseline.value is None


@pytest.mark.parametrize("share", [None, 0.0])
def test_where_no_case_is_censored_all_have_ended(share):
    part = _full(1).restricted_means[0].model_copy(update={"censored_share": share})
    assert _cases(part) == {"n": part.observed.n, "censored": 0, "ended": part.observed.n}


def test_what_is_found_per_period_is_found_in_each_of_them():
    part = _full(1).what_if[0]
    for value, all_of_them in ((12.5, 325.0), (None, 0.0)):
        found = part.found_per_period.model_copy(update={"value": value, "n": 26})
        assert found_in_all(part.model_copy(update={"found_per_period": found})) == all_of_them


def test_what_tells_of_many_is_shown_rounded_and_what_is_not_known_stays_so():
    full = _full(1)
    known = full.errors.crosstabs[0].model_copy(
        update={"on_list": 17.3456, "rest": None, "standardised_difference": 0.12345}
    )
    public = mask_evaluation(
        full.model_copy(update={"errors": full.errors.model_copy(update={"crosstabs": (known,)})}), POLICY
    )
    (shown,) = public.errors.crosstabs
    assert (shown.on_list, shown.rest, shown.standardised_difference) == (17.35, None, 0.12)
    assert public.errors.p_value == 0.01
