from __future__ import annotations

import math

import numpy as np
import pytest

from civic_ai.core.errors import DataError
from civic_ai.evaluation.choose import BEST, DECLARED, SIMPLEST, TOO_SHORT, Chosen, choose_champion
from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.statistic import Statistic, ratio
from civic_ai.evaluation.uncertainty import resample_dates

from .worlds import record_of

DATES = 60
NOISE = np.random.default_rng(1).normal(size=(6, DATES))


def objective(mean: float, own_noise: float = 0.0, row: int = 0, dates: int = DATES) -> Statistic:
    """An objective with that mean over dates; ``own_noise`` is what it does not share with others."""
    wave = NOISE[row, :dates] - NOISE[row, :dates].mean()
    return ratio(mean + own_noise * wave, np.ones(dates))


def choose(
    means: dict[str, tuple[float, float]], metric: str = "recall_at_capacity", dates: int = DATES
) -> Chosen:
    objectives = {
        name: objective(mean, noise, row, dates) for row, (name, (mean, noise)) in enumerate(means.items())
    }
    resampled = resample_dates(np.zeros(dates, int), 2, seed=4)
    return choose_champion([record_of(name) for name in means], objectives, METRICS[metric], resampled)


def test_a_model_that_is_clearly_ahead_becomes_champion() -> None:
    chosen = choose({"year_count": (0.30, 0.01), "lightgbm": (0.40, 0.01)})
    assert (chosen.champion.name, chosen.chosen_by) == ("lightgbm", BEST)
    assert chosen.choice.behind_best == 0.0
    assert [one.name for one in chosen.looked_at] == ["lightgbm", "year_count"]


def test_within_one_standard_error_the_rule_wins() -> None:
    chosen = choose({"year_count": (0.300, 0.05), "lightgbm": (0.303, 0.05)})
    assert (chosen.champion.name, chosen.chosen_by) == ("year_count", SIMPLEST)
    assert chosen.choice.best == "lightgbm"
    assert 0 < chosen.choice.behind_best <= chosen.choice.standard_error
    assert chosen.best_candidate.name == "lightgbm"
    assert [one.name for one in chosen.looked_at] == ["year_count"]


def test_the_standard_error_is_paired() -> None:
    together = {"year_count": objective(0.300, 0.2, 0), "lightgbm": objective(0.303, 0.2, 0)}
    resampled = resample_dates(np.zeros(DATES, int), 2, seed=4)
    records = [record_of(name) for name in together]
    chosen = choose_champion(records, together, METRICS["recall_at_capacity"], resampled)
    assert chosen.champion.name == "lightgbm"
    assert chosen.choice.standard_error == pytest.approx(0.0, abs=1e-12)


def test_the_edge_is_one_standard_error() -> None:
    far = choose({"year_count": (0.0, 0.0), "lightgbm": (1.0, 1.0)})
    se = choose({"year_count": (0.0, 0.0), "lightgbm": (1e-9, 1.0)}).choice.standard_error
    assert far.champion.name == "lightgbm"
    assert choose({"year_count": (0.0, 0.0), "lightgbm": (0.99 * se, 1.0)}).champion.name == "year_count"
    assert choose({"year_count": (0.0, 0.0), "lightgbm": (1.01 * se, 1.0)}).champion.name == "lightgbm"


def test_among_models_the_simpler_is_preferred_and_a_baseline_to_any_model() -> None:
    close = {"poisson_glm": (0.400, 0.05), "lightgbm": (0.402, 0.05), "seasonal_index": (0.1, 0.0)}
    assert choose(close).champion.name == "poisson_glm"
    assert choose(close | {"seasonal_index": (0.401, 0.05)}).champion.name == "seasonal_index"


def test_when_a_baseline_is_best_it_is_champion() -> None:
    chosen = choose({"year_count": (0.5, 0.01), "recent_count": (0.3, 0.01), "lightgbm": (0.4, 0.01)})
    assert (chosen.champion.name, chosen.best_baseline.name) == ("year_count", "year_count")
    assert chosen.chosen_by == BEST


def test_equal_rules_go_to_the_simpler() -> None:
    chosen = choose({"seasonal_index": (0.3, 0.0), "year_count": (0.3, 0.0), "lightgbm": (0.2, 0.0)})
    assert chosen.best_baseline.name == "year_count"


def test_less_is_better_for_deviance() -> None:
    chosen = choose({"year_count": (1.2, 0.01), "lightgbm": (0.9, 0.01)}, "mean_poisson_deviance")
    assert chosen.champion.name == "lightgbm"
    worse = choose({"year_count": (0.8, 0.01), "lightgbm": (0.9, 0.01)}, "mean_poisson_deviance")
    assert (worse.champion.name, worse.best_baseline.name) == ("year_count", "year_count")


def test_when_time_is_too_short_to_tell_nothing_beats_the_simplest() -> None:
    chosen = choose({"recent_count": (0.1, 0.0), "year_count": (0.2, 0), "lightgbm": (0.9, 0.0)}, dates=6)
    assert (chosen.champion.name, chosen.chosen_by) == ("recent_count", TOO_SHORT)
    assert chosen.choice.standard_error is None
    assert chosen.choice.behind_best == pytest.approx(0.8)


def test_a_candidate_that_could_not_be_measured_is_no_champion() -> None:
    chosen = choose({"year_count": (0.3, 0.01), "poisson_glm": (math.nan, 0.0), "lightgbm": (0.2, 0.01)})
    assert chosen.best_candidate.name == "lightgbm"


@pytest.mark.parametrize("unmeasured", ["year_count", "lightgbm"])
def test_nothing_measured_is_too_little_data(unmeasured: str) -> None:
    means = {"year_count": (0.3, 0.01), "lightgbm": (0.4, 0.01)} | {unmeasured: (math.nan, 0.0)}
    with pytest.raises(DataError, match="hold no event"):
        choose(means)


def test_in_cities_without_any_difference_the_rule_usually_stays() -> None:
    """Same truth for both: the model is a standard error ahead by luck in about 16 of 100 cities."""
    rng, kept = np.random.default_rng(3), 0
    for run in range(100):
        both = {
            name: ratio(0.3 + 0.1 * rng.normal(size=40), np.ones(40)) for name in ("year_count", "lightgbm")
        }
        resampled = resample_dates(np.zeros(40, int), 1, seed=run, replicates=200)
        records = [record_of(name) for name in both]
        chosen = choose_champion(records, both, METRICS["recall_at_capacity"], resampled)
        kept += chosen.champion.is_baseline
    assert 74 <= kept <= 93


def of_three(preferred: str | None) -> Chosen:
    """A rule, a model, and a mitigation that is far ahead of both."""
    objectives = {
        name: objective(mean, 0.01, row)
        for row, (name, mean) in enumerate({"year_count": 0.3, "lightgbm": 0.4, "even": 0.6}.items())
    }
    records = [record_of("year_count"), record_of("lightgbm")]
    mitigation = {"name": "even", "mitigates": "lightgbm", "simplicity": 111}
    records.append(records[1].model_copy(update=mitigation))
    resampled = resample_dates(np.zeros(DATES, int), 2, seed=4)
    return choose_champion(records, objectives, METRICS["recall_at_capacity"], resampled, preferred)


def test_a_mitigation_is_never_chosen_by_itself() -> None:
    chosen = of_three(None)
    assert (chosen.champion.name, chosen.best_candidate.name, chosen.chosen_by) == (
        "lightgbm",
        "lightgbm",
        BEST,
    )
    assert chosen.choice.best == "lightgbm"


@pytest.mark.parametrize(
    ("name", "best"), [("even", "even"), ("lightgbm", "lightgbm"), ("year_count", "lightgbm")]
)
def test_whom_the_city_prefers_is_champion_and_says_so(name: str, best: str) -> None:
    chosen = of_three(name)
    assert (chosen.champion.name, chosen.chosen_by) == (name, DECLARED)
    assert (chosen.best_candidate.name, chosen.best_baseline.name) == (best, "year_count")
    assert chosen.choice.best == ("even" if name == "even" else "lightgbm")


def test_a_preferred_one_that_could_not_be_measured_is_refused() -> None:
    with pytest.raises(DataError, match="magic is preferred"):
        of_three("magic")
