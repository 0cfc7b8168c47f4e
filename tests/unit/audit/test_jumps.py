"""Jumps that were planted are found and dated; noise, season and trend are not accused."""

from __future__ import annotations

import numpy as np
import pytest

from civic_ai.audit.jumps import BEYOND, Jump, Series, _reordered

SETTINGS = {"alpha": 0.05, "level": 0.9, "seed": 7}
MONTHS = 60


def series(values: np.ndarray) -> Series:
    years = np.arange(len(values)) / 12
    waves = [wave(2 * np.pi * k * years) for k in (1, 2) for wave in (np.sin, np.cos)]
    return Series(values, np.column_stack([np.ones(len(values)), years, *waves]), 6, np.ones(len(values)))


def noise(seed: int, months: int = MONTHS) -> np.ndarray:
    return np.random.default_rng(1000 + seed).normal(0, 1, months)


def found(values: np.ndarray) -> list[Jump]:
    return series(values).jumps(**SETTINGS)


def test_a_planted_jump_is_found_within_two_periods_in_95_of_100() -> None:
    hits = covered = alone = 0
    between = []
    for seed in range(100):
        at = int(np.random.default_rng(seed).integers(12, 48))
        season = 3 * np.sin(2 * np.pi * np.arange(MONTHS) / 12)
        made = found(noise(seed) + season + 4 * (np.arange(MONTHS) >= at))
        near = [jump for jump in made if abs(jump.at - at) <= 2]
        hits += bool(near)
        alone += len(made) == 1
        covered += any(jump.earliest <= at <= jump.latest for jump in near)
        for jump in near:
            assert jump.size == pytest.approx(4, abs=2.2)
            between.append(jump.latest - jump.earliest)
    assert hits >= 95
    assert covered >= 90
    assert alone >= 88
    assert np.median(between) <= 2, "so clear a step is dated to a few periods, not anywhere"


@pytest.mark.parametrize("amplitude", [0.0, 6.0])
def test_noise_season_and_trend_are_seldom_accused(amplitude: float) -> None:
    """120 series: more than 12 would be unlikely (1 in 100) at 5 %."""
    months = np.arange(MONTHS)
    smooth = amplitude * (np.sin(2 * np.pi * months / 12 + 1) + 0.4 * np.cos(4 * np.pi * months / 12))
    accused = sum(bool(found(noise(500 + seed) + smooth + 0.05 * months)) for seed in range(120))
    assert accused <= 12


def test_two_jumps_are_told_apart_and_each_has_its_own_size() -> None:
    months = np.arange(84)
    made = found(0.5 * noise(3, 84) + 6.0 * (months >= 30) - 4.0 * (months >= 55))
    assert [jump.at for jump in made] == [30, 55]
    assert [jump.size for jump in made] == pytest.approx([6, -4], abs=0.9)
    for jump, true in zip(made, (6, -4), strict=True):
        assert abs(jump.size - true) <= 1.5 * jump.half
        assert 0 < jump.p_value <= 0.05


def test_the_interval_of_the_size_holds_about_as_often_as_it_says() -> None:
    months = np.arange(MONTHS)
    made = [found(noise(seed) + 4 * (months >= 30)) for seed in range(80)]
    right = [jump for jumps in made for jump in jumps if jump.at == 30 and len(jumps) == 1]
    held = np.mean([abs(jump.size - 4) <= jump.half for jump in right])
    assert len(right) > 45
    assert 0.8 <= held <= 0.97


def test_short_storms_are_no_new_level() -> None:
    values = 0.3 * noise(4)
    values[20:23] += 3
    assert all(jump.latest - jump.earliest >= 0 and abs(jump.at - 21) > 2 for jump in found(values))


def test_no_jump_is_nearer_than_the_least_to_an_end_or_another() -> None:
    months = np.arange(MONTHS)
    made = found(0.1 * noise(5) + 5.0 * (months >= 2) + 5.0 * (months >= 30) + 5.0 * (months >= 33))
    places = [0, *(jump.at for jump in made), MONTHS]
    assert min(np.diff(places)) >= 6


def test_a_flat_or_short_series_has_none() -> None:
    assert found(np.zeros(MONTHS)) == []
    assert found(np.full(MONTHS, 0.1)) == []
    assert found(noise(6, 8)) == []


def test_what_weighs_little_counts_little() -> None:
    """A level that only doubtful periods show is no jump; the same level in good periods is one."""
    months = np.arange(MONTHS)
    values = 0.5 * noise(11) + 4.0 * (months >= 40)
    weight = np.where(months >= 40, 1e-4, 1.0)
    doubtful = series(values)
    assert [jump.at for jump in found(values)] == [40]
    assert Series(values, doubtful.background, 6, weight).jumps(**SETTINGS) == []
    for unit in (4.0, 2.0**-46):  # powers of four, whose roots are exact
        same = Series(values, doubtful.background, 6, unit * doubtful.weight)
        assert [jump.at for jump in same.jumps(**SETTINGS)] == [40]
        assert same.jumps(**SETTINGS) == found(values)


def test_the_unit_of_the_values_changes_nothing_but_the_size() -> None:
    values = noise(8) + 4.0 * (np.arange(MONTHS) >= 25)
    (one,), (other,) = found(values), found(1000 * values + 5)
    assert (one.at, one.earliest, one.latest, one.p_value) == (
        other.at, other.earliest, other.latest, other.p_value,
    )  # fmt: skip
    assert other.size == pytest.approx(1000 * one.size)


def test_the_same_seed_finds_the_same() -> None:
    values = noise(10) + 2.0 * (np.arange(MONTHS) >= 25)
    assert found(values) == found(values)


def test_what_is_near_in_time_stays_together_when_residuals_are_reordered() -> None:
    """60 periods: blocks of 4, the cube root rounded up; so at least 3 of 4 are followed by their next."""
    order = _reordered(np.arange(60.0), np.random.default_rng(1), 30)
    assert (np.sort(order, axis=0) == np.arange(60.0)[:, None]).all()
    together = (np.diff(order, axis=0) % 60 == 1).mean(axis=0)
    assert together.min() >= 0.75 - 2 / 60
    assert together.mean() < 0.9


def test_jumps_that_pass_each_other_when_refined_are_still_in_order_of_time() -> None:
    """Two told in the wrong order made a stretch without rows, whose mean is no number (seeds 43, 331)."""
    for seed in (43, 331):
        random = np.random.default_rng(seed)
        values = random.normal(0, 0.3, 36)
        for at in random.choice(np.arange(4, 32), 3, replace=False):
            values[at:] += random.choice([-1, 1]) * random.uniform(0.5, 2)
        background = np.column_stack([np.ones(36), np.arange(36) / 12.0])
        found = Series(values, background, 3, np.ones(36)).jumps(alpha=0.3, level=0.9, seed=seed)
        places = [jump.at for jump in found]
        assert places == sorted(set(places))


def test_the_least_p_value_leaves_the_order_as_it_was_among_all_that_were_tried() -> None:
    (jump,) = found(0.1 * noise(12) + 9.0 * (np.arange(MONTHS) >= 30))
    assert jump.p_value == pytest.approx(0.05 / BEYOND)


def test_jumps_are_refined_in_order_of_time_whichever_was_clearest(monkeypatch: pytest.MonkeyPatch) -> None:
    refined, seen = Series._refined, []
    monkeypatch.setattr(
        Series, "_refined", lambda self, jumps, level: seen.append(jumps) or refined(self, jumps, level)
    )
    months = np.arange(84)
    made = found(0.5 * noise(3, 84) + 2.5 * (months >= 30) - 7.0 * (months >= 55))
    assert [place for place, _ in seen[0]] == [jump.at for jump in made] == [30, 55]
