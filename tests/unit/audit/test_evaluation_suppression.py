"""The public evaluation: an attack by value times n and by subtraction must find no small count."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest

from civic_ai.audit.audited import check_figures
from civic_ai.audit.disclosure import count_small_figures, count_visible_small_figures
from civic_ai.audit.evaluation_suppression import SHARES, bin_cells, hidden_scores, mask_evaluation
from civic_ai.evaluation.metrics import METRICS
from civic_ai.records.evaluation import (
    Calibration,
    CalibrationBin,
    Choice,
    CurvePoint,
    Evaluation,
    Per100Visits,
    Score,
    Stability,
    TieRange,
)  # fmt: skip
from civic_ai.records.figure import Figure
from tests.unit.audit.made import POLICY, random_report

MINIMUM = POLICY.suppression.minimum
CANDIDATES = ("glm", "year_count")
EVENTS, VISITS = 325, 400


def share(cases: float, n: int) -> Figure:
    return Figure(value=cases / n, lower=0.8 * cases / n, upper=min(1.0, 1.2 * cases / n), n=n)


def scores_of(candidate: str, split: str, cases: float, events: int, visits: int) -> tuple[Score, ...]:
    figures = {
        "recall_at_capacity": share(cases, events),
        "precision_at_capacity": share(cases, visits),
        "first_half": share((events + cases) // 2, events),
        "lift_over_random": Figure(value=1 + cases / 7, n=events),
        "brier_score": Figure(value=0.0312345, n=9 * visits),
    }
    return tuple(Score(candidate=candidate, split=split, metric=m, figure=f) for m, f in figures.items())


def made(found: dict[str, tuple[int, ...]], bins: tuple[tuple[int, int], ...] = ()) -> Evaluation:
    """An evaluation in which each candidate finds so many cases in each test period."""
    splits = len(next(iter(found.values())))
    scores = [
        score
        for name, cases in found.items()
        for split, count in [*enumerate(cases, 1), ("all", sum(cases))]
        for score in scores_of(
            name, str(split), count, *(x * (splits if split == "all" else 1) for x in (EVENTS, VISITS))
        )
    ]
    n = splits * EVENTS
    return Evaluation(
        bundle="b" * 64,
        predictions="p" * 64, kind="event", objective="recall_at_capacity", capacity=20,
        scores=tuple(scores), ties=(TieRange(candidate="glm", expected=7, worst=5, best=9),),
        best_baseline="year_count", best_candidate="glm", champion="glm", champion_is_baseline=False,
        chosen_by="best_on_objective", choice=Choice(best="glm", behind_best=0.0123456, standard_error=None),
        lift_over_best_baseline=Figure(value=1.2345678, lower=1.0456, upper=1.4, n=n), lift_verdict="pass",
        lockbox=scores_of("glm", "lockbox", 90, EVENTS, VISITS)
        + scores_of("year_count", "lockbox", 80, EVENTS, VISITS),
        lockbox_blob="b" * 64, lockbox_lift=Figure(value=1.125, n=EVENTS), lockbox_agrees="pass",
        lockbox_expected=Figure(value=0.28765, lower=0.2, upper=0.4, n=4),
        capacity_curve=tuple(
            CurvePoint(candidate=name, units=units, found=share(min(n, sum(cases) * units // 20), n))
            for name, cases in found.items() for units in (1, 5, 20, 40)
        ),
        per_100_visits=tuple(
            Per100Visits(
                candidate=name,
                found=Figure(value=100 * sum(cases) / (splits * VISITS), n=splits * VISITS),
                missed_share=share(n - sum(cases), n),
                more_than_best_baseline=Figure(
                    value=100 * (sum(cases) - sum(found["year_count"])) / (splits * VISITS), n=splits * VISITS
                ),
            )
            for name, cases in found.items()
        ),
        calibration=Calibration(
            slope=Figure(value=0.987654, n=n), bias_ratio=Figure(value=1.0123, n=n), verdict="pass",
            bins=tuple(CalibrationBin(predicted=0.0312345, observed=share(*part)) for part in bins),
        ),
        stability=Stability(worst_split="1", worst_ratio=0.9123456, splits_ahead_of_best_baseline=3,
                            splits=splits, verdict="pass"),
        unmatured_rows=0,
    )  # fmt: skip


def shares_of(evaluation: Evaluation) -> dict[tuple[str, ...], Figure]:
    """Every figure of the record that is a share of cases, found without the code under test."""
    scores = (*evaluation.scores, *evaluation.lockbox)
    found = {(s.candidate, s.split, s.metric): s.figure for s in scores if s.metric in SHARES}
    found |= {(p.candidate, "curve", str(p.units)): p.found for p in evaluation.capacity_curve}
    found |= {("bin", str(i)): part.observed for i, part in enumerate(evaluation.calibration.bins)}
    for part in evaluation.per_100_visits:
        value = None if part.found.value is None else part.found.value / 100
        found[part.candidate, "per 100"] = part.found.model_copy(update={"value": value})
        found[part.candidate, "missed"] = part.missed_share
    return found


def counts_of(figure: Figure) -> tuple[float, float, float]:
    assert figure.value is not None
    return figure.n, figure.n * figure.value, figure.n * (1 - figure.value)


def random_evaluation(seed: int) -> Evaluation:
    rng = np.random.default_rng(seed)
    few = [0, 3, 9, 12, 40, 200, 318, 325]
    found = {name: tuple(int(x) for x in rng.choice(few, 4)) for name in CANDIDATES}
    bins = tuple((int(x), 900) for x in rng.choice([0, 4, 10, 30, 400], 5))
    return made(found, bins)


@pytest.mark.parametrize("seed", range(40))
def test_no_small_count_follows_from_a_value_times_its_n(seed):
    full = random_evaluation(seed)
    public = shares_of(mask_evaluation(full, POLICY))
    for name, figure in shares_of(full).items():
        if public[name].value is not None:
            assert not [count for count in counts_of(figure) if 1e-6 < count < MINIMUM - 1e-6], name
        else:
            assert (public[name].lower, public[name].upper, public[name].n) == (None, None, 0)


def test_the_attack_finds_small_counts_in_the_full_version():
    for seed in range(8):
        counts = [c for figure in shares_of(random_evaluation(seed)).values() for c in counts_of(figure)]
        assert any(0 < round(count, 6) < MINIMUM for count in counts)


@pytest.mark.parametrize("seed", range(40))
def test_no_small_count_follows_by_subtracting_periods_from_all(seed):
    """What the hidden periods hold together is known; alone, each must stay anywhere below the minimum."""
    full = random_evaluation(seed)
    public = shares_of(mask_evaluation(full, POLICY))
    for candidate, metric in product(CANDIDATES, SHARES):
        secret = [s for s in "1234" if public[candidate, s, metric].value is None]
        if not secret or public[candidate, "all", metric].value is None:
            continue
        truth = [counts_of(shares_of(full)[candidate, s, metric]) for s in secret]
        for cell in range(3):
            counts = [one[cell] for one in truth]
            if any(1e-6 < count < MINIMUM - 1e-6 for count in counts):
                assert len(secret) > 1
                assert sum(counts) >= MINIMUM - 1e-6


def test_the_case_that_was_found():
    """n = 325 and .031 are 10 cases: gone, and with them all that tells of the same visits."""
    full = made({"glm": (10, 90, 95, 99), "year_count": (80, 85, 90, 95)})
    public = mask_evaluation(full, POLICY)
    assert {split for _, split in hidden_scores(full, MINIMUM)} == {"1", "2"}
    for metric in ("recall_at_capacity", "precision_at_capacity", "lift_over_random"):
        first = public.score("glm", metric, "1")
        assert (first.value, first.n, first.why_missing) == (None, 0, "suppressed")
    assert public.stability.worst_ratio is None
    assert public.lockbox_expected.value is None
    shown = public.score("glm", "recall_at_capacity", "3")
    assert (shown.value, shown.n) == (0.29, 330)


def test_what_compares_a_hidden_candidate_with_another_is_hidden():
    public = mask_evaluation(made({"glm": (0, 0, 0, 90), "year_count": (0, 0, 0, 9)}), POLICY)
    assert public.lift_over_best_baseline.value is None
    more = {part.candidate: part.more_than_best_baseline.value for part in public.per_100_visits}
    assert more == {"glm": None, "year_count": None}
    assert public.lockbox_lift.value == 1.12
    swapped = mask_evaluation(made({"glm": (0, 0, 0, 9), "year_count": (0, 0, 0, 90)}), POLICY)
    assert (swapped.lift_over_best_baseline.value, swapped.choice) == (None, None)


def test_what_stays_is_rounded_and_verdicts_stay():
    full = made({"glm": (90, 92, 95, 99), "year_count": (80, 85, 90, 95)}, ((90, 905), (45, 900)))
    public = mask_evaluation(full, POLICY)
    assert (public.ties, public.is_masked) == ((), True)
    for name, figure in shares_of(public).items():
        bounds = [x for x in (figure.value, figure.lower, figure.upper) if x is not None]
        assert figure.n % 10 == 0, name
        assert bounds == [round(x, 2) for x in bounds], name
    exact = set(_floats(json.loads(public.to_json()))) - {0.9}
    assert exact == {round(x, 2) for x in exact}
    assert public.lockbox_expected.n == 4
    kept = ("champion", "lift_verdict", "lockbox_agrees", "best_baseline", "unmatured_rows", "capacity")
    assert [getattr(public, name) for name in kept] == [getattr(full, name) for name in kept]


def _floats(value):
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _floats(item)
    elif isinstance(value, float):
        yield value


def test_a_small_bin_is_hidden_with_another():
    full = made({"glm": (90,), "year_count": (80,)}, ((5, 900), (40, 900), (400, 900)))
    public = mask_evaluation(full, POLICY)
    assert [part.observed.value for part in public.calibration.bins] == [None, None, 0.44]
    assert len(bin_cells(full.calibration)) == 3


def test_masking_twice_changes_nothing_more():
    public = mask_evaluation(random_evaluation(1), POLICY)
    assert mask_evaluation(public, POLICY) is public


@pytest.mark.parametrize("seed", range(20))
def test_the_gate_counts_what_the_evaluation_shows(seed):
    full = random_evaluation(seed)
    assert count_visible_small_figures(full, mask_evaluation(full, POLICY), MINIMUM) == 0
    assert count_small_figures(full, MINIMUM) > 0
    assert count_visible_small_figures(full, full, MINIMUM) == count_small_figures(full, MINIMUM)


def test_the_gate_sees_a_period_that_follows_by_subtraction():
    """Hiding the small period alone is not enough: the others and their sum give it away."""
    full = made({"glm": (10, 90, 95, 99), "year_count": (80, 85, 90, 95)})
    careless = full.model_copy(
        update={"scores": tuple(
            score if (score.candidate, score.split) != ("glm", "1")
            else score.model_copy(update={"figure": Figure(value=None, n=0)}) for score in full.scores
        )}
    )  # fmt: skip
    assert count_visible_small_figures(full, careless, MINIMUM) >= 2


def test_the_audits_fact_counts_the_evaluation_too():
    report, full = random_report(0), random_evaluation(0)
    checked = check_figures(report, full, POLICY).suppression
    assert checked.visible_small_cells == 0
    assert checked.small_cells == report.suppression.small_cells + count_small_figures(full, MINIMUM)
    unknown = report.model_copy(
        update={"suppression": report.suppression.model_copy(update={"visible_small_cells": None})}
    )
    assert check_figures(unknown, full, POLICY).suppression.visible_small_cells is None


def test_shares_are_metrics_that_count_cases():
    assert set(SHARES) <= set(METRICS)


def test_what_hides_another_candidate_hides_nothing_of_the_champions_forecast_and_choice():
    full = made({"glm": (90, 92, 95, 99), "year_count": (5, 85, 90, 95)})
    public = mask_evaluation(full, POLICY)
    assert {candidate for candidate, _ in hidden_scores(full, MINIMUM)} == {"year_count"}
    assert full.champion == "glm"
    assert public.lockbox_expected.value == round(full.lockbox_expected.value, 2)
    assert public.choice.behind_best == round(full.choice.behind_best, 2)


def test_a_metric_that_another_candidate_has_not_is_no_small_count():
    full = made({"glm": (90, 92, 95, 99), "year_count": (80, 85, 90, 95)})
    scores = tuple(
        score for score in full.scores if (score.candidate, score.metric) != ("year_count", "brier_score")
    )
    fewer = full.model_copy(update={"scores": scores})
    assert len(scores) < len(full.scores)
    assert hidden_scores(fewer, MINIMUM) == hidden_scores(full, MINIMUM) == frozenset()
