"""Every baseline and candidate on every test period; the lockbox only for those that are named."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from civic_ai.models.baselines import baselines_of
from civic_ai.models.bounds import with_bounds
from civic_ai.models.bundle import seal_bundle
from civic_ai.models.candidates import Candidate, Fit, chosen
from civic_ai.models.fanout import run_all
from civic_ai.models.leaves import with_full_leaves
from civic_ai.models.mitigations import Mitigator, bases_of, records_of, settings_of
from civic_ai.models.racing import LEAST_SPLITS, RACED_SPLITS, drop_losers
from civic_ai.models.rows import PanelRows, Training, read_rows, refuse_few_events, training_of
from civic_ai.models.scorer import ModelScorer
from civic_ai.models.table import Scored, long_table, read_scored, score
from civic_ai.panel.split import make_splits
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.figure import Period
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Dropped, Predictions, SplitRecord
from civic_ai.store.blobs import Blobs


@dataclass(frozen=True)
class LockboxScores:
    """``blob``: the long table of the named candidates on the lockbox; ``bundles``: name to digest
    of the sealed model or rule."""

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
    baselines = baselines_of(rows)
    scored = [score(each.fit(training), training.split, rows) for each in baselines for training in tested]
    raced, dropped = _race(spec, rows, tested)
    mitigated = Mitigator(spec, rows).change(raced, tested)
    level = policy.tolerances.interval_level
    table = long_table(with_bounds([*scored, *raced, *mitigated], rows, level), rows)
    lost = {each.candidate for each in dropped}
    tried = [candidate.record for candidate in chosen(spec) if candidate.name not in lost]
    tried += [record for record in records_of(spec, chosen(spec)) if record.mitigates not in lost]
    return Predictions(
        panel=panel.digest,
        blob=blobs.put_table(table),
        rows=table.num_rows,
        candidates=(*(baseline.record for baseline in baselines), *tried),
        splits=tuple(_split_record(training) for training in trainings),
        interval_level=level,
        dropped=dropped,
        fewest_rows=policy.suppression.minimum,
    )


def score_lockbox(
    spec: PilotSpec, predictions: Predictions, names: Sequence[str], blobs: Blobs
) -> LockboxScores:
    """Scores of the named candidates and baselines on the lockbox, and their sealed models.

    Models are trained on all that had matured by the lockbox's cutoff; intervals learn from the tests too.
    A mitigation is sealed as its candidate's model under the mitigation's name and settings.
    """
    rows = read_rows(blobs.record(PanelManifest, predictions.panel), blobs)
    trainings = _trainings(spec, rows)
    lockbox = trainings[-1]
    fewest = predictions.fewest_rows
    simple = [
        with_full_leaves(each.fit(lockbox), lockbox, fewest)
        for each in baselines_of(rows)
        if each.name in names
    ]
    needed = bases_of(spec, names)
    models = _with_full_leaves(spec, needed, trainings, fewest)
    scorers = [*simple, *models]
    seen = read_scored(blobs.table(predictions.blob), needed, [each.split for each in trainings[:-1]])
    opened = [score(scorer, lockbox.split, rows) for scorer in scorers]
    opened += Mitigator(spec, rows, names).change([*seen, *opened], [lockbox])
    scored = [
        each
        for each in with_bounds([*seen, *opened], rows, predictions.interval_level)
        if each.split.is_lockbox and each.candidate in names
    ]
    bundles = {model.candidate: seal_bundle(model, blobs) for model in _models(spec, scorers, names)}
    return LockboxScores(blobs.put_table(long_table(scored, rows)), bundles)


def _with_full_leaves(
    spec: PilotSpec, names: Collection[str], trainings: Sequence[Training], fewest_rows: int
) -> list[ModelScorer]:
    """The candidates called ``names``, fitted for the lockbox so that no value rests on few rows."""
    tried = {each.name: each for each in chosen(spec) if each.name in names}

    def again(name: str, settings: Mapping[str, float]) -> ModelScorer:
        return _plan(tried[name].tuned(settings), trainings, spec.seed)[-1]()

    fitted = run_all([_plan(each, trainings, spec.seed)[-1] for each in tried.values()])
    return [
        with_full_leaves(model, trainings[-1], fewest_rows, partial(again, model.candidate))
        for model in fitted
    ]


def _models(spec: PilotSpec, scorers: Sequence[ModelScorer], names: Sequence[str]) -> list[ModelScorer]:
    """The rules and models to be sealed, each under its name; a mitigation's is its candidate's."""
    fitted = {scorer.candidate: scorer for scorer in scorers}
    made = [model for name, model in fitted.items() if name in names]
    for name, asked in spec.models.mitigations.items():
        if name in names:
            model = fitted[asked.of].model
            told = {"candidate": name, "settings": {**model.settings, **settings_of(asked)}}
            made.append(replace(fitted[asked.of], model=model.model_copy(update=told)))
    return made


def _trainings(spec: PilotSpec, rows: PanelRows) -> list[Training]:
    """One a split, oldest first; the lockbox's is the last."""
    return [training_of(rows, split) for split in make_splits(spec, spec.as_of.dates)]


def _plan(candidate: Candidate, trainings: Sequence[Training], seed: int) -> Sequence[Fit]:
    return candidate.plan(trainings, candidate.unfitted(trainings[0].rows, seed))


def _race(
    spec: PilotSpec, rows: PanelRows, trainings: Sequence[Training]
) -> tuple[list[Scored], tuple[Dropped, ...]]:
    """Every candidate on every split, but for those that are dropped on the way: of them nothing is left.
    Whom the city prefers is never dropped."""
    plans = {each.name: _plan(each, trainings, spec.seed) for each in chosen(spec)}
    raced = RACED_SPLITS if len(trainings) >= LEAST_SPLITS and len(plans) > 1 else len(trainings)
    early = _fit_and_score(plans, trainings[:raced], rows)
    kept = bases_of(spec, [spec.models.preferred or ""])
    losers = drop_losers(early, rows, spec) if raced < len(trainings) else ()
    dropped = tuple(each for each in losers if each.candidate not in kept)
    lost = {each.candidate for each in dropped}
    left = {name: plan[raced:] for name, plan in plans.items() if name not in lost}
    scored = [*early, *_fit_and_score(left, trainings[raced:], rows)]
    return [each for each in scored if each.candidate not in lost], dropped


def _fit_and_score(
    plans: Mapping[str, Sequence[Fit]], trainings: Sequence[Training], rows: PanelRows
) -> list[Scored]:
    """The first fits of each plan, one a training."""
    fits = [fit for plan in plans.values() for fit, _ in zip(plan, trainings, strict=False)]
    splits = [training.split for _ in plans for training in trainings]
    return [score(model, split, rows) for model, split in zip(run_all(fits), splits, strict=True)]


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
