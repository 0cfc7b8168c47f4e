"""Resampled units: known mean and variance, the same for the same seed."""

from __future__ import annotations

import numpy as np

from civic_ai.audit import bootstrap
from civic_ai.audit.bootstrap import clusters_of, resample_sums, sum_clusters


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


def test_units_of_an_area_are_one_cluster_and_a_unit_without_one_stands_alone():
    codes = clusters_of(["b", None, "a", "b", None])
    assert codes[0] == codes[3]
    assert len(set(codes.tolist())) == 4
    assert set(codes.tolist()) == {0, 1, 2, 3}


def test_an_area_cannot_have_the_name_of_a_unit():
    assert len(set(clusters_of(["1", None, "unit 1"]).tolist())) == 3


def test_sums_of_clusters_are_those_of_a_plain_group_by():
    rng = np.random.default_rng(2)
    clusters = np.append(rng.integers(0, 7, 50), np.arange(7))
    sums = rng.random((57, 3))
    expected = np.array([sums[clusters == code].sum(axis=0) for code in range(7)])
    np.testing.assert_allclose(sum_clusters(sums, clusters), expected)


def test_how_many_are_drawn_at_once_changes_nothing(monkeypatch):
    sums = np.random.default_rng(4).random((20, 2))
    whole = resample_sums(sums, seed=1, replicates=7)
    for at_once in (5, 50):  # fewer than there are units, and a few replicates
        monkeypatch.setattr(bootstrap, "_DRAWS_AT_ONCE", at_once)
        np.testing.assert_allclose(resample_sums(sums, seed=1, replicates=7), whole)
