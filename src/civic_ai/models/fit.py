"""Every baseline and candidate on every test period; the lockbox only for those that are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.models.baselines import BASELINES, rule_scorer
from civic_ai.models.bundle import seal_bundle
from civic_ai.models.candidates import CANDIDATES
from civic_ai.models.rows import PanelRows, Training, read_rows, refuse_few_events, training_of
from civic_ai.models.scorer import Floats, ModelScorer, Scorer
from civic_ai.panel.split import Split, make_splits
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.figure import Period
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions, SplitRecord
from civic_ai.store.blobs import Blobs

FITS_AT_ONCE = 2
"""One thread inside a fit and two fits at once beat two threads inside (measured: TARGETS 3)."""

Fit = Callable[[], ModelScorer]


@dataclass(frozen=True)
class Scored:
    """The scores of one candidate on one split's test rows."""

    candidate: str
    split: Split
    scores: Floats


@dataclass(frozen=True)
class LockboxScores:
    """``blob``: the long table of the named candidates on the lockbox; ``bundles``: name to digest
    of the sealed model (a baseline has none)."""

    blob: str
    bundles: Mapping[str, str]


def fit_candidates(spec: PilotSpec, panel: PanelManifest, policy: Policy, blobs: Blobs) -> Predictions:
    """Scores of all baselines and candidates on every test split; the lockbox is not scored.

    Raises :class:`DataError` when a split (or the lockbox) has too little to learn from or nothing
    to score, :class:`ConfigError` when a candidate cannot predict the label's kind.
    """
    rows = read_rows(panel, blobs)
    trainings = _trainings(spec, rows)
    for training in trainings:
        refuse_few_events(training, policy.limits.training_events)
    tested = [training for training in trainings if not training.split.is_lockbox]
    scored = [
        _score(rule_scorer(name, rows.horizon_days), each.split, rows)
        for name in BASELINES
        for each in tested
    ]
    scored += _fit_and_score(spec, rows, tested)
    table = long_table(scored, rows)
    rules = [rule.record for rule in BASELINES.values()]
    tried = [CANDIDATES[name].record for name in spec.models.candidates]
    return Predictions(
        panel=panel.digest,
        blob=blobs.put_table(table),
        rows=table.num_rows,
        candidates=(*rules, *tried),
        splits=tuple(_split_record(training) for training in trainings),
    )


def score_lockbox(
    spec: PilotSpec, predictions: Predictions, names: Sequence[str], blobs: Blobs
) -> LockboxScores:
    """Scores of the named candidates and baselines on the lockbox, and their sealed models.

    Models are trained on all that had matured by the lockbox's cutoff.
    """
    rows = read_rows(blobs.record(PanelManifest, predictions.panel), blobs)
    trainings = _trainings(spec, rows)
    lockbox = trainings[-1]
    rules = [rule_scorer(name, rows.horizon_days) for name in names if name in BASELINES]
    plans = [_plan(name, trainings, spec.seed)[-1] for name in names if name in CANDIDATES]
    models = run_fits(plans)
    scorers: list[Scorer] = [*rules, *models]
    scored = [_score(scorer, lockbox.split, rows) for scorer in scorers]
    bundles = {model.candidate: _seal(model, lockbox, blobs) for model in models}
    return LockboxScores(blobs.put_table(long_table(scored, rows)), bundles)


def long_table(scored: Iterable[Scored], rows: PanelRows) -> pa.Table:
    """One row a candidate, split, as-of date and unit, in that order; ``label`` null if unmatured."""
    in_order = sorted(scored, key=lambda each: (each.candidate, each.split.name))
    positions = np.concatenate([rows.of(each.split) for each in in_order])
    lengths = [len(each.scores) for each in in_order]
    label = rows.label[positions]
    unknown = pa.nulls(len(positions), pa.float64())
    units = pa.array(rows.frame["unit"], pa.string()).dictionary_encode()
    return pa.table(
        {
            "unit": units.take(pa.array(positions)),
            "as_of": pa.array(rows.as_of[positions], pa.date32()),
            "split": np.repeat([each.split.name for each in in_order], lengths),
            "candidate": np.repeat([each.candidate for each in in_order], lengths),
            "score": np.concatenate([each.scores for each in in_order]),
            "lower": unknown,
            "upper": unknown,
            "label": pa.array(label, mask=np.isnan(label)),
        }
    )


def run_fits(fits: Iterable[Fit]) -> list[ModelScorer]:
    """The fitted models, two fits at once and one thread in each, so that bytes do not depend on cores."""
    with threadpool_limits(1):
        made: list[ModelScorer] = Parallel(FITS_AT_ONCE, prefer="threads")(delayed(fit)() for fit in fits)
    return made


def _trainings(spec: PilotSpec, rows: PanelRows) -> list[Training]:
    """One a split, oldest first; the lockbox's is the last."""
    return [training_of(rows, split) for split in make_splits(spec, rows.dates)]


def _plan(name: str, trainings: Sequence[Training], seed: int) -> Sequence[Fit]:
    candidate = CANDIDATES[name]
    return candidate.plan(trainings, candidate.unfitted(trainings[0].rows, seed))


def _fit_and_score(spec: PilotSpec, rows: PanelRows, trainings: Sequence[Training]) -> list[Scored]:
    fits = [fit for name in spec.models.candidates for fit in _plan(name, trainings, spec.seed)]
    splits = [training.split for _ in spec.models.candidates for training in trainings]
    return [_score(model, split, rows) for model, split in zip(run_fits(fits), splits, strict=True)]


def _score(scorer: Scorer, split: Split, rows: PanelRows) -> Scored:
    positions = rows.of(split)
    if not len(positions):
        raise DataError.because(
            say(
                "split {split} has no row to score on its {dates} dates",
                split=split.name,
                dates=len(split.test_dates),
            ),
            about="cohort",
            remedy=say("Widen the cohort, or move the validation periods to dates with units."),
        )
    return Scored(scorer.candidate, split, scorer.score(rows.frame.iloc[positions]))


def _seal(model: ModelScorer, training: Training, blobs: Blobs) -> str:
    """The model's bundle, with the fewest training rows behind any of its values written into it."""
    smallest = model.smallest_cell(training.matrix)
    return seal_bundle(
        replace(model, model=model.model.model_copy(update={"smallest_cell": smallest})), blobs
    )


def _split_record(training: Training) -> SplitRecord:
    split = training.split
    return SplitRecord(
        name=split.name,
        training=Period(first=split.training_dates[0], last=split.training_dates[-1]),
        cutoff=split.cutoff.isoformat(),
        test=Period(first=split.test_dates[0], last=split.test_dates[-1]),
        training_rows=len(training.positions),
        training_events=training.events,
        test_rows=len(training.rows.of(split)),
        is_lockbox=split.is_lockbox,
    )
