"""Resampled units: known mean and variance, the same for the same seed."""

from __future__ import annotations

import numpy as np

from civic_ai.audit import bootstrap
from civic_ai.audit.bootstrap import resample_sums


def test_replicates_have_the_mean_and_variance_of_drawing_with_replacement():
    sums = np.random.default_rng(1).gamma(2, 3, (40, 3))
    drawn = resample_sums(sums, seed=5, replicates=20_000)
    np.testing.assert_allclose(drawn.mean(axis=0), sums.sum(axis=0), rtol=0.01)
    np.testing.assert_allclose(drawn.var(axis=0), 40 * sums.var(axis=0), rtol=0.05)


def test_columns_of_one_replicate_come_from_the_same_units():
    sums = np.random.default_rng(2).random((10, 1))
    drawn = resample_sums(np.hstack([sums, 3 * sums]), seed=1, replicates=50)
    np.testing.assert_allclose(drawn[:, 1], 3 * drawn[:, 0])


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    sums = np.random.default_rng(3).random((12, 2))
    one, two, other = (resample_sums(sums, seed=seed) for seed in (7, 7, 8))
    assert one.tobytes() == two.tobytes()
    assert one.tobytes() != other.tobytes()
    assert one.shape == (bootstrap.REPLICATES, 2)


def test_many_units_are_drawn_in_pieces(monkeypatch):
    monkeypatch.setattr(bootstrap, "_DRAWS_AT_ONCE", 50)
    drawn = resample_sums(np.ones((20, 1)), seed=1, replicates=7)
    assert drawn.ravel().tolist() == [20.0] * 7
