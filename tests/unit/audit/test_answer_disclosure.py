"""What the gate counts: small counts that the answers show, or give away by subtraction."""

from __future__ import annotations

import pytest

from civic_ai.audit.answer_disclosure import count_small_answers, count_visible_small_answers
from civic_ai.audit.audited import check_figures
from civic_ai.audit.evaluation_suppression import mask_evaluation
from civic_ai.records.evaluation import RestrictedMean
from civic_ai.records.figure import missing
from tests.unit.audit.answers import number, with_answers
from tests.unit.audit.made import POLICY, random_report
from tests.unit.audit.test_evaluation_suppression import random_evaluation

MINIMUM = POLICY.suppression.minimum


@pytest.mark.parametrize("seed", range(30))
def test_a_masked_evaluation_shows_none_and_an_unmasked_one_all(seed):
    full = with_answers(random_evaluation(seed), seed)
    assert count_visible_small_answers(full, mask_evaluation(full, POLICY), MINIMUM) == 0
    assert count_visible_small_answers(full, full, MINIMUM) == count_small_answers(full, MINIMUM) > 0


def _means(full, sizes):
    groups = [(None, sum(sizes)), *enumerate(sizes)]
    means = tuple(
        RestrictedMean(group=None if group is None else str(group), tau_days=90, observed=number(12.0, n),
                       predicted=None, censored_share=None)
        for group, n in groups
    )  # fmt: skip
    return full.model_copy(update={"restricted_means": means})


def test_the_gate_sees_a_group_that_follows_by_subtraction():
    full = _means(random_evaluation(0), (7, 300, 300))
    shown = full.restricted_means
    hidden = shown[1].model_copy(update={"observed": missing("suppressed")})
    careless = full.model_copy(update={"restricted_means": (shown[0], hidden, *shown[2:])})
    assert count_visible_small_answers(full, careless, MINIMUM) == 1
    assert count_visible_small_answers(full, mask_evaluation(full, POLICY), MINIMUM) == 0


def test_the_audits_fact_counts_the_answers_too():
    full = with_answers(random_evaluation(3), 3)
    bare = check_figures(random_report(0), random_evaluation(3), POLICY).suppression
    checked = check_figures(random_report(0), full, POLICY).suppression
    assert checked.visible_small_cells == 0
    assert checked.small_cells == bare.small_cells + count_small_answers(full, MINIMUM)
