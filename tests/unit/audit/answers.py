"""Evaluations with the answers that only some questions have, some of them resting on few cases."""

from __future__ import annotations

import numpy as np

from civic_ai.records.evaluation import (
    CoherentSum,
    Coverage,
    Crosstab,
    ErrorAnalysis,
    Evaluation,
    HorizonCalibration,
    Overlap,
    RestrictedMean,
    SelectionRule,
    Slice,
    Staffing,
    TimeToFind,
    WhatIf,
)  # fmt: skip
from civic_ai.records.figure import Figure

FEW = [1, 4, 9, 10, 11, 30, 200, 900]
DAYS = (1, 3, 7, 14, 28, 90)


def share(cases: float, n: int) -> Figure:
    return Figure(value=cases / n, lower=0.9 * cases / n, upper=min(1.0, 1.1 * cases / n), n=n)


def number(value: float, n: int) -> Figure:
    return Figure(value=value, lower=value - 0.123456, upper=value + 0.123456, n=n)


def with_answers(evaluation: Evaluation, seed: int) -> Evaluation:
    """``evaluation`` with every answer filled in at random."""
    rng = np.random.default_rng(seed)
    positives, names = int(rng.choice([15, 60, 400])), ("glm", "year_count")
    return evaluation.model_copy(
        update={
            "coverage": tuple(
                Coverage(candidate="glm", split="lockbox", measured_on="row", group=group, level=0.9,
                         covered=share(int(0.9 * n), n), width=number(3.14159, n), verdict="pass")
                for group, n in ((None, 5000), ("pothole", int(rng.choice(FEW))), ("light", 800))
            ),
            "staffing": tuple(
                Staffing(candidate="glm", type=kind, hours_short=number(7.123, 26),
                         hours_idle=number(9.9, 26), cheaper_than_baseline=number(-2.3, 26))
                for kind in (None, "light")
            ),
            "coherent_sums": (CoherentSum(level="city", bottom_up=number(5.4321, 26),
                                          reconciled=number(5.2, 26)),),
            "time_to_find": tuple(
                TimeToFind(candidate=name, split="lockbox", days_earlier=number(2.345, positives),
                           within_observer=number(0.3, positives) if name == "glm" else None,
                           first_half_today=share(int(rng.integers(0, positives)), positives),
                           first_half=share(int(rng.integers(0, positives)), positives),
                           area_under_roc=number(0.6, few))
                for name, few in zip(names, (7, 613), strict=True)
            ),
            "horizons": _curves(rng, names),
            "restricted_means": _means(rng),
            "selection": (SelectionRule(rule="best_mean", chooses="glm", regret=number(0.0123, 3)),),
            "what_if": tuple(
                WhatIf(units=units, found_per_period=number(float(rng.choice([0.2, 12.345])), 26),
                       more_than_best_baseline=number(0.5, 26), hours_per_period=units * 2.0,
                       cost_per_period=None, cost_saved=number(3.21, 26)) for units in (60, 100)
            ),
            "errors": _errors(rng),
        }
    )  # fmt: skip


def _curves(rng: np.random.Generator, names: tuple[str, ...]) -> tuple[HorizonCalibration, ...]:
    made = []
    for name in names:
        n = int(rng.choice([60, 400, 3000]))
        ended = np.sort(rng.integers(0, n + 1, len(DAYS)))
        made += [
            HorizonCalibration(candidate=name, days=days, predicted=0.512345, observed=share(int(count), n))
            for days, count in zip(DAYS, ended, strict=True)
        ]
    return tuple(made)


def _means(rng: np.random.Generator) -> tuple[RestrictedMean, ...]:
    sizes = [int(n) for n in rng.choice(FEW, 3)]
    groups = [(None, sum(sizes)), *zip(("pothole", "light", "tree"), sizes, strict=True)]
    return tuple(
        RestrictedMean(group=group, tau_days=90, observed=number(12.3456, n), predicted=11.98765,
                       censored_share=int(rng.integers(0, n + 1)) / n)
        for group, n in groups
    )  # fmt: skip


def _errors(rng: np.random.Generator) -> ErrorAnalysis:
    return ErrorAnalysis(
        candidate="glm",
        slices=tuple(
            Slice(where=f"x > {i}", rows=int(rng.choice(FEW)), ratio=number(1.2345, int(rng.choice(FEW))),
                  verdict="fail") for i in range(4)
        ),
        morans_i=number(0.0321, 60), p_value=0.01234,
        by_period={f"2024-Q{i}": number(1.0123, int(rng.choice(FEW))) for i in range(1, 5)},
        overlaps=(Overlap(one="glm", other="year_count", share=share(30, 52)),),
        crosstabs=tuple(
            Crosstab(feature=f"kind_{i}", on_list=float(rng.choice([0.0, 0.003, 0.4, 0.999, 1.0, 17.3])),
                     rest=0.2, standardised_difference=0.12345) for i in range(5)
        ),
        residuals_blob="r" * 64,
    )  # fmt: skip
