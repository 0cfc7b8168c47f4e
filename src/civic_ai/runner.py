"""The runner: stage by stage to a sealed dossier, skipping what has not changed.

Every stage is a function from records to a record. The runner knows which one comes next, keeps
what it made by digest, and notes it in the journal; so a run that was killed goes on where it was,
and a second run of the same inputs makes nothing again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from civic_ai import __version__
from civic_ai.core.canonical import digest_of, digest_of_file
from civic_ai.core.code import code_digest, questionnaires_digest, templates_digest
from civic_ai.core.environment import library_versions, machine, python_version
from civic_ai.core.errors import DataError
from civic_ai.core.messages import say
from civic_ai.pilot.load import Pilot, load_pilot
from civic_ai.pilot.located import placing
from civic_ai.records.audit import AuditReport
from civic_ai.records.contract import Contract
from civic_ai.records.dossier import Dossier
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.evidence import Code, Environment, Evidence
from civic_ai.records.explanation import Explanation
from civic_ai.records.gates import GateReport
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Predictions
from civic_ai.records.record import Record
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.results import Look, PilotRun
from civic_ai.store.journal import stage_key
from civic_ai.store.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from civic_ai.cards.earlier import Earlier
    from civic_ai.tracking.sync import SyncReport

R = TypeVar("R", bound=Record)
WAIT_FOR_MLFLOW_SECONDS = 10.0
ENGINE_VARIABLE = "CIVIC_AI_ENGINE"


class Reporter(Protocol):
    """Hears how a run goes; the command line shows it, tests listen to it."""

    def started(self, stage: str, expected_seconds: float | None) -> None:
        """A stage begins; how long it took last time, if it is known."""

    def finished(self, stage: str, seconds: float, skipped: bool) -> None:
        """A stage ended; ``skipped``: its record stood already."""


class Silent:
    """A reporter that says nothing."""

    def started(self, stage: str, expected_seconds: float | None) -> None:
        """Nothing to say."""

    def finished(self, stage: str, seconds: float, skipped: bool) -> None:
        """Nothing to say."""


def mirror_to_mlflow(workspace: Workspace) -> SyncReport:
    """Send what MLflow has not had; a server is waited for ten seconds at most."""
    from civic_ai.tracking.sync import sync

    return sync(workspace, wait_seconds=WAIT_FOR_MLFLOW_SECONDS)


@dataclass(frozen=True)
class Options:
    """Where a run works, by which policy, and where it is mirrored; each has a sensible default.

    ``engines``: who counts and who fits, as ``--engine`` takes them (``spark://local``, ``dask://host:8786``);
    without any, those in ``CIVIC_AI_ENGINE``, else this machine alone. They never change a result.
    ``after``: the folder of a dossier of this pilot that was published before; what the public sees of the
    new one then tells nothing by its difference.
    """

    workspace: Path | None = None
    policy: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    reporter: Reporter = field(default_factory=Silent)
    mirror: Callable[[Workspace], SyncReport] = mirror_to_mlflow
    engines: tuple[str, ...] = ()
    after: Path | None = None

    def on_engines(self) -> AbstractContextManager[None]:
        """Within it, rows are counted and models fitted where the engines say."""
        from civic_ai.models.engines import run_on

        return run_on(self.engines or tuple(self.environment.get(ENGINE_VARIABLE, "").split()))


def run(pilot: str | Path, options: Options | None = None) -> PilotRun:
    """Take ``pilot`` (its folder or its ``pilot.yaml``) the whole way to a sealed dossier.

    Raises :class:`~civic_ai.core.errors.ConfigError` for a wrong pilot or policy,
    :class:`~civic_ai.core.errors.DataError` for data that is missing, broken or too little, and
    :class:`~civic_ai.core.errors.StoreError` when the workspace cannot be written. A gate that fails
    is a result, not an error: look at ``run.gates``.
    """
    chosen = options or Options()
    with chosen.on_engines():
        return _begin(pilot, chosen).to_the_end()


def look_at(pilot: str | Path, options: Options | None = None) -> Look:
    """Check the spec and the contracts of ``pilot`` and look at its data, without training.

    Raises what :func:`run` raises. What was read is kept in the workspace, so a run need not read it
    again.
    """
    chosen = options or Options()
    with chosen.on_engines():
        return _begin(pilot, chosen).to_the_data()


def _begin(pilot: str | Path, chosen: Options) -> Stages:
    return begin(load_pilot(pilot, chosen.environment), chosen)


def begin(pilot: Pilot, options: Options) -> Stages:
    """The stages of a loaded pilot, in a workspace that can be written. Nothing has run yet."""
    from civic_ai.policy.load import load_policy

    policy = load_policy(options.policy)
    workspace = open_workspace(options.environment, options.workspace)
    workspace.require_writable()
    workspace.sweep()
    return Stages(pilot, policy, workspace, options)


@dataclass(frozen=True)
class Stages:
    """What a run works on. Its methods go some way along the journey; what stands is not made again."""

    pilot: Pilot
    policy: Policy
    workspace: Workspace
    options: Options

    def to_the_data(self) -> Look:
        """The first stage only, and how time will be split."""
        from civic_ai.panel.split import make_splits

        spec = self.pilot.spec
        return Look(spec, self._snapshot(self._contracts()), make_splits(spec))

    def to_the_panel(self) -> PanelManifest:
        """As far as the panel."""
        return self.panel_of(self._snapshot(self._contracts()))

    def panel_of(self, snapshot: DataSnapshot) -> PanelManifest:
        """The panel of a snapshot."""
        return self._stage("panel", PanelManifest, snapshot, self._build_panel)

    def predictions_of(self, panel: PanelManifest) -> Predictions:
        """What every candidate says on the test periods of a panel; the lockbox stays shut."""
        return self._stage("models", Predictions, panel, self._fit)

    def to_the_gates(self) -> GateReport:
        """Every stage in order, up to what the gates say; nothing is sealed."""
        return self._judge()[0]

    def to_the_end(self) -> PilotRun:
        """Every stage in order; then the scientists' mirror, which may wait."""
        gates, evidence, looks = self._judge()
        shown = {"before": gates.digest, "templates": templates_digest()}
        dossier = self._work("cards", Dossier, shown, lambda: self._seal(gates))
        return self._finish(dossier, evidence, looks)

    def _judge(self) -> tuple[GateReport, Evidence, int]:
        """The gates, the evidence that they judge, and how often the lockbox was looked at."""
        blobs, _ = self.workspace.blobs, self._earlier
        for record in (self.pilot.spec, self.policy):
            blobs.put_record(record)
        contracts = self._contracts()
        snapshot = self._snapshot(contracts)
        panel = self.panel_of(snapshot)
        predictions = self.predictions_of(panel)
        evaluation = self._stage("evaluation", Evaluation, predictions, self._evaluate)
        looks = self._note_look(evaluation, predictions)
        asked = {"before": evaluation.digest, "questions": questionnaires_digest()}
        audit = self._work("audit", AuditReport, asked, lambda: self._audit(evaluation))
        explanation = self._stage("explanation", Explanation, evaluation, self._explain)
        evidence = self._evidence(contracts, snapshot, panel, (predictions, evaluation, audit, explanation))
        return self._stage("policy", GateReport, evidence, self._check_gates), evidence, looks

    @cached_property
    def _earlier(self) -> Earlier:
        """The version that was published before; refused, if at all, before anything is made."""
        from civic_ai.cards.earlier import read_earlier

        return read_earlier(self.options.after, self.pilot.spec.pilot)

    def _contracts(self) -> dict[str, Contract]:
        from civic_ai.data.contract import load_contracts

        contracts = load_contracts(self.pilot)
        for contract in contracts.values():
            self.workspace.blobs.put_record(contract)
        return contracts

    def _snapshot(self, contracts: dict[str, Contract]) -> DataSnapshot:
        raw = _raw_digests(self.pilot)

        def take() -> DataSnapshot:
            from civic_ai.data.snapshot import take_snapshot

            taken = take_snapshot(self.pilot, contracts, self.policy, self.workspace.blobs)
            _refuse_changed(self.pilot, raw)
            return taken

        inputs = {"contracts": {name: contract.digest for name, contract in contracts.items()}, "raw": raw}
        return self._work("data", DataSnapshot, inputs, take)

    def _stage(self, name: str, kind: type[R], before: Record, work: Callable[[Any], R]) -> R:
        return self._work(name, kind, {"before": before.digest}, lambda: work(before))

    def _work(self, name: str, kind: type[R], inputs: Mapping[str, Any], work: Callable[[], R]) -> R:
        """The record that stands for these inputs, else the one that ``work`` makes of them."""
        journal, blobs = self.workspace.journal, self.workspace.blobs
        key = stage_key(name, {**inputs, **self._always()} | {"code": code_digest(name)})
        self.options.reporter.started(name, journal.expected_seconds(name))
        begun = time.monotonic()
        digest = journal.find(key, blobs)
        if digest is not None:
            record = blobs.record(kind, digest)
            self.options.reporter.finished(name, time.monotonic() - begun, True)
            return record
        with placing(self.pilot.document):
            record = work()
        seconds = time.monotonic() - begun
        journal.note(key, blobs.put_record(record), seconds)
        journal.note_seconds(name, seconds)
        self.options.reporter.finished(name, seconds, False)
        return record

    def _always(self) -> dict[str, str]:
        """What every stage depends on."""
        return {
            "spec": self.pilot.spec.digest,
            "policy": self.policy.digest,
            "environment": _environment().digest,
        }

    def _build_panel(self, snapshot: DataSnapshot) -> PanelManifest:
        from civic_ai.panel.build import build_panel

        return build_panel(self.pilot.spec, snapshot, self.policy, self.workspace.blobs)

    def _fit(self, panel: PanelManifest) -> Predictions:
        from civic_ai.models.fit import fit_candidates

        return fit_candidates(self.pilot.spec, panel, self.policy, self.workspace.blobs)

    def _evaluate(self, predictions: Predictions) -> Evaluation:
        from civic_ai.evaluation.evaluate import evaluate

        return evaluate(self.pilot.spec, predictions, self.policy, self.workspace.blobs)

    def _audit(self, evaluation: Evaluation) -> AuditReport:
        from civic_ai.audit.audit import audit_champion

        return audit_champion(self.pilot.spec, evaluation, self.policy, self.workspace.blobs)

    def _explain(self, evaluation: Evaluation) -> Explanation:
        from civic_ai.explanation.explain import explain_champion

        return explain_champion(self.pilot.spec, evaluation, self.policy, self.workspace.blobs)

    def _check_gates(self, evidence: Evidence) -> GateReport:
        from civic_ai.cards.facts import collect_facts
        from civic_ai.policy.gates import check_gates

        facts = collect_facts(evidence, self.workspace.blobs)
        return check_gates(self.policy, facts, evidence.digest)

    def _seal(self, gates: GateReport) -> Dossier:
        from civic_ai.cards.dossier import seal
        from civic_ai.cards.render import render_cards

        blobs = self.workspace.blobs
        evidence = blobs.record(Evidence, gates.evidence)
        cards = render_cards(evidence, gates, self.policy, blobs, self.options.after)
        return seal(evidence, gates, cards, blobs)

    def _evidence(
        self,
        contracts: Mapping[str, Contract],
        snapshot: DataSnapshot,
        panel: PanelManifest,
        judged: tuple[Predictions, Evaluation, AuditReport, Explanation],
    ) -> Evidence:
        predictions, evaluation, audit, explanation = judged
        evidence = Evidence(
            pilot=self.pilot.spec.pilot,
            spec=self.pilot.spec.digest,
            contracts={name: contract.digest for name, contract in contracts.items()},
            policy=self.policy.digest,
            snapshot=snapshot.digest,
            panel=panel.digest,
            predictions=predictions.digest,
            evaluation=evaluation.digest,
            audit=audit.digest,
            explanation=explanation.digest,
            **self._masked(judged),
            bundle=evaluation.bundle,
            after=self._earlier.dossier,
            code=Code(version=__version__, source_digest=code_digest()),
            environment=_environment(),
        )
        self.workspace.blobs.put_record(evidence)
        return evidence

    def _masked(self, judged: tuple[Predictions, Evaluation, AuditReport, Explanation]) -> dict[str, str]:
        """The records as the public sees them, by the field of the evidence that names their digest."""
        from civic_ai.audit.evaluation_suppression import mask_evaluation
        from civic_ai.audit.explanation_suppression import mask_explanation
        from civic_ai.audit.predictions_suppression import mask_predictions
        from civic_ai.audit.suppression import mask_audit

        predictions, evaluation, audit, explanation = judged
        earlier, policy = self._earlier, self.policy
        made = {
            "predictions_masked": mask_predictions(predictions, policy, earlier.predictions),
            "evaluation_masked": mask_evaluation(evaluation, policy, earlier.evaluation),
            "audit_masked": mask_audit(audit, policy, earlier.audit),
            "explanation_masked": mask_explanation(explanation, policy, earlier.explanation),
        }
        return {name: self.workspace.blobs.put_record(record) for name, record in made.items()}

    def _note_look(self, evaluation: Evaluation, predictions: Predictions) -> int:
        """Record this look into the lockbox; how many different looks there have been here."""
        from civic_ai.store.blobs import write_atomically

        last = predictions.splits[-1].test.last
        folder = self.workspace.folder / "lockbox" / self.pilot.spec.pilot / f"after-{last}"
        mark = folder / evaluation.digest
        if not mark.is_file():
            write_atomically(mark, b"")
        return sum(1 for path in folder.iterdir() if not path.name.startswith("."))

    def _finish(self, dossier: Dossier, evidence: Evidence, looks: int) -> PilotRun:
        from civic_ai.cards.dossier import write_dossier
        from civic_ai.tracking.outbox import post

        folder = self.workspace.dossiers(dossier.pilot) / dossier.digest[:12]
        write_dossier(dossier, self.workspace.blobs, folder)
        post(self.workspace, folder)
        self.options.reporter.started("tracking", self.workspace.journal.expected_seconds("tracking"))
        begun = time.monotonic()
        mirrored = self.options.mirror(self.workspace)
        self.options.reporter.finished("tracking", time.monotonic() - begun, False)
        return PilotRun(
            evidence=evidence,
            dossier_record=dossier,
            dossier=folder,
            workspace=self.workspace,
            lockbox_looks=looks,
            tracking=mirrored,
        )


def _environment() -> Environment:
    return Environment(python=python_version(), machine=machine(), libraries=library_versions())


def _raw_digests(pilot: Pilot) -> dict[str, str]:
    """The digest of every raw file that stands; a missing one is the data stage's to report."""
    digests = {}
    for name, source in pilot.spec.sources.items():
        for kind, text in (("path", source.path), ("polygons", source.polygons)):
            for shown, path in pilot.files(text).items() if text is not None else ():
                if path.is_file():
                    digests[f"{name}.{kind} {shown}"] = digest_of_file(path)
        if source.example is not None:
            digests[f"{name}.example"] = digest_of(source.example.model_dump(mode="json"))
    return digests


def _refuse_changed(pilot: Pilot, before: Mapping[str, str]) -> None:
    """Raises :class:`DataError` where a raw file is not what it was before it was read."""
    after = _raw_digests(pilot)
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if changed:
        raise DataError.because(
            say("the file changed while it was read"), about=", ".join(changed), remedy=say("Run again.")
        )
