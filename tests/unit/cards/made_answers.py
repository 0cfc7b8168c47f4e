"""What a made evaluation of cases, demand or durations answers, by hand. See ``made_evidence``."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from civic_ai.records.evaluation import (
    CoherentSum,
    Coverage,
    Crosstab,
    ErrorAnalysis,
    Evaluation,
    HorizonCalibration,
    Overlap,
    RestrictedMean,
    Score,
    SelectionRule,
    Slice,
    Staffing,
    TimeToFind,
    WhatIf,
)  # fmt: skip
from civic_ai.records.figure import missing
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import AREAS, City, figure, units_of

MODEL = {"ranking": "lightgbm", "cases": "lightgbm", "demand": "lightgbm", "durations": "lightgbm_hazard"}
RULE = {"ranking": "year_count", "cases": "observer_rate", "demand": "seasonal_index",
        "durations": "curve_of_group"}  # fmt: skip
WEEKS = [date(2018, 6, 4) + timedelta(days=7 * week) for week in range(12)]


def with_answers(made: Evaluation, city: City, blobs: Blobs) -> Evaluation:
    """``made`` as an evaluation of the city's question, with everything that it asks."""
    if city.question == "ranking":
        return made
    champion = made.champion
    common = {
        "coverage": _coverage(city, champion),
        "coverage_verdict": "pass" if city.known else "unknown",
        "selection": _selection(city),
        "errors": _errors(city, champion, blobs) if city.known else None,
    }
    return made.model_copy(update=common | _OWN[city.question](made, city))


def _cases(made: Evaluation, city: City) -> dict[str, object]:
    names = dict.fromkeys(("observer_rate", "arrival_order", MODEL["cases"]))
    return {
        "time_to_find": tuple(
            TimeToFind(candidate=name, split=split, days_earlier=figure(days, 0.4, 220),
                       within_observer=figure(0.3, 0.5, 220) if name == MODEL["cases"] else None,
                       first_half_today=figure(0.55, 0.03, 220), first_half=figure(0.68, 0.03, 220))
            for name, days in zip(names, (7.5, 0.0, 7.8), strict=True)
            for split in ("all", "lockbox")
        ) if city.known else (),
        "what_if": tuple(
            WhatIf(units=units, found_per_period=figure(units * 0.4, 1.0, 52),
                   more_than_best_baseline=figure(0.8, 0.5, 52), hours_per_period=units * 1.5)
            for units in (6, 24)
        ),
    }  # fmt: skip


def _demand(made: Evaluation, city: City) -> dict[str, object]:
    return _without_list(made, city, "mean_poisson_deviance") | {
        "staffing": tuple(
            Staffing(candidate=name, type=kind, hours_short=figure(short, 0.5, 52),
                     hours_idle=figure(short / 2, 0.4, 52),
                     cheaper_than_baseline=missing("is_the_best_baseline", n=52)
                     if name == RULE["demand"] else figure(-3.0, 0.5, 52))
            for name, short in ((MODEL["demand"], 12.0), (RULE["demand"], 15.0))
            for kind in (None, "pothole", "tree")
        ) if city.known else (),
        "coherent_sums": tuple(
            CoherentSum(level=level, bottom_up=figure(3.0, 0.4, 52), reconciled=figure(2.9, 0.4, 52))
            for level in ("city", "type", "area", "unit")
        ),
    }  # fmt: skip


def _durations(made: Evaluation, city: City) -> dict[str, object]:
    shares = ((1, 0.1), (7, 0.4), (28, 0.62), (90, 0.91))
    return _without_list(made, city, "integrated_brier_score") | {
        "horizons": tuple(
            HorizonCalibration(candidate=made.champion, days=days, predicted=share + 0.02,
                               observed=figure(share, 0.02) if city.known else missing("one_period"))
            for days, share in shares
        ),
        "restricted_means": tuple(
            RestrictedMean(group=kind, tau_days=90, observed=figure(22.0, 1.5, n), predicted=21.5,
                           censored_share=0.08)
            for kind, n in ((None, 1_600), ("pothole", 1_000), ("tree", 600))
        ),
    }  # fmt: skip


_OWN = {"cases": _cases, "demand": _demand, "durations": _durations}


def _without_list(made: Evaluation, city: City, objective: str) -> dict[str, object]:
    """No capacity, no visits: only how far off the numbers are."""
    metrics = {"demand": ("bias_ratio", "mean_absolute_error", objective),
               "durations": ("restricted_mean_ratio", "concordance", objective)}[city.question]  # fmt: skip
    names = dict.fromkeys(score.candidate for score in made.scores)
    scores = tuple(
        Score(candidate=name, split=split, metric=metric, figure=figure(0.9 + 0.02 * i, 0.03))
        for i, name in enumerate(names) for split in ("all", "1", "2") for metric in metrics
    )  # fmt: skip
    lockbox = tuple(
        Score(candidate=name, split="lockbox", metric=objective, figure=figure(0.95, 0.05))
        for name in sorted({made.champion, made.best_baseline})
    )
    return {"capacity": None, "objective": objective, "scores": scores, "lockbox": lockbox, "ties": (),
            "capacity_curve": (), "per_100_visits": ()}  # fmt: skip


def _coverage(city: City, champion: str) -> tuple[Coverage, ...]:
    if not city.known:
        return ()
    groups = (None, "pothole", "step_1", "steps_2_4") if city.question == "demand" else (None,)
    return tuple(
        Coverage(candidate=champion, split=split, measured_on="row", group=group, level=0.9,
                 covered=figure(0.91, 0.01), width=figure(6.0, 0.3), verdict="pass")
        for group in groups for split in ("all", "lockbox")
    )  # fmt: skip


def _selection(city: City) -> tuple[SelectionRule, ...]:
    rules = ("best_mean", "best_worst", "best_recent", "simplest_near_best")
    if not city.known:
        return ()
    return tuple(
        SelectionRule(rule=rule, chooses=RULE[city.question] if i == 3 else MODEL[city.question],
                      regret=figure(0.01 * i, 0.01, 4), chosen={"2": MODEL[city.question]})
        for i, rule in enumerate(rules)
    )  # fmt: skip


def _errors(city: City, champion: str, blobs: Blobs) -> ErrorAnalysis:
    residuals = pa.table(
        {"place": [f"A{i}" for i in range(AREAS)], "predicted": [100.0, 90.0, 80.0, 70.0],
         "came": [130.0, 101.0, 80.0, 50.0], "residual": [3.0, 1.2, 0.0, -2.4]}
    )  # fmt: skip
    is_list = city.question == "cases"
    return ErrorAnalysis(
        candidate=champion,
        slices=(Slice(where="count_28 > 3", rows=420, ratio=figure(1.31, 0.2, 420), verdict="fail"),),
        morans_i=figure(0.12, 0.05, 60), p_value=0.002,
        by_period={"2018-Q2": figure(1.02, 0.05), "2018-Q3": figure(1.1, 0.05)},
        overlaps=(Overlap(one=champion, other=RULE[city.question], share=figure(0.6, 0.1, 600)),)
        if is_list else (),
        crosstabs=(Crosstab(feature="count_28", on_list=3.1, rest=0.4, standardised_difference=1.9),)
        if is_list else (),
        residuals_blob=blobs.put_table(residuals),
    )  # fmt: skip


def lockbox_of(city: City, champion: str, baseline: str) -> pa.Table:
    """Rows of the lockbox for the city's question, with intervals where it has them."""
    units = units_of(city)
    dated = [(unit, week) for unit in units for week in WEEKS] if city.question == "demand" else [
        (unit, WEEKS[i % len(WEEKS)]) for i, unit in enumerate(units)
    ]  # fmt: skip
    rows = [
        {"unit": unit["unit"], "as_of": week, "step": 0, "split": "lockbox", "candidate": candidate,
         "score": 12.5 + i % 7, "lower": 6.0, "upper": 21.0, "label": 5.0 + (3 * i) % 19, "ended": True}
        for candidate in sorted({champion, baseline})
        for i, (unit, week) in enumerate(dated)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)
