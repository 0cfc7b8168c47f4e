from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from civic_ai.models.curve_bounds import LEAST_CASES, Followed, curve_bounds
from civic_ai.models.curves import Curves, grid_days
from civic_ai.models.fit import fit_candidates, score_lockbox
from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs

from .waiting import EVERY, HORIZON, make_waiting_pilot, simulate_waits

DAYS = np.array(grid_days(HORIZON))
LEVEL = 0.9


def followed(*, factor: float = 1.0, dates: int = 60, per_date: int = 80, seed: int = 0) -> Followed:
    """Exponential waits; the curves say that they are ``factor`` times as long. All are known in the end."""
    rng = np.random.default_rng(seed)
    mean = rng.choice([4.0, 15.0, 50.0], dates * per_date)
    wait = rng.exponential(mean)
    as_of = np.datetime64("2020-01-06") + EVERY * np.repeat(np.arange(dates), per_date)
    return Followed(
        curves=Curves(DAYS, np.exp(-DAYS / (factor * mean[:, None]))),
        as_of=as_of,
        matured_on=as_of + HORIZON,
        group=(mean > 10).astype(np.int64),
        days=np.minimum(wait, HORIZON),
        ended=wait <= HORIZON,
    )


def coverage(cases: Followed) -> float:
    """Share of outcomes inside their bounds, in the second half of the dates."""
    lower, upper = curve_bounds(cases, LEVEL)
    inside = (lower <= cases.days) & (cases.days <= upper)
    return float(inside[len(inside) // 2 :].mean())


def test_true_curves_hold_the_level() -> None:
    assert 0.89 < coverage(followed()) < 0.96


@pytest.mark.parametrize("factor", [0.4, 8.0])
def test_wrong_curves_are_set_right_by_what_became_of_earlier_cases(factor: float) -> None:
    cases = followed(factor=factor)
    assert 0.88 < coverage(cases) < 0.97
    never = replace(cases, matured_on=cases.matured_on + 10_000)
    assert not 0.86 < coverage(never) < 0.97, "the curves' own quantiles do not hold"


def test_without_earlier_cases_the_bounds_are_the_curves_own_quantiles() -> None:
    cases = followed(dates=1, per_date=20)
    lower, upper = curve_bounds(cases, LEVEL)
    np.testing.assert_array_equal(lower, np.maximum(cases.curves.quantile(0.05) - 1, 0))
    np.testing.assert_array_equal(upper, cases.curves.quantile(0.95))


def test_bounds_are_whole_days_in_order_up_to_tau() -> None:
    lower, upper = curve_bounds(followed(factor=0.7), LEVEL)
    assert (lower == np.round(lower)).all()
    assert (upper == np.round(upper)).all()
    assert ((lower >= 0) & (lower < upper) & (upper <= HORIZON)).all()


def test_each_group_is_held_where_it_has_enough_of_its_own() -> None:
    """One group's curves are right, the other's are three times too long."""
    right, long = followed(seed=1), followed(factor=3.0, seed=1)
    curves = Curves(
        DAYS, np.where(right.group[:, None] == 1, long.curves.open_after, right.curves.open_after)
    )
    cases = replace(right, curves=curves)
    lower, upper = curve_bounds(cases, LEVEL)
    inside = (lower <= cases.days) & (cases.days <= upper)
    late = cases.as_of > np.datetime64("2020-09-01")
    for group in (0, 1):
        assert inside[late & (cases.group == group)].mean() > 0.87


def test_a_small_group_learns_from_all() -> None:
    cases = followed(factor=0.4)
    lonely = replace(cases, group=np.where(np.arange(len(cases.days)) % 60 == 0, 7, 0))
    mine = (lonely.group == 7) & (lonely.as_of == lonely.as_of.max())
    assert mine.sum() < LEAST_CASES
    _, upper = curve_bounds(lonely, LEVEL)
    _, plain = curve_bounds(replace(lonely, matured_on=lonely.matured_on + 10_000), LEVEL)
    assert (upper[mine] > plain[mine]).all()


def test_what_had_not_matured_teaches_nothing() -> None:
    cases = followed(factor=0.5)
    today = np.datetime64("2020-10-05")
    asked = cases.as_of <= today
    late = cases.matured_on > today
    altered = replace(cases, days=np.where(late, 1.0, cases.days), ended=cases.ended | late)
    for one, other in zip(curve_bounds(cases, LEVEL), curve_bounds(altered, LEVEL), strict=True):
        np.testing.assert_array_equal(one[asked], other[asked])


def test_cases_that_are_lost_teach_nothing() -> None:
    cases = followed()
    rng = np.random.default_rng(0)
    lost = rng.random(len(cases.days)) < 0.3
    hidden = replace(cases, days=np.where(lost, np.nan, cases.days), ended=cases.ended & ~lost)
    other = replace(hidden, days=np.where(lost, np.nan, cases.days), ended=hidden.ended | lost)
    for one, two in zip(curve_bounds(hidden, LEVEL), curve_bounds(other, LEVEL), strict=True):
        np.testing.assert_array_equal(one, two)


def test_an_open_case_at_tau_is_held_when_the_upper_bound_is_tau() -> None:
    """Nobody ends: scores are how far beyond the middle tau lies, and bounds reach tau."""
    base = followed(factor=0.3)
    nobody = replace(base, days=np.full_like(base.days, HORIZON), ended=np.zeros_like(base.ended))
    _, upper = curve_bounds(nobody, LEVEL)
    late = nobody.as_of > np.datetime64("2020-09-01")
    assert (upper[late] == HORIZON).mean() > 0.88


def test_every_candidate_has_bounds_in_tests_and_lockbox(tmp_path: Path) -> None:
    """The whole way: fit, score, and bounds that hold on cases that were followed to the end."""
    frame = simulate_waits(dates=70, per_date=40)
    pilot = make_waiting_pilot(Blobs(tmp_path), frame)
    policy = Policy(policy="test", version="1", gates=())
    predictions = fit_candidates(pilot.spec, pilot.panel, policy, pilot.blobs)
    pilot.blobs.put_record(predictions)
    names = [each.name for each in predictions.candidates]
    assert names == ["curve_of_all", "curve_of_group", "lightgbm_hazard"]
    lockbox = score_lockbox(pilot.spec, predictions, names, pilot.blobs)
    for blob in (predictions.blob, lockbox.blob):
        table = pilot.blobs.table(blob).to_pandas()
        assert table[["lower", "upper", "score", "open_after_60"]].notna().all(axis=None)
        wait = frame.set_index("unit").loc[table["unit"], "wait"].to_numpy()
        capped = np.minimum(wait, HORIZON)
        inside = (table["lower"] <= capped) & (capped <= table["upper"])
        for name in names:
            assert 0.86 < inside[table["candidate"] == name].mean() < 0.99
    assert set(lockbox.bundles) == set(names), "curves are sealed like models"


def test_an_open_case_is_as_far_out_as_its_curve_says_it_should_have_ended() -> None:
    """Open at tau: 0 where the curve gives less than an even chance of being done by then."""
    cases = followed(dates=1, per_date=3)
    curves = Curves(DAYS, np.exp(-DAYS / np.array([[30.0], [500.0], [30.0]])))
    open_ = np.array([False, False, True])
    one = replace(cases, curves=curves, days=np.array([60.0, 60, 3]), ended=open_, as_of=cases.as_of[:3])
    expected = [0.5 - np.exp(-2), 0.0, np.abs(0.5 - np.exp(-0.1))]
    assert one.scores.tolist() == pytest.approx(expected)
