"""Laws of curves, restricted means and weights, on small worlds with ties and censoring drawn at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from civic_ai.evaluation.duration_metrics import METRICS_OF_DURATIONS, concordance, known_weight
from civic_ai.models.curves import from_hazards, grid_days, read_curves
from civic_ai.models.survival import Waits, censor_at, waits_until
from tests.unit.evaluation.waits import draw_waits, waiting_lists

TAU = 20
CASES = st.lists(
    st.tuples(st.integers(1, 25).map(float), st.booleans(), st.floats(0, 0.9)), min_size=1, max_size=40
)
quick = settings(max_examples=60, deadline=None)


def waits_from(cases: list[tuple[float, bool, float]]) -> Waits:
    """Whole days, or moments where a case ended within one."""
    days = np.array([day - (part if ended else 0.0) for day, ended, part in cases])
    return waits_until(days, np.array([ended for _, ended, _ in cases]), TAU)


@quick
@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_cases_is_no_matter(cases: list[tuple[float, bool, float]], dice: object) -> None:
    shuffled = list(cases)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (waits_from(each).daily_table() for each in (cases, shuffled))
    np.testing.assert_array_equal(one.open_after, other.open_after)
    np.testing.assert_allclose(one.restricted_mean(), other.restricted_mean())


@quick
@given(CASES, st.integers(2, 5))
def test_every_case_twice_changes_the_error_and_not_the_curve(
    cases: list[tuple[float, bool, float]], times: int
) -> None:
    one, other = waits_from(cases).daily_table(), waits_from(cases * times).daily_table()
    np.testing.assert_allclose(one.open_after, other.open_after)
    assert (other.restricted_error() <= one.restricted_error() + 1e-12).all()


@quick
@given(CASES)
def test_curves_fall_from_one_and_means_lie_between_nought_and_tau(
    cases: list[tuple[float, bool, float]],
) -> None:
    table = waits_from(cases).daily_table()
    assert (np.diff(table.open_after, axis=1, prepend=1.0) <= 1e-12).all()
    assert (table.open_after >= 0).all()
    assert 0 <= table.restricted_mean()[0] <= TAU


@quick
@given(CASES)
def test_open_cases_only_ever_lengthen_the_mean(cases: list[tuple[float, bool, float]]) -> None:
    """The restricted mean is never below the mean of the closed alone nor below that of days watched."""
    waits = waits_from(cases)
    assume(waits.ended.any())
    told = waits.life_table().restricted_mean()[0]
    assert told >= waits.days.mean() - 1e-9
    assert told >= waits.days[waits.ended].mean() - 1e-9


@quick
@given(CASES)
def test_a_longer_wait_never_shortens_the_mean(cases: list[tuple[float, bool, float]]) -> None:
    waits = waits_from(cases)
    longer = waits_until(waits.days, waits.ended & (np.arange(len(waits.days)) > 0), TAU)
    one, other = (each.life_table().restricted_mean()[0] for each in (waits, longer))
    assert other >= one - 1e-9, "to see a case open where it ended can only lengthen the mean"


@quick
@given(CASES, st.integers(0, 30), st.integers(0, 30))
def test_two_cutoffs_are_the_earlier_one(
    cases: list[tuple[float, bool, float]], first: int, second: int
) -> None:
    waits = waits_from(cases)
    as_of = np.full(len(cases), np.datetime64("2020-01-01"))
    cutoffs = [as_of[0] + days for days in (first, second)]
    twice = censor_at(as_of, *censor_at(as_of, waits.days, waits.ended, cutoffs[0]), cutoffs[1])
    once = censor_at(as_of, waits.days, waits.ended, min(cutoffs))
    for one, other in zip(twice, once, strict=True):
        np.testing.assert_array_equal(one, other)


@quick
@given(CASES)
def test_known_cases_stand_for_all_where_somebody_was_watched_to_the_end(
    cases: list[tuple[float, bool, float]],
) -> None:
    """Weights sum to the number of cases, and the weighted mean of known days is Kaplan-Meier's own mean."""
    waits = waits_from(cases)
    table = waits.life_table()
    assume(bool(table.is_followed[0]))
    weight = known_weight(waits)
    assert weight.sum() == pytest.approx(len(cases))
    assert (weight * waits.days).sum() / len(cases) == pytest.approx(table.restricted_mean()[0])


@quick
@given(st.lists(st.floats(0.001, 0.999), min_size=9, max_size=9), st.floats(0, 1))
def test_a_quantile_is_a_day_by_which_the_share_is_done_and_not_before(
    hazards: list[float], share: float
) -> None:
    curves = from_hazards(np.array(grid_days(28)), np.array([hazards]))
    day = int(curves.quantile(share)[0])
    assert 1 <= day <= 28
    if day < 28:
        assert 1 - curves.at(np.array([day]))[0, 0] >= share - 1e-9
    if day > 1:
        assert 1 - curves.at(np.array([day - 1]))[0, 0] < share + 1e-9
    back = read_curves(curves.columns())
    np.testing.assert_array_equal(back.quantile(share), curves.quantile(share))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_order_is_all_that_concordance_reads(seed: int) -> None:
    world = draw_waits(dates=3, cases=12, seed=seed)
    rng = np.random.default_rng(seed)
    lists = waiting_lists(world, rng.choice([3.0, 9.0, 20.0, 50.0], world["mean"].shape))
    assume(np.isfinite(concordance(lists, "duration").value))
    stretched, turned = (
        replace(lists, scores=scores) for scores in (np.exp(lists.scores / 9) - 4, -lists.scores)
    )
    told = concordance(lists, "duration").value
    assert concordance(stretched, "duration").value == pytest.approx(told)
    assert concordance(turned, "duration").value == pytest.approx(1 - told)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_dates_and_cases_is_no_matter(seed: int, dice: object) -> None:
    world = draw_waits(dates=4, cases=10, seed=seed)
    rows, columns = list(range(4)), list(range(10))
    dice.shuffle(rows)  # type: ignore[attr-defined]
    dice.shuffle(columns)  # type: ignore[attr-defined]
    shuffled = {name: values[rows][:, columns] for name, values in world.items()}
    for metric in METRICS_OF_DURATIONS:
        one, other = (metric.measure(waiting_lists(each), "duration").value for each in (world, shuffled))
        assert one == pytest.approx(other, nan_ok=True)
