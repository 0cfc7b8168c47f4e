from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from civic_ai.evaluation.uncertainty import (
    LEAST_BLOCKS,
    Replicates,
    block_length,
    n_needed,
    resample_dates,
    three_state,
    wilson,
)


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (0.9, 1.1, "pass"),
        (0.8, 1.25, "pass"),
        (0.79, 1.0, "insufficient_evidence"),
        (1.0, 1.26, "insufficient_evidence"),
        (0.5, 2.0, "insufficient_evidence"),
        (0.3, 0.8, "insufficient_evidence"),
        (1.25, 1.6, "insufficient_evidence"),
        (0.3, 0.79, "fail"),
        (1.26, 1.6, "fail"),
        (None, 1.0, "unknown"),
        (1.0, None, "unknown"),
        (math.nan, 1.0, "unknown"),
        (0.9, math.inf, "unknown"),
    ],
)
def test_three_states_by_where_the_interval_lies(lower, upper, verdict) -> None:
    assert three_state(lower, upper, 1.25) == verdict


@given(st.floats(0.05, 20), st.floats(1.0, 20), st.floats(1.01, 3))
def test_a_ratio_and_its_inverse_get_the_same_verdict(lower: float, width: float, tolerance: float) -> None:
    upper = lower * width
    assert three_state(lower, upper, tolerance) == three_state(1 / upper, 1 / lower, tolerance) or any(
        math.isclose(bound, edge, rel_tol=1e-9)
        for bound in (lower, upper)
        for edge in (tolerance, 1 / tolerance)
    )


PUBLISHED = [
    # positives per group, true ratio, pass, fail: METHODS 3.4, recall 0.3, tolerance 1.25, 90 %
    (100, 1.0, 0.0, 0.006),
    (100, 0.8, 0.0, 0.043),
    (100, 0.6, None, 0.275),
    (300, 1.0, 0.12, 0.001),
    (300, 0.8, 0.008, 0.048),
    (300, 0.6, None, 0.60),
    (1000, 1.0, 0.90, 0.0),
    (1000, 0.8, 0.051, 0.048),
    (1000, 0.6, None, 0.97),
    (3000, 1.0, 1.0, 0.0),
    (3000, 0.8, 0.049, 0.048),
    (3000, 0.6, None, 1.0),
]


@pytest.mark.parametrize(("n", "true_ratio", "passes", "fails"), PUBLISHED)
def test_the_rates_of_the_three_state_table(n: int, true_ratio: float, passes: float, fails: float) -> None:
    runs = 4000
    verdicts = _audit_two_groups(n, 0.3, true_ratio, runs)
    noise = 3.5 * math.sqrt(max(fails * (1 - fails), 0.004) / runs) + 0.006
    assert verdicts.count("fail") / runs == pytest.approx(fails, abs=noise)
    if passes is not None:
        noise = 3.5 * math.sqrt(max(passes * (1 - passes), 0.004) / runs) + 0.006
        assert verdicts.count("pass") / runs == pytest.approx(passes, abs=noise)


def _audit_two_groups(n: int, recall: float, true_ratio: float, runs: int) -> list[str]:
    """Verdicts of ``runs`` audits with n positives a group; log interval of a ratio of two proportions."""
    rng = np.random.default_rng(n)
    ours, theirs = (rng.binomial(n, r, runs) + 0.5 for r in (recall * true_ratio, recall))
    r1, r0 = ours / (n + 0.5), theirs / (n + 0.5)
    se = np.sqrt((1 - r1) / ours + (1 - r0) / theirs)
    middle = np.log(r1 / r0)
    bounds = np.exp(middle[:, None] + 1.644854 * se[:, None] * np.array([-1, 1]))
    return [three_state(lower, upper, 1.25) for lower, upper in bounds]


@pytest.mark.parametrize(("recall", "needed"), [(0.1, 3096), (0.3, 803), (0.5, 344)])
def test_events_needed_as_in_methods(recall: float, needed: int) -> None:
    assert n_needed(2 * (1 - recall) / recall, 1.25) == needed


def test_with_the_events_needed_four_of_five_equal_cities_pass_and_below_the_minimum_none() -> None:
    """The minimum, 254: half an interval is then as wide as the band (METHODS 3.4)."""
    needed = n_needed(2 * 0.7 / 0.3, 1.25)
    assert _audit_two_groups(needed, 0.3, 1.0, 3000).count("pass") / 3000 == pytest.approx(0.8, abs=0.03)
    assert _audit_two_groups(254 - 20, 0.3, 1.0, 3000).count("pass") / 3000 < 0.02


@given(st.floats(0.01, 50), st.floats(1.05, 3))
def test_more_power_and_narrower_bands_need_more(unit_variance: float, tolerance: float) -> None:
    assert n_needed(unit_variance, tolerance) <= n_needed(unit_variance, tolerance, power=0.95)
    assert n_needed(unit_variance, tolerance) <= n_needed(unit_variance, math.sqrt(tolerance))


@given(st.integers(1, 400), st.data(), st.sampled_from([0.8, 0.9, 0.95]))
def test_wilson_agrees_with_statsmodels(n: int, data: st.DataObject, level: float) -> None:
    successes = data.draw(st.integers(0, n))
    reference = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    assert wilson(successes, n, level) == pytest.approx(reference, abs=1e-12)


def test_wilson_knows_nothing_without_observations_and_is_never_certain() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 50)[1] > 0
    assert wilson(50, 50)[0] < 1


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(1, 6), st.integers(0, 99))
def test_each_replicate_holds_as_many_dates_and_is_the_same_for_the_same_seed(lengths, block, seed) -> None:
    splits = np.repeat(np.arange(len(lengths)), lengths)
    drawn = resample_dates(splits, block, seed=seed, replicates=20)
    assert (drawn.weights.sum(axis=1) == len(splits)).all()
    again = resample_dates(splits, block, seed=seed, replicates=20)
    assert np.array_equal(drawn.weights, again.weights)


def test_blocks_hold_consecutive_dates_of_one_split() -> None:
    splits = np.repeat([0, 1, 2], [6, 6, 6])
    drawn = resample_dates(splits, 3, seed=1, replicates=200)
    one_block = resample_dates(splits, 18, seed=1, replicates=200)
    assert set(np.unique(one_block.weights)) == {0.0, 3.0}
    assert ((one_block.weights.reshape(200, 3, 6) == 3).all(axis=2).sum(axis=1) == 1).all()
    assert (drawn.weights.reshape(200, 3, 6).sum(axis=2) % 3 == 0).all()


def test_every_date_is_drawn_equally_often() -> None:
    drawn = resample_dates(np.repeat([0, 1], [10, 10]), 4, seed=2, replicates=20_000)
    assert drawn.weights.mean(axis=0) == pytest.approx(np.ones(20), abs=0.03)


@pytest.mark.parametrize(
    ("lengths", "overlap", "expected"),
    [
        ([52] * 4, 4, 12),
        ([52] * 4, 1, 6),
        ([26], 4, 6),
        ([12], 4, 4),
        ([4] * 8, 1, 4),
        ([3], 1, 1),
        ([2], 4, 4),
    ],
)
def test_length_of_a_block(lengths: list[int], overlap: int, expected: int) -> None:
    assert block_length(np.repeat(np.arange(len(lengths)), lengths), overlap) == expected


def test_no_interval_from_too_few_blocks_or_too_few_values() -> None:
    values = np.random.default_rng(0).normal(size=200)
    few = Replicates(np.ones((200, LEAST_BLOCKS * 2 - 1)), block_dates=2)
    enough = Replicates(np.ones((200, LEAST_BLOCKS * 2)), block_dates=2)
    assert few.interval(values) is None
    assert few.standard_error(values) is None
    assert enough.interval(values) is not None
    holed = np.where(np.arange(200) < 11, np.nan, values)
    assert enough.interval(holed) is None
    assert enough.interval(np.where(np.arange(200) < 10, np.nan, values)) is not None


def test_the_interval_widens_when_blocks_are_few_and_with_the_level() -> None:
    values = np.random.default_rng(0).normal(size=4000)
    many, few = Replicates(np.ones((1, 400)), 1), Replicates(np.ones((1, 5)), 1)
    assert many.interval(values) == pytest.approx((-1.645, 1.645), abs=0.12)
    # five blocks: t of 4 degrees of freedom (2.132) times sqrt(5 / 4)
    assert few.interval(values) == pytest.approx((-2.383, 2.383), abs=0.2)
    assert many.interval(values, 0.95)[1] > many.interval(values, 0.9)[1]
    assert few.standard_error(values) == pytest.approx(values.std() * math.sqrt(5 / 4))


def _found_and_events(rng: np.random.Generator, dates: int, overlap: int) -> tuple[np.ndarray, np.ndarray]:
    """Weekly finds and events whose rate wanders, seen through labels that look ``overlap`` weeks ahead."""
    weeks = dates + overlap - 1
    wave = np.convolve(rng.standard_normal(weeks + 2), np.ones(3) / math.sqrt(3), "valid")
    events = rng.poisson(60, weeks)
    found = rng.binomial(events, np.clip(0.3 + 0.06 * wave, 0.02, 0.98))
    ahead = np.ones(overlap)
    return np.convolve(found, ahead, "valid"), np.convolve(events, ahead, "valid")


def _coverage(block: int | None, overlap: int = 4, lengths: tuple[int, ...] = (52, 52)) -> float:
    rng, runs, held = np.random.default_rng(11), 250, 0
    splits = np.repeat(np.arange(len(lengths)), lengths)
    block = block or block_length(splits, overlap)
    for run in range(runs):
        pieces = [_found_and_events(rng, length, overlap) for length in lengths]
        found, events = (np.concatenate(side) for side in zip(*pieces, strict=True))
        drawn = resample_dates(splits, block, seed=run, replicates=400)
        lower, upper = drawn.interval((drawn.weights @ found) / (drawn.weights @ events))
        held += lower <= 0.3 <= upper
    return held / runs


def test_ninety_percent_intervals_hold_the_truth_about_that_often_although_labels_overlap() -> None:
    ours, naive = _coverage(None), _coverage(1)
    assert 0.80 <= ours <= 0.96
    assert naive < 0.65, "dates drawn one by one would be far too sure"
    assert 0.80 <= _coverage(None, lengths=(26,)) <= 0.96
