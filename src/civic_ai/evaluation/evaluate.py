"""How good, at the city's capacity, against the simplest rules: from predictions to an Evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civic_ai.evaluation.calibration import calibration_bins, calibration_of
from civic_ai.evaluation.coherent import coherent_sums
from civic_ai.evaluation.coverage import coverages, lockbox_coverage
from civic_ai.evaluation.duration import duration_bins, horizon_calibration, restricted_means
from civic_ai.evaluation.errors import analyse_errors
from civic_ai.evaluation.looked import Looked, look
from civic_ai.evaluation.metrics import METRICS
from civic_ai.evaluation.recalibration import Kind
from civic_ai.evaluation.scores import NO_RATE
from civic_ai.evaluation.selection import selection_rules
from civic_ai.evaluation.stability import expected_in_lockbox, lockbox_verdict, stability_of
from civic_ai.evaluation.staffing import staffing
from civic_ai.evaluation.time_to_find import times_to_find
from civic_ai.evaluation.visits import capacity_curve, per_100_visits, tie_range
from civic_ai.evaluation.what_if import what_if
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import (
    Calibration,
    Evaluation,
    HorizonCalibration,
    RestrictedMean,
    Score,
    Stability,
)
from civic_ai.records.figure import Figure, Verdict, missing
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.store.blobs import Blobs

_CALIBRATED_BY: Mapping[Kind, tuple[str, str]] = {
    "event": ("calibration_slope", "bias_ratio"),
    "count": ("calibration_slope", "bias_ratio"),
    "duration": ("restricted_mean_slope", "restricted_mean_ratio"),
}
"""Slope and ratio that say whether predictions of a kind mean what they say."""


def evaluate(spec: PilotSpec, predictions: Predictions, policy: Policy, blobs: Blobs) -> Evaluation:
    """Scores on the test splits, the champion, and then one look at the lockbox.

    The lockbox is scored for the champion and the best baseline, and for nobody else: everything else is
    told from the test periods, where every candidate was tried, so no second look is needed when a baseline
    wins. Rows whose label has not matured are counted and left out. What the question does not ask stays
    empty. Raises :class:`DataError` when the test periods hold no event, or when candidates differ in their
    rows.
    """
    looked = look(spec, predictions, policy, blobs)
    made = _with_details(looked, _with_visits(looked, _write_down(looked)))
    errors = analyse_errors(spec, predictions, _whose_errors(looked), policy, blobs)
    return made.model_copy(update={"errors": errors})


def lift_verdict(lift: Figure) -> Verdict:
    """Pass: the whole interval lies above 1. Fail: all of it lies below. Unknown: there is no interval."""
    if lift.lower is None or lift.upper is None:
        return "unknown"
    if lift.lower > 1:
        return "pass"
    return "fail" if lift.upper < 1 else "insufficient_evidence"


def _write_down(looked: Looked) -> Evaluation:
    """What every question asks."""
    terms, tests, chosen, lockbox = looked.terms, looked.tests, looked.chosen, looked.lockbox
    champion, baseline = looked.champion, looked.baseline
    scores = tests.scores(looked.predictions.candidates)
    lift = tests.lift(chosen.best_candidate.name, baseline)
    expected = expected_in_lockbox(tests.lists[champion], lockbox.lists[champion], terms)
    observed = lockbox.whole.figure(lockbox.lists[champion], terms.objective, terms.kind)
    return Evaluation(
        predictions=looked.predictions.digest,
        question=terms.question,
        kind=terms.kind,
        objective=terms.objective.name,
        capacity=terms.capacity,
        scores=scores,
        best_baseline=baseline,
        best_candidate=chosen.best_candidate.name,
        champion=champion,
        champion_is_baseline=chosen.champion.is_baseline,
        chosen_by=chosen.chosen_by,
        choice=chosen.choice,
        lift_over_best_baseline=lift,
        lift_verdict=lift_verdict(lift),
        lockbox=lockbox.scores(chosen.looked_at),
        lockbox_blob=looked.opened.blob,
        lockbox_lift=lockbox.lift(champion, baseline),
        lockbox_agrees=lockbox_verdict(expected, observed),
        lockbox_expected=expected,
        calibration=_calibration(looked, scores),
        stability=_stability(looked, scores),
        unmatured_rows=_unmatured(looked),
        block_dates=tests.whole.resampled.block_dates,
        bundle=looked.opened.bundles[champion],
    )


def _with_visits(looked: Looked, made: Evaluation) -> Evaluation:
    """With what visits find, where there is a capacity."""
    tests, kind = looked.tests, looked.terms.kind
    if looked.terms.capacity is None:
        return made
    shown = {name: tests.lists[name] for name in looked.shown}
    return made.model_copy(
        update={
            "ties": tuple(tie_range(name, lists) for name, lists in tests.lists.items()),
            "capacity_curve": tuple(capacity_curve(shown, tests.whole, kind)),
            "per_100_visits": tuple(per_100_visits(shown, looked.baseline, tests.whole, kind)),
            "what_if": tuple(what_if(looked)),
        }
    )


def _with_details(looked: Looked, made: Evaluation) -> Evaluation:
    """With intervals, other choices, and what demand, cases and durations ask."""
    covered = tuple(coverages(looked))
    is_demand, is_duration = (looked.terms.question == one for one in ("demand", "durations"))
    return made.model_copy(
        update={
            "coverage": covered,
            "coverage_verdict": lockbox_coverage(covered, looked.champion, looked.lockbox.whole.name),
            "selection": tuple(selection_rules(looked)),
            "staffing": tuple(staffing(looked)) if is_demand else (),
            "coherent_sums": tuple(coherent_sums(looked)) if is_demand else (),
            "time_to_find": tuple(times_to_find(looked)),
            "horizons": tuple(_horizons(looked)) if is_duration else (),
            "restricted_means": tuple(_restricted_means(looked)) if is_duration else (),
        }
    )


def _horizons(looked: Looked) -> Iterator[HorizonCalibration]:
    tests, champion = looked.tests, looked.champion
    return horizon_calibration(champion, tests.lists[champion], tests.whole)


def _restricted_means(looked: Looked) -> Iterator[RestrictedMean]:
    tests, champion = looked.tests, looked.champion
    return restricted_means(looked.rows(tests, champion), tests.lists[champion], tests.whole)


def _whose_errors(looked: Looked) -> str:
    """The champion; the best candidate where the champion is a rule that predicts no chance."""
    champion = looked.chosen.champion
    return champion.name if looked.terms.gives_rates(champion) else looked.chosen.best_candidate.name


def _unmatured(looked: Looked) -> int | None:
    """Rows counted too early; None where there seems to be none, but the end of the extract is doubtful."""
    count = sum(each.unmatured(looked.champion, looked.panel) for each in (looked.tests, looked.lockbox))
    return count if count or not looked.panel.end_is_doubtful else None


def _calibration(looked: Looked, scores: tuple[Score, ...]) -> Calibration:
    tests, champion, kind = looked.tests, looked.champion, looked.terms.kind
    tolerance = looked.policy.tolerances.calibration_slope
    measured = {s.metric: s.figure for s in scores if (s.candidate, s.split) == (champion, tests.whole.name)}
    slope, bias = _CALIBRATED_BY[kind]
    if slope not in measured:
        return calibration_of(missing(NO_RATE), missing(NO_RATE), (), tolerance=tolerance)
    lists = tests.lists[champion]
    if kind == "duration":
        bins = duration_bins(lists, tests.whole)
    else:
        bins = calibration_bins(lists, kind, tests.whole.basis(lists, METRICS[slope]))
    return calibration_of(measured[slope], measured[bias], tuple(bins), tolerance=tolerance)


def _stability(looked: Looked, scores: tuple[Score, ...]) -> Stability:
    metric, chosen = looked.terms.objective, looked.chosen

    def by_split(candidate: str) -> Mapping[str, Figure]:
        wanted = (candidate, metric.name)
        figures = {s.split: s.figure for s in scores if (s.candidate, s.metric) == wanted}
        return {name: figures[name] for name in looked.terms.splits}

    return stability_of(
        metric,
        by_split(chosen.champion.name),
        by_split(chosen.best_baseline.name),
        champion_is_baseline=chosen.champion.is_baseline,
    )
