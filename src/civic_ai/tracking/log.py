"""What MLflow is told about a sealed dossier: plain values, no MLflow.

A parent run stands for the dossier; each candidate on each split is a child. Only what the dossier
shows to the public is mirrored: its masked records, its public cards, and digests of the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from civic_ai.cards.facts import Records, for_the_public, read_records
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.dossier import Dossier
from civic_ai.records.evaluation import Evaluation, Score
from civic_ai.records.evidence import Evidence
from civic_ai.records.figure import Figure
from civic_ai.records.gates import GateReport
from civic_ai.records.predictions import CandidateRecord, SplitRecord
from civic_ai.records.record import flatten
from civic_ai.store.blobs import Blobs

_NOT_IN_A_NAME = re.compile(r"[^\w\-. /:]", re.ASCII)
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Measure:
    """One number of a run: its name, its value, and its place in a series (0 where there is none)."""

    name: str
    value: float
    step: int = 0


@dataclass(frozen=True)
class DatasetUse:
    """A table that a run rests on, by name and digest; ``context`` says what for."""

    name: str
    digest: str
    context: str


@dataclass(frozen=True)
class RunLog:
    """Everything that one MLflow run says. ``key`` is the same whenever and wherever it is sent."""

    key: str
    name: str
    params: dict[str, str]
    measures: tuple[Measure, ...]
    tags: dict[str, str]
    datasets: tuple[DatasetUse, ...]


@dataclass(frozen=True)
class SealedModel:
    """The champion's model: the digests of its bundle and of the evidence for it, and the versions of the
    libraries that made it."""

    champion: str
    bundle: str
    libraries: dict[str, str]
    evidence: str


@dataclass(frozen=True)
class DossierLog:
    """A dossier as MLflow sees it: one parent, its children, public files, and the champion of a pilot."""

    digest: str
    pilot: str
    parent: RunLog
    children: tuple[RunLog, ...]
    files: dict[str, bytes]
    model: SealedModel | None


@dataclass(frozen=True)
class _Sealed:
    """The records that a dossier names, fetched by digest."""

    digest: str
    dossier: Dossier
    evidence: Evidence
    gates: GateReport
    records: Records


def describe_dossier(digest: str, folder: Path, blobs: Blobs) -> DossierLog:
    """The log of dossier ``digest``, which stands in ``folder``; its records come from ``blobs``.

    Raises :class:`RefusedError` when the manifest or a public file is not the one that was sealed.
    """
    manifest = sealed_bytes(folder, _MANIFEST, digest)
    sealed = _open(Dossier.model_validate_json(manifest), digest, blobs)
    return DossierLog(
        digest=sealed.digest,
        pilot=sealed.evidence.pilot,
        parent=_parent(sealed),
        children=tuple(_children(sealed)),
        files={_MANIFEST: manifest, **_public_files(folder, sealed.dossier)},
        model=_model(sealed),
    )


def _open(dossier: Dossier, digest: str, blobs: Blobs) -> _Sealed:
    evidence = blobs.record(Evidence, dossier.evidence)
    gates = blobs.record(GateReport, dossier.gates)
    return _Sealed(digest, dossier, evidence, gates, read_records(for_the_public(evidence), blobs))


def _model(sealed: _Sealed) -> SealedModel:
    evaluation, evidence = sealed.records.evaluation, sealed.evidence
    return SealedModel(
        evaluation.champion, evaluation.bundle, evidence.environment.libraries, evidence.digest
    )


def _public_files(folder: Path, dossier: Dossier) -> dict[str, bytes]:
    public = [file for file in dossier.files if file.audience == "public"]
    return {file.path: sealed_bytes(folder, file.path, file.sha256) for file in public}


def sealed_bytes(folder: Path, path: str, sha256: str) -> bytes:
    """The bytes of a file below ``folder``, if they are those that were sealed."""
    content = (folder / path).read_bytes()
    if digest_of_bytes(content) != sha256:
        raise RefusedError.because(
            say("a file of the dossier was altered after it was sealed; it is not sent to MLflow"),
            about=path,
            remedy=say("Run the pilot again, or `civic-ai verify` for all altered files."),
        )
    return content


# The parent: the pilot's dossier


def _parent(sealed: _Sealed) -> RunLog:
    return RunLog(
        key=sealed.digest,
        name=f"{sealed.evidence.pilot} {sealed.digest[:12]}",
        params=_pilot_params(sealed),
        measures=tuple(_parent_measures(sealed)),
        tags={"civic_ai.key": sealed.digest, **_shared_tags(sealed), **_verdict_tags(sealed)},
        datasets=(
            *(DatasetUse(source.name, source.blob, "source") for source in sealed.records.snapshot.sources),
            DatasetUse("panel", sealed.records.panel.blob, "panel"),
        ),
    )


def _pilot_params(sealed: _Sealed) -> dict[str, str]:
    spec, evaluation = sealed.records.spec, sealed.records.evaluation
    values = {
        "question": spec.question,
        "objective": spec.objective,
        "units_per_period": spec.capacity.units_per_period,
        "label_kind": spec.label.kind,
        "horizon_days": spec.label.horizon_days,
        "as_of_first": spec.as_of.first,
        "as_of_last": spec.as_of.last,
        "as_of_every_days": spec.as_of.every_days,
        "splits": spec.validation.splits,
        "test_days": spec.validation.test_days,
        "lockbox_days": spec.validation.lockbox_days,
        "seed": spec.seed,
        "champion": evaluation.champion,
        "chosen_by": evaluation.chosen_by,
        "best_baseline": evaluation.best_baseline,
        "best_candidate": evaluation.best_candidate,
    }
    return {name: str(value) for name, value in values.items() if value is not None}


def _shared_tags(sealed: _Sealed) -> dict[str, str]:
    """Every digest of the evidence, on every run."""
    facts = dict(flatten(sealed.evidence, "civic_ai"))
    return {
        "civic_ai.dossier": sealed.digest,
        "civic_ai.evidence": sealed.dossier.evidence,
        "civic_ai.gates": sealed.dossier.gates,
        **{mlflow_name(name): str(value) for name, value in facts.items() if value is not None},
    }


def _verdict_tags(sealed: _Sealed) -> dict[str, str]:
    verdicts = {mlflow_name(f"civic_ai.gate.{check.gate}"): check.verdict for check in sealed.gates.checks}
    title = sealed.records.spec.title.in_language("en")
    counts = f"{sealed.gates.passed} pass, {sealed.gates.failed} fail, {sealed.gates.unknown} unknown"
    answer = "ready" if sealed.gates.is_ready else "not ready"
    return {
        **verdicts,
        "civic_ai.is_ready": json.dumps(sealed.gates.is_ready),
        "civic_ai.champion": sealed.records.evaluation.champion,
        "mlflow.note.content": f"{title}\n\nGates: {answer} ({counts}).",
    }


def _parent_measures(sealed: _Sealed) -> Iterator[Measure]:
    evaluation, gates = sealed.records.evaluation, sealed.gates
    yield from _scores(s for s in evaluation.scores if (s.candidate, s.split) == (evaluation.champion, "all"))
    yield from figure_measures("lift_over_best_baseline", evaluation.lift_over_best_baseline)
    yield from figure_measures("lockbox_lift", evaluation.lockbox_lift)
    for name, count in (("passed", gates.passed), ("failed", gates.failed), ("unknown", gates.unknown)):
        yield Measure(f"gates/{name}", count)
    yield from _series(sealed)
    yield from _answers(evaluation)
    yield from _whom_and_why(sealed)


def _series(sealed: _Sealed) -> Iterator[Measure]:
    """Each candidate over the splits in time, and over the units that could be visited."""
    steps = {split.name: step for step, split in enumerate(sealed.records.predictions.splits, start=1)}
    for score in (*sealed.records.evaluation.scores, *sealed.records.evaluation.lockbox):
        if score.split in steps and score.figure.value is not None:
            name = mlflow_name(f"by_split/{score.candidate}.{score.metric}")
            yield Measure(name, score.figure.value, steps[score.split])
    for point in sealed.records.evaluation.capacity_curve:
        if point.found.value is not None:
            yield Measure(mlflow_name(f"capacity_curve/{point.candidate}"), point.found.value, point.units)


_ANSWERS = {
    "coverage": ("covered", "width"),
    "staffing": ("hours_short", "hours_idle", "cheaper_than_baseline"),
    "time_to_find": ("days_earlier", "first_half"),
    "restricted_means": ("observed",),
    "selection": ("regret",),
    "coherent_sums": ("bottom_up", "reconciled"),
}
"""What only some questions ask: parts of the evaluation, and their figures."""


def _answers(evaluation: Evaluation) -> Iterator[Measure]:
    """The figures of each part under its key: ``staffing/lightgbm.pothole.hours_short``."""
    for field, names in _ANSWERS.items():
        for part in getattr(evaluation, field):
            for name in names:
                key = ".".join(filter(None, (part.fact_key(), name)))
                yield from figure_measures(f"{field}/{key}", getattr(part, name))


def _whom_and_why(sealed: _Sealed) -> Iterator[Measure]:
    for disparity in sealed.records.audit.disparities:
        yield from figure_measures(f"audit/{disparity.fact_key()}", disparity.ratio)
    for group in sealed.records.audit.groups:
        if group.metric == "interval_coverage":
            yield from figure_measures(f"audit/{group.fact_key()}", group.figure)
    for family in sealed.records.explanation.families:
        yield from figure_measures(f"explanation/{family.family}", family.share)


# A child: one candidate on one split


def _children(sealed: _Sealed) -> Iterator[RunLog]:
    for candidate in sealed.records.predictions.candidates:
        for split in sealed.records.predictions.splits:
            scores = _scores_of(sealed.records.evaluation, candidate.name, split.name)
            if scores:
                yield _child(sealed, candidate, split, scores)


def _scores_of(evaluation: Evaluation, candidate: str, split: str) -> tuple[Score, ...]:
    every = (*evaluation.scores, *evaluation.lockbox)
    return tuple(score for score in every if (score.candidate, score.split) == (candidate, split))


def _child(
    sealed: _Sealed, candidate: CandidateRecord, split: SplitRecord, scores: tuple[Score, ...]
) -> RunLog:
    key = f"{sealed.digest}/{candidate.name}/{split.name}"
    return RunLog(
        key=key,
        name=f"{candidate.name} / {split.name if split.is_lockbox else f'split {split.name}'}",
        params=_child_params(candidate, split),
        measures=tuple(_scores(scores)),
        tags={
            "civic_ai.key": key,
            "civic_ai.candidate": candidate.name,
            "civic_ai.split": split.name,
            "civic_ai.is_baseline": json.dumps(candidate.is_baseline),
            "civic_ai.is_champion": json.dumps(candidate.name == sealed.records.evaluation.champion),
            "civic_ai.is_lockbox": json.dumps(split.is_lockbox),
            **_shared_tags(sealed),
        },
        datasets=(DatasetUse("panel", sealed.records.panel.blob, "training and testing"),),
    )


def _child_params(candidate: CandidateRecord, split: SplitRecord) -> dict[str, str]:
    values = {
        "candidate": candidate.name,
        "split": split.name,
        "training_first": split.training.first,
        "training_last": split.training.last,
        "training_rows": split.training_rows,
        "training_events": split.training_events,
        "cutoff": split.cutoff,
        "test_first": split.test.first,
        "test_last": split.test.last,
        "test_rows": split.test_rows,
        **{f"settings.{name}": value for name, value in candidate.settings.items()},
    }
    return {mlflow_name(name): str(value) for name, value in values.items()}


def _scores(scores: Iterator[Score] | tuple[Score, ...]) -> Iterator[Measure]:
    for score in scores:
        yield from figure_measures(score.metric, score.figure)


def figure_measures(name: str, figure: Figure) -> Iterator[Measure]:
    """A figure and its interval; nothing where it was not measured."""
    if figure.value is None:
        return
    yield Measure(mlflow_name(name), figure.value)
    for bound, value in (("lower", figure.lower), ("upper", figure.upper), ("n", figure.n)):
        if value is not None:
            yield Measure(mlflow_name(f"{name}.{bound}"), value)


def mlflow_name(text: str) -> str:
    """``text`` in the letters that MLflow takes for names."""
    return _NOT_IN_A_NAME.sub("_", text)
