"""All records of an evidence, and the facts in them: dotted names that gates and cards point at."""

from __future__ import annotations

from dataclasses import dataclass, fields

from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.audit import AuditReport
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.evidence import Evidence
from civic_ai.records.explanation import Explanation
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import Bundle, FittedModel, Predictions, SealedModel
from civic_ai.records.record import Scalar, flatten
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

Facts = dict[str, Scalar]


@dataclass(frozen=True)
class Records:
    """Everything that an evidence names, read back by digest. A field's name is its facts' prefix."""

    spec: PilotSpec
    policy: Policy
    snapshot: DataSnapshot
    panel: PanelManifest
    predictions: Predictions
    evaluation: Evaluation
    audit: AuditReport
    explanation: Explanation
    evidence: Evidence
    bundle: SealedModel

    @property
    def model(self) -> str:
        """The model that cards speak of: the one proposed, else the best that was tried."""
        evaluation = self.evaluation
        return evaluation.best_candidate if evaluation.champion_is_baseline else evaluation.champion

    @property
    def declares_hours(self) -> bool:
        """Whether the pilot says how many hours of work a request takes. One hour for every request says
        nothing: such hours count requests."""
        capacity = self.spec.capacity
        return bool(capacity.hours_by_type) or capacity.hours_per_unit not in (None, 1.0)

    @property
    def rule(self) -> str:
        """The best simple rule."""
        return self.evaluation.best_baseline


def read_records(evidence: Evidence, blobs: Blobs) -> Records:
    """The records of ``evidence``. Raises :class:`RefusedError` when one was altered."""
    policy = blobs.record(Policy, evidence.policy)
    return Records(
        spec=blobs.record(PilotSpec, evidence.spec),
        policy=policy,
        snapshot=blobs.record(DataSnapshot, evidence.snapshot),
        panel=blobs.record(PanelManifest, evidence.panel),
        predictions=blobs.record(Predictions, evidence.predictions),
        evaluation=blobs.record(Evaluation, evidence.evaluation),
        audit=blobs.record(AuditReport, evidence.audit),
        explanation=blobs.record(Explanation, evidence.explanation),
        evidence=evidence,
        bundle=_sealed_model(evidence.bundle, policy.suppression.minimum, blobs),
    )


def _sealed_model(bundle: str, minimum: int, blobs: Blobs) -> SealedModel:
    """Whether a value in the model file rests on few rows; unknown where nobody counted them."""
    model = blobs.record(FittedModel, blobs.record(Bundle, bundle).files["model.json"])
    if not model.learned:
        return SealedModel(smallest_cell=None, leaves_verdict="pass")
    if model.smallest_cell is None:
        return SealedModel(smallest_cell=None, leaves_verdict="unknown")
    return SealedModel(
        smallest_cell=model.smallest_cell,
        leaves_verdict="pass" if model.smallest_cell >= minimum else "fail",
    )


def collect_facts(evidence: Evidence, blobs: Blobs) -> Facts:
    """Name and value of every scalar in every record: ``evaluation.lift_over_best_baseline.lower``."""
    return facts_of(read_records(evidence, blobs))


def facts_of(records: Records) -> Facts:
    """The facts of records that were read already."""
    return {
        name: value
        for field in fields(records)
        for name, value in flatten(getattr(records, field.name), field.name)
    }


def for_the_public(evidence: Evidence) -> Evidence:
    """The same evidence with the masked records in the place of the full ones."""
    masked = {
        "evaluation": evidence.evaluation_masked,
        "audit": evidence.audit_masked,
        "explanation": evidence.explanation_masked or evidence.explanation,
        "predictions": evidence.predictions_masked or evidence.predictions,
    }
    return evidence.model_copy(update=masked)
