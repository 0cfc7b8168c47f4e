"""The public's explanation keeps its order and its words, and no exact sum."""

from __future__ import annotations

import json

import pytest

from civic_ai.audit.explanation_suppression import mask_explanation, significant
from civic_ai.records.explanation import Contribution, Example, Explanation, FamilyContribution
from civic_ai.records.figure import Figure
from tests.unit.audit.made import POLICY, policy


def _figure(value, n=2023):
    return Figure(value=value, lower=value * 0.912345, upper=value * 1.0912345, n=n)


FULL = Explanation(
    candidate="year_count",
    predictions="p" * 64,
    method="rule",
    rows_explained=2023,
    rows_added_up=2023,
    base=0.0,
    additivity_error=1.2345e-9,
    contributions=(
        Contribution(
            feature="baseline_year_count", family="history", mean_absolute=_figure(0.1403475417316248),
            share=0.98765, direction="raises",
        ),
    ),
    families=(
        FamilyContribution(family="history", share=_figure(0.98765), direction="raises", is_stable=True),
    ),
    examples=(
        Example(
            name="list", cases=170, score=0.2390769230769231, families={"history": 0.98765}, reasons=("r",)
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "shown"), [(0.14034, 0.14), (1234.5, 1200.0), (-0.0266, -0.027), (0.0, 0.0), (1e-9, 1e-9)]
)
def test_two_digits_are_kept(value, shown):
    assert significant(value) == shown


def test_the_exact_number_of_requests_does_not_follow_from_a_mean():
    shown = mask_explanation(FULL, POLICY).contributions[0].mean_absolute
    assert (shown.value, shown.n) == (0.14, 2020)
    exact = FULL.contributions[0].mean_absolute
    assert abs(shown.value * shown.n - exact.value * exact.n) > 1


def _floats(value):
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _floats(part)
    elif isinstance(value, float):
        yield value


def test_no_number_anywhere_keeps_more_than_two_digits():
    shown = list(_floats(json.loads(mask_explanation(FULL, POLICY).to_json())))
    assert len(shown) > 5
    assert all(significant(value) == value for value in shown)


def test_rows_are_rounded_by_the_policy():
    shown = mask_explanation(FULL, policy(round_counts_to=100))
    assert (shown.rows_explained, shown.rows_added_up, shown.families[0].share.n) == (2000, 2000, 2000)


def test_words_stay_and_masking_twice_changes_nothing_more():
    shown = mask_explanation(FULL, POLICY)
    assert mask_explanation(shown, POLICY) == shown
    assert shown.examples[0].reasons == ("r",)
    assert (shown.candidate, shown.families[0].is_stable) == ("year_count", True)


@pytest.mark.parametrize(("rows", "shown"), [(2024, 2020), (2025, 2030), (2026, 2030)])
def test_rows_are_rounded_to_the_nearest(rows, shown):
    full = FULL.model_copy(update={"rows_explained": rows})
    assert mask_explanation(full, POLICY).rows_explained == shown
