"""Seals a tiny dossier by hand: two rules and a candidate on two splits and a lockbox."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from civic_ai.core.canonical import digest_of_bytes, digest_of_file
from civic_ai.models.bundle import seal_bundle
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.audit import AuditReport, Disparity, SuppressionCheck, Worst
from civic_ai.records.dossier import Dossier, SealedFile
from civic_ai.records.evaluation import (
    Calibration,
    Coverage,
    CurvePoint,
    Evaluation,
    Score,
    SelectionRule,
    Stability,
    Staffing,
)
from civic_ai.records.evidence import Code, Environment, Evidence
from civic_ai.records.explanation import Explanation, FamilyContribution
from civic_ai.records.figure import Figure, Period, missing
from civic_ai.records.gates import GateCheck, GateReport
from civic_ai.records.panel import LocationGap, PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import CandidateRecord, Predictions, SplitRecord
from civic_ai.records.reporting import ReportingBias
from civic_ai.records.snapshot import DataSnapshot, SourceSnapshot
from civic_ai.store.blobs import Blobs
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.log import DossierLog, describe_dossier
from tests.unit.models.simulated import rule_scorer

CANDIDATES = ("recent_count", "year_count", "lightgbm")
SPLITS = ("1", "2")
METRICS = ("recall_at_capacity", "lift")
SECRET_ROW = "Resident of 12 Main Street"
_YEAR = Period(first=date(2020, 1, 6), last=date(2020, 12, 28))


def seal_city(
    workspace: Workspace, *, pilot: str, champion: str, bundle: str | None = None, visits: int | None = 20
) -> Path:
    """Put the records of a tiny city into the workspace and seal its dossier; the folder.

    Without ``visits`` it is a demand, which is no list.
    """
    blobs = workspace.blobs
    sealed = bundle or seal_bundle(rule_scorer("year_count", 28), blobs)
    evidence = _evidence(blobs, _spec(pilot, visits), champion, sealed)
    gates = _gates(blobs, evidence)
    files = {
        "public/records/evaluation.json": ("record", "public", blobs.get(evidence.evaluation_masked)),
        "public/model_card.en.html": ("card", "public", b"<h1>Model card</h1>"),
        "full/records/audit.json": ("record", "board", SECRET_ROW.encode()),
    }
    manifest = Dossier(
        pilot=pilot,
        evidence=blobs.put_record(evidence),
        gates=blobs.put_record(gates),
        is_ready=gates.is_ready,
        languages=("en",),
        files=tuple(
            SealedFile(path=path, role=role, audience=audience, sha256=digest_of_bytes(body), size=len(body))
            for path, (role, audience, body) in files.items()
        ),
    )
    folder = workspace.dossiers(pilot) / manifest.digest[:16]
    for path, (_, _, body) in {**files, "manifest.json": ("", "", manifest.to_json())}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    return folder


def describe(workspace: Workspace, folder: Path) -> DossierLog:
    """The log of the dossier as it stands in ``folder``."""
    return describe_dossier(digest_of_file(folder / "manifest.json"), folder, workspace.blobs)


def figure(value: float) -> Figure:
    return Figure(value=value, lower=value - 0.1, upper=value + 0.1, n=200, period=_YEAR)


def value_of(candidate: str, split: str, metric: str) -> float:
    """A different number for each score, so that a mix-up shows."""
    places = (CANDIDATES.index(candidate), ("all", *SPLITS, "lockbox").index(split), METRICS.index(metric))
    return 0.5 + 0.01 * places[0] + 0.001 * places[1] + 0.1 * places[2]


def _scores(candidates: tuple[str, ...], splits: tuple[str, ...]) -> tuple[Score, ...]:
    return tuple(
        Score(candidate=c, split=s, metric=m, figure=figure(value_of(c, s, m)))
        for c in candidates for s in splits for m in METRICS
    )  # fmt: skip


def _evidence(blobs: Blobs, spec: PilotSpec, champion: str, bundle: str) -> Evidence:
    snapshot = _snapshot(spec.digest)
    panel = _panel(spec.digest, snapshot.digest)
    predictions = _predictions(panel.digest)
    evaluation = _evaluation(predictions.digest, champion, bundle)
    audit = _audit(evaluation)
    explanation = _explanation(evaluation)
    records = (spec, snapshot, panel, predictions, evaluation, audit, explanation)
    digests = [blobs.put_record(record) for record in records]
    names = ("spec", "snapshot", "panel", "predictions", "evaluation_masked", "audit_masked", "explanation")
    return Evidence(
        pilot=spec.pilot,
        contracts={"requests": "c" * 64},
        policy=blobs.put_record(Policy(policy="made", version="1", gates=())),
        evaluation="e" * 64,
        audit="a" * 64,
        bundle=bundle,
        code=Code(version="0.1.0", source_digest="d" * 64),
        environment=Environment(python="3.11.9", machine="Linux x86_64", libraries=_libraries()),
        **dict(zip(names, digests, strict=True)),
    )


def _libraries() -> dict[str, str]:
    from civic_ai.core.environment import library_versions

    return library_versions()


def _spec(pilot: str, visits: int | None) -> PilotSpec:
    return PilotSpec.model_validate(
        {
            "pilot": pilot,
            "title": {"en": "Which streets next month?"},
            "decision": "Crews' routes",
            "never_for": ["enforcement"],
            "intervention": "assistive",
            "owner": "Public Works",
            "contact": "data@example.org",
            "locale": "en-US",
            "time_zone": "America/Chicago",
            "unit": {"name": "cell", "from": "requests", "area": "area_id"},
            "sources": {"requests": {"path": "requests.csv", "contract": "contracts/requests.yaml"}},
            "label": {"from": "requests", "horizon_days": 28, "kind": "count"},
            "as_of": {"first": "2018-01-01", "last": "2020-12-28", "every_days": 7},
            "features": [{"from": "requests", "count_days": [28]}],
            "models": {"candidates": ["lightgbm"]},
            "validation": {"splits": 2, "test_days": 182, "lockbox_days": 182},
            "capacity": {"units_per_period": visits, "who": "two crews"},
            "objective": "recall_at_capacity",
            "audit": {"attributes": {"group": {"from": "areas", "column": "x", "reference_group": "q1"}}},
            "review": {"languages": ["en"]},
            "seed": 1,
        }
    )


def _snapshot(spec: str) -> DataSnapshot:
    source = SourceSnapshot(
        name="requests", raw_digest="1" * 64, contract_digest="c" * 64, blob="2" * 64, rows_read=10, rows=10,
        quarantined=0, quarantined_share=0.0, duplicates=0, columns=("a",),
    )  # fmt: skip
    return DataSnapshot(
        spec=spec, sources=(source,), worst_quarantined_share=0.0, sources_without_licence=0, has_owner=True
    )


def _panel(spec: str, snapshot: str) -> PanelManifest:
    return PanelManifest(
        spec=spec, snapshot=snapshot, blob="3" * 64, units_blob="4" * 64, rows=100, units=10, as_of_dates=10,
        period=_YEAR, horizon_days=28, label_kind="count", label_rate=0.2, events=20,
        events_outside_cohort=0, unmatured_rows=0, last_known_on="2020-12-28", features=(),
        location=LocationGap(missing_share=None, drift=None, area_spread=None, verdict="unknown"),
    )  # fmt: skip


def _predictions(panel: str) -> Predictions:
    return Predictions(
        panel=panel,
        blob="5" * 64,
        rows=100,
        candidates=tuple(
            CandidateRecord(name=name, is_baseline=name != "lightgbm", simplicity=i, settings={"rounds": i})
            for i, name in enumerate(CANDIDATES)
        ),
        splits=tuple(
            SplitRecord(
                name=name, training=_YEAR, cutoff="2020-12-28", test=_YEAR, training_rows=50,
                training_events=9, test_rows=20, is_lockbox=name == "lockbox",
            )
            for name in (*SPLITS, "lockbox")
        ),
    )  # fmt: skip


def _evaluation(predictions: str, champion: str, bundle: str) -> Evaluation:
    return Evaluation(
        predictions=predictions,
        kind="count",
        objective="recall_at_capacity",
        capacity=20,
        scores=_scores(CANDIDATES, ("all", *SPLITS)),
        best_baseline="year_count",
        best_candidate="lightgbm",
        champion=champion,
        champion_is_baseline=champion != "lightgbm",
        chosen_by="simplest within one standard error",
        lift_over_best_baseline=figure(1.02),
        lift_verdict="insufficient_evidence",
        lockbox=_scores(("year_count", "lightgbm"), ("lockbox",)),
        lockbox_blob="6" * 64,
        lockbox_lift=missing("one_period"),
        lockbox_agrees="unknown",
        capacity_curve=(
            CurvePoint(candidate="lightgbm", units=10, found=figure(0.3)),
            CurvePoint(candidate="lightgbm", units=20, found=figure(0.5)),
        ),
        coverage=(
            Coverage(
                candidate="lightgbm",
                split="lockbox",
                measured_on="row",
                level=0.9,
                covered=figure(0.9),
                width=figure(6.0),
                verdict="pass",
            ),
        ),
        staffing=(
            Staffing(
                candidate="lightgbm",
                type="tree",
                hours_short=figure(7.0),
                hours_idle=figure(2.0),
                cheaper_than_baseline=missing("is_the_best_baseline"),
            ),
        ),
        selection=(SelectionRule(rule="best_mean", chooses="lightgbm", regret=figure(0.1)),),
        calibration=Calibration(slope=figure(1.0), bias_ratio=figure(1.0), verdict="pass"),
        stability=Stability(
            worst_split="1", worst_ratio=0.9, splits_ahead_of_best_baseline=1, splits=2, verdict="pass"
        ),
        unmatured_rows=0,
        bundle=bundle,
    )


def _audit(evaluation: Evaluation) -> AuditReport:
    hidden = Disparity(
        attribute="group", group="q4 (lowest)", reference_group="q1", metric="recall_ratio",
        ratio=figure(0.8), verdict="fail",
    )  # fmt: skip
    return AuditReport(
        evaluation=evaluation.digest,
        candidate=evaluation.champion,
        intervention="assistive",
        attributes=(),
        groups=(),
        disparities=(hidden, hidden.model_copy(update={"group": "q2", "ratio": missing("suppressed")})),
        worst=Worst(attribute="group", group="q4", metric="recall_ratio", ratio=figure(0.8)),
        worst_verdict="fail",
        reporting=ReportingBias(method="none", verdict="unknown"),
        suppression=SuppressionCheck(minimum=11, small_cells=1, visible_small_cells=0),
        is_masked=True,
    )


def _explanation(evaluation: Evaluation) -> Explanation:
    history = FamilyContribution(
        family="history", share=Figure(value=0.9, n=10), direction="raises", is_stable=False
    )
    return Explanation(
        candidate=evaluation.champion, predictions=evaluation.predictions, method="rule", rows_explained=10,
        rows_added_up=20,
        base=0.0, additivity_error=0.0, contributions=(), families=(history,),
    )  # fmt: skip


def _gates(blobs: Blobs, evidence: Evidence) -> GateReport:
    check = GateCheck(
        gate="beats-simple-rule", fact="evaluation.lift_over_best_baseline.lower", observed=0.92,
        must_be="> 1.0", verdict="fail",
    )  # fmt: skip
    return GateReport(
        evidence=evidence.digest, policy=evidence.policy, checks=(check,), passed=0, failed=1, unknown=0,
        is_ready=False,
    )  # fmt: skip
