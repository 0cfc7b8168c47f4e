"""Pairs within strata: equal to a plain count, for any resample of clusters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from civic_ai.audit import pairs as module
from civic_ai.audit.pairs import Compared, share_below


def _cases(seed: int, n: int = 60, strata: int = 4, clusters: int = 5) -> tuple[Compared, np.ndarray]:
    rng = np.random.default_rng(seed)
    stratum, cluster = rng.integers(0, strata, n), rng.integers(0, clusters, n)
    cluster[0] = clusters - 1
    return Compared(rng.random(n) < 0.4, stratum, cluster), np.round(rng.random(n), 1)


def _counted(compared: Compared, score: np.ndarray, times: np.ndarray) -> float:
    """The area by going through all pairs; ``times``: how often each cluster is drawn."""
    right = every = 0.0
    for event in np.flatnonzero(compared.is_event):
        for quiet in np.flatnonzero(~compared.is_event & (compared.stratum == compared.stratum[event])):
            one, other = compared.cluster[event], compared.cluster[quiet]
            weight = times[one] if one == other else times[one] * times[other]
            every += weight
            right += weight * (1.0 if score[event] > score[quiet] else 0.5 * (score[event] == score[quiet]))
    return right / every


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_area_of_any_resample_is_that_of_a_plain_count(seed: int) -> None:
    compared, score = _cases(seed)
    made = compared.pairs(score)
    assert made.area == pytest.approx(_counted(compared, score, np.ones(5)), abs=1e-12)
    times = np.random.default_rng(seed + 1).multinomial(5, np.full(5, 0.2), 3).astype(float)
    plain = [_counted(compared, score, one) for one in times]
    assert made.areas(times) == pytest.approx(plain, abs=1e-12, nan_ok=True)


def test_in_one_stratum_it_is_the_area_under_the_curve() -> None:
    compared, score = _cases(3, strata=1)
    assert compared.pairs(score).area == pytest.approx(roc_auc_score(compared.is_event, score), abs=1e-12)


def test_columns_in_small_portions_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compared, score = _cases(5)
    whole = compared.pairs(score).right
    monkeypatch.setattr(module, "_CELLS_AT_ONCE", 70)
    assert np.array_equal(compared.pairs(score).right, whole)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_any_rising_change_of_scores_and_any_order_of_rows_changes_nothing(seed: int) -> None:
    compared, score = _cases(seed)
    area = compared.pairs(score).area
    assert compared.pairs(np.exp(3 * score)).area == area
    assert compared.pairs(-score).area == pytest.approx(1 - area, abs=1e-12)
    order = np.random.default_rng(seed).permutation(len(score))
    turned = Compared(compared.is_event[order], compared.stratum[order], compared.cluster[order])
    assert turned.pairs(score[order]).area == pytest.approx(area, abs=1e-12)


def test_without_a_pair_there_is_no_area() -> None:
    nobody = Compared(np.array([True, False]), np.array([0, 1]), np.array([0, 1]))
    made = nobody.pairs(np.array([0.1, 0.2]))
    assert made.number == 0
    assert np.isnan(made.area)
    assert np.isnan(made.areas(np.ones((2, 2)))).all()


def test_rank_within_a_stratum_is_the_share_below_and_half_of_the_equal() -> None:
    score, stratum = np.array([3.0, 1.0, 1.0, 9.0, 5.0]), np.array([0, 0, 0, 1, 0])
    assert share_below(score, stratum) == pytest.approx([2.5 / 4, 1 / 4, 1 / 4, 0.5, 3.5 / 4])


def test_the_codes_of_strata_are_names() -> None:
    compared, score = _cases(6)
    renamed = Compared(compared.is_event, 2 * compared.stratum + 1, compared.cluster)
    assert renamed.pairs(score).area == compared.pairs(score).area
