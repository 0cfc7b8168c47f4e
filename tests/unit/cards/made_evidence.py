"""A small but complete evidence, made by hand, in variants: what a card must be able to tell.

Nothing here is computed by our own stages; every figure is written down, so that a card's words can
be held against them. ``make_evidence(blobs, City(...))`` puts all records into ``blobs``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from civic_ai.audit.suppression import mask_audit
from civic_ai.cards.facts import collect_facts
from civic_ai.pilot.spec import PilotSpec
from civic_ai.policy.gates import check_gates
from civic_ai.policy.load import load_policy
from civic_ai.records.audit import (
    AttributeRecord, AuditReport, Disparity, GroupCount, GroupFigure, ReportingBias, ReportingGroup,
    SuppressionCheck, Worst,
)  # fmt: skip
from civic_ai.records.contract import Contract
from civic_ai.records.evaluation import (
    Calibration, CalibrationBin, CurvePoint, Evaluation, Per100Visits, Score, Stability, TieRange,
)  # fmt: skip
from civic_ai.records.evidence import Code, Environment, Evidence
from civic_ai.records.explanation import Contribution, Example, Explanation, FamilyContribution
from civic_ai.records.figure import Figure, Period, missing
from civic_ai.records.gates import GateReport
from civic_ai.records.panel import Feature, LeakFinding, LocationGap, PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import CandidateRecord, Predictions, SplitRecord
from civic_ai.records.snapshot import DataSnapshot, Finding, RuleCount, SourceSnapshot
from civic_ai.store.blobs import Blobs

SIDE = 8
CITY_WIDE = Period(first=date(2017, 1, 2), last=date(2018, 11, 26))


@dataclass(frozen=True)
class City:
    """Which truth the evidence tells."""

    winner: str = "model"  # or "rule"
    known: bool = True  # False: nothing could be measured
    groups: str = "equal"  # "unequal", "small"
    leaks: int = 0
    locale: str = "es-CO"
    languages: tuple[str, ...] = ("en", "es", "pt")
    units: str = "cells"  # or "areas"
    text: str = "Which streets will need repair next month?"
    kind: str = "event"
    smallest: int = 7  # events in the group that is too small to show


@dataclass(frozen=True)
class Made:
    """An evidence with all that was put beside it."""

    blobs: Blobs
    evidence: Evidence
    gates: GateReport
    policy: Policy
    city: City


def make_evidence(blobs: Blobs, city: City) -> Made:
    """Every record of ``city`` in ``blobs``, its evidence, and the gates judged on its facts."""
    policy = load_policy()
    blobs.put_record(policy)
    spec = _spec(city)
    snapshot = _snapshot(blobs, spec)
    panel = _panel(blobs, spec, snapshot, city)
    predictions = _predictions(blobs, panel)
    evaluation = _evaluation(blobs, predictions, city)
    audit, masked = _audit(evaluation, city, policy)
    explanation = _explanation(predictions, evaluation, city)
    evidence = Evidence(
        pilot=spec.pilot,
        spec=blobs.put_record(spec),
        contracts={"requests": _contract().digest},
        policy=policy.digest,
        snapshot=blobs.put_record(snapshot),
        panel=blobs.put_record(panel),
        predictions=blobs.put_record(predictions),
        evaluation=blobs.put_record(evaluation),
        audit=blobs.put_record(audit),
        audit_masked=blobs.put_record(masked),
        explanation=blobs.put_record(explanation),
        bundle=None,
        code=Code(version="0.1.0", source_digest="c" * 64),
        environment=Environment(python="3.11.15", machine="x86_64", libraries={"numpy": "2.4.0"}),
    )
    blobs.put_record(_contract())
    gates = check_gates(policy, collect_facts(evidence, blobs), evidence.digest)
    return Made(blobs, evidence, gates, policy, city)


def _spec(city: City) -> PilotSpec:
    return PilotSpec.model_validate(
        {
            "pilot": "made-potholes",
            "title": {
                "en": city.text,
                "es": "¿Qué calles necesitarán bacheo el próximo mes?",
                "pt": "Quais ruas vão precisar de reparo no próximo mês?",
            },
            "decision": {
                "en": "Public Works plans the coming weeks' crew routes",
                "es": "Obras Públicas planifica las rutas de las cuadrillas",
                "pt": "A Secretaria de Obras planeja as rotas das equipes",
            },
            "never_for": ["enforcement", "ranking residents"],
            "intervention": "assistive",
            "owner": "Made City Public Works",
            "contact": "data@example.org",
            "locale": city.locale,
            "time_zone": "America/Bogota",
            "unit": {
                "name": {"en": "street cell", "es": "celda de calles", "pt": "célula de ruas"},
                "from": "requests",
                **({"area": "area_id"} if city.units == "areas" else {
                    "grid": {"lat": "lat", "lon": "lon", "size_m": 1000}, "inside": "areas"}),
            },
            "sources": {
                "requests": {"path": "requests.csv", "contract": "contracts/requests.yaml"},
                "areas": {
                    "path": "areas.csv", "polygons": "areas.geojson", "key": "area_id",
                    "contract": "contracts/areas.yaml",
                },
            },
            "label": {
                "from": "requests", "horizon_days": 28, "kind": city.kind,
                "called": {"en": "a pothole", "es": "un bache", "pt": "um buraco"},
            },
            "as_of": {"first": "2017-01-02", "last": "2018-11-26", "every_days": 7},
            "features": [{"from": "requests", "count_days": ["7", "28"]}],
            "models": {"candidates": ["poisson_glm", "lightgbm"]},
            "validation": {"splits": 2, "test_days": 182, "lockbox_days": 182},
            "capacity": {
                "units_per_period": 12, "hours_per_unit": 1.5,
                "who": {"en": "two repair crews", "es": "dos cuadrillas", "pt": "duas equipes"},
            },
            "objective": "precision_at_capacity",
            "audit": {
                "attributes": {
                    "income_quartile": {
                        "from": "areas", "column": "income", "quantiles": 4, "reference_group": "q4",
                        "called": {"en": "household income", "es": "ingreso del hogar", "pt": "renda familiar"},
                    }
                },
                "reporting": {"method": "none"},
            },
            "review": {"languages": list(city.languages)},
            "seed": 7,
        }
    )  # fmt: skip


def _contract() -> Contract:
    return Contract.model_validate(
        {"about": "Requests", "licence": "CC-BY-4.0", "columns": {"request_id": {"type": "text"}}}
    )


def _snapshot(blobs: Blobs, spec: PilotSpec) -> DataSnapshot:
    common = {"raw_digest": "a" * 64, "contract_digest": _contract().digest, "blob": "b" * 64}
    requests = SourceSnapshot(
        name="requests", rows_read=30_250, rows=30_000, quarantined=130, quarantined_share=0.0043,
        duplicates=120, broken_rules=(RuleCount(rule="min", column="lat", rows=130),),
        columns=("request_id", "lat", "lon"), period=CITY_WIDE, licence="CC-BY-4.0", publisher="Made City",
        **common,
    )  # fmt: skip
    areas = SourceSnapshot(
        name="areas", rows_read=4, rows=4, quarantined=0, quarantined_share=0.0, duplicates=0,
        columns=("area_id",), licence="CC0-1.0", polygons_blob=blobs.put(json.dumps(_polygons()).encode()), **common,
    )  # fmt: skip
    return DataSnapshot(
        spec=spec.digest, sources=(requests, areas), worst_quarantined_share=0.0043,
        findings=(
            Finding(code="exact_duplicates", source="requests", severity="warning", count=120, share=0.004,
                    values={"count": 120}),
            Finding(code="gap", source="requests", severity="problem", count=12,
                    values={"first": "2017-08-25", "last": "2017-09-05", "count": 12}),
        ),
        sources_without_licence=0, has_owner=True,
    )  # fmt: skip


def _polygons() -> dict[str, object]:
    """Four areas, two by two, each 4 x 4 cells of about a kilometre; the fifth holds no cell."""
    features = []
    for number, (row, col) in enumerate([(0, 0), (0, 4), (4, 0), (4, 4), (0, 8)]):
        west, south = -74.1 + 0.009 * col, 4.6 + 0.009 * row
        ring = [[west + 0.036 * x, south + 0.036 * y] for x, y in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
        features.append(
            {
                "type": "Feature",
                "properties": {"area_id": f"A{number}"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def _units(city: City) -> list[dict[str, object]]:
    if city.units == "areas":
        return [{"unit": f"A{i}", "area": f"A{i}", "lat": None, "lon": None, "row": None, "col": None}
                for i in range(4)]  # fmt: skip
    return [
        {
            "unit": f"r{row:02}c{col:02}", "area": f"A{2 * (row // 4) + col // 4}",
            "lat": 4.6 + 0.009 * (row + 0.5), "lon": -74.1 + 0.009 * (col + 0.5), "row": row, "col": col,
        }
        for row in range(SIDE)
        for col in range(SIDE)
    ]  # fmt: skip


_UNITS = pa.schema(
    [("unit", pa.string()), ("area", pa.string()), ("lat", pa.float64()), ("lon", pa.float64()),
     ("row", pa.int32()), ("col", pa.int32())]
)  # fmt: skip


def _panel(blobs: Blobs, spec: PilotSpec, snapshot: DataSnapshot, city: City) -> PanelManifest:
    units = _units(city)
    return PanelManifest(
        spec=spec.digest, snapshot=snapshot.digest, blob="d" * 64,
        units_blob=blobs.put_table(pa.Table.from_pylist(units, schema=_UNITS)),
        rows=6_400, units=len(units), as_of_dates=100, period=CITY_WIDE, horizon_days=28,
        label_kind=city.kind, label_rate=0.21, events=1_344, events_outside_cohort=40, unmatured_rows=256,
        last_known_on="2018-12-24",
        features=(
            Feature(name="count_28", source="requests", known_by="created_at", family="history"),
            Feature(name="road_age_years", source="areas", known_by="start", family="area"),
        ),
        leaks=tuple(
            LeakFinding(form="single_feature", column=f"x{i}", rows=5, detail="auc") for i in range(city.leaks)
        ),
        leaks_found=city.leaks if city.known else None,
        location=LocationGap(
            missing_share=0.02, drift=0.01, area_spread=None, by_year={"2017": 0.02, "2018": 0.03},
            verdict="pass" if city.known else "unknown",
        ),
    )  # fmt: skip


def _predictions(blobs: Blobs, panel: PanelManifest) -> Predictions:
    def period(first: str, last: str) -> Period:
        return Period(first=date.fromisoformat(first), last=date.fromisoformat(last))

    splits = (
        SplitRecord(name="1", training=period("2017-01-02", "2017-05-01"), cutoff="2017-06-05",
                    test=period("2017-06-05", "2017-11-27"), training_rows=1_100, training_events=230,
                    test_rows=1_600),
        SplitRecord(name="2", training=period("2017-01-02", "2017-10-30"), cutoff="2017-12-04",
                    test=period("2017-12-04", "2018-05-28"), training_rows=2_700, training_events=560,
                    test_rows=1_600),
        SplitRecord(name="lockbox", training=period("2017-01-02", "2018-04-30"), cutoff="2018-06-04",
                    test=period("2018-06-04", "2018-11-26"), training_rows=4_300, training_events=900,
                    test_rows=1_600, is_lockbox=True),
    )  # fmt: skip
    names = ("recent_count", "year_count", "seasonal_index", "poisson_glm", "lightgbm")
    return Predictions(
        panel=panel.digest, blob="e" * 64, rows=32_000, splits=splits,
        candidates=tuple(
            CandidateRecord(name=name, is_baseline=i < 3, simplicity=i) for i, name in enumerate(names)
        ),
    )  # fmt: skip


def _figure(value: float, half: float, n: int = 1_600) -> Figure:
    return Figure(
        value=value, lower=round(value - half, 6), upper=round(value + half, 6), n=n, period=CITY_WIDE
    )


def _evaluation(blobs: Blobs, predictions: Predictions, city: City) -> Evaluation:
    wins = city.winner == "model"
    precision = {"recent_count": 0.29, "year_count": 0.33, "seasonal_index": 0.32, "poisson_glm": 0.335,
                 "lightgbm": 0.41 if wins else 0.34}  # fmt: skip
    scores = [
        Score(candidate=name, split=split, metric=metric, figure=_figure(round(factor * value, 4), 0.02))
        for name, value in precision.items()
        for metric, factor in (("precision_at_capacity", 1.0), ("recall_at_capacity", 1.2))
        for split in ("all", "1", "2")
    ]
    champion = "lightgbm" if wins else "year_count"
    lift = _figure(1.24 if wins else 1.03, 0.08)
    if not city.known:
        lift = missing("one_period")
    return Evaluation(
        predictions=predictions.digest, kind=city.kind, objective="precision_at_capacity", capacity=12,
        scores=tuple(scores), best_baseline="year_count", best_candidate="lightgbm", champion=champion,
        ties=(TieRange(candidate="year_count", expected=0.33, worst=0.3, best=0.36),),
        champion_is_baseline=not wins, chosen_by="simplest within one standard error of the best",
        lift_over_best_baseline=lift,
        lift_verdict=("pass" if wins else "insufficient_evidence") if city.known else "unknown",
        lockbox=tuple(
            Score(candidate=name, split="lockbox", metric="precision_at_capacity",
                  figure=_figure(precision[name] - 0.01, 0.03))
            for name in sorted({champion, "year_count"})
        ),
        lockbox_blob=blobs.put_table(_lockbox(city, champion)),
        lockbox_lift=_figure(1.2 if wins else 1.02, 0.1) if city.known else missing("one_period"),
        lockbox_agrees="pass" if city.known else "unknown",
        capacity_curve=tuple(
            CurvePoint(candidate=name, units=units, found=_figure(min(1.0, round(rate * units / 64, 4)), 0.02))
            for name, rate in (("lightgbm", 2.0), ("year_count", 1.6), ("random", 1.0))
            for units in (6, 12, 24, 48)
        ),
        calibration=Calibration(
            slope=_figure(0.97, 0.05), bias_ratio=_figure(1.01, 0.04),
            bins=tuple(
                CalibrationBin(predicted=p, observed=_figure(round(p * 0.98, 4), 0.02, n))
                for p, n in ((0.05, 3_000), (0.2, 1_200), (0.4, 400), (0.6, 90))
            ),
            verdict="pass",
        ) if city.known else Calibration(
            slope=missing("no_positives"), bias_ratio=missing("no_positives"), verdict="unknown"
        ),
        per_100_visits=tuple(
            Per100Visits(candidate=name, found=_figure(100 * found, 2.0), missed_share=_figure(1 - 1.2 * found, 0.03),
                         more_than_best_baseline=_figure(100 * (found - 0.33), 1.5))
            for name, found in (("lightgbm", precision["lightgbm"]), ("year_count", 0.33))
        ) if city.known else (),
        stability=Stability(worst_split="1", worst_ratio=0.93, splits_ahead_of_best_baseline=2, splits=2,
                            verdict="pass" if city.known else "unknown"),
        unmatured_rows=0,
    )  # fmt: skip


def _lockbox(city: City, champion: str) -> pa.Table:
    rows = [
        {"unit": unit["unit"], "as_of": date(2018, 6, 4), "split": "lockbox", "candidate": candidate,
         "score": ((7 * i) % 64) / 64, "lower": None, "upper": None, "label": float(i % 3 == 0)}
        for candidate in sorted({champion, "year_count"})
        for i, unit in enumerate(_units(city))
        if unit["unit"] != "r00c00"
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


GROUPS = ("q1", "q2", "q3", "q4")
_RATIOS = {"equal": (0.97, 1.02, 1.01), "unequal": (0.62, 0.9, 0.98), "small": (0.97, 1.02, 1.01)}


def _audit(evaluation: Evaluation, city: City, policy: Policy) -> tuple[AuditReport, AuditReport]:
    full = AuditReport(
        evaluation=evaluation.digest, candidate=evaluation.champion, intervention="assistive",
        attributes=(AttributeRecord(name="income_quartile", groups=GROUPS, reference_group="q4",
                                    weighted_by="population"),),
        groups=tuple(
            GroupFigure(attribute="income_quartile", group=group, metric=metric,
                        figure=_figure(value, 0.04, 10 * _events(city, group)), events=_events(city, group))
            for group in GROUPS
            for metric, value in (("recall", 0.5), ("selection_rate", 0.19))
        ),
        disparities=tuple(_disparity(city, group, i) for i, group in enumerate(GROUPS[:3])),
        leading=("recall",),
        counts=tuple(
            GroupCount(attribute="income_quartile", group=group, rows=1_600.0, positives=float(_events(city, group)),
                       events=float(_events(city, group)), selected=310.0, hits=_events(city, group) / 2,
                       found=_events(city, group) / 2, areas=1.0)
            for group in GROUPS
        ),
        worst=Worst(attribute="income_quartile", group="q1", metric="recall",
                    ratio=_disparity(city, "q1", 0).ratio) if city.known
        else Worst(attribute=None, group=None, metric=None, ratio=missing("too_few")),
        worst_verdict={"equal": "pass", "unequal": "fail", "small": "insufficient_evidence"}[city.groups]
        if city.known else "unknown",
        reporting=_reporting(city),
        suppression=SuppressionCheck(minimum=11, small_cells=1 if city.groups == "small" else 0,
                                     visible_small_cells=0 if city.known else None),
    )  # fmt: skip
    return full, mask_audit(full, policy)


def _events(city: City, group: str) -> int:
    if city.groups == "small" and group == "q1":
        return city.smallest
    return 300 + 100 * GROUPS.index(group)


def _disparity(city: City, group: str, position: int) -> Disparity:
    ratio, half = _RATIOS[city.groups][position], 0.07
    verdict = {"unequal": "fail" if position == 0 else "pass", "equal": "pass", "small": "pass"}[city.groups]
    if city.groups == "small" and position == 0:
        half, verdict = 0.4, "insufficient_evidence"
    return Disparity(
        attribute="income_quartile", group=group, reference_group="q4", metric="recall",
        ratio=_figure(ratio, half) if city.known else missing("too_few"),
        verdict=verdict if city.known else "unknown",
        needed=803 if verdict == "insufficient_evidence" else None,
    )  # fmt: skip


def _reporting(city: City) -> ReportingBias:
    if not city.known:
        return ReportingBias(method="none", verdict="unknown", why_unknown="not_asked")
    return ReportingBias(
        method="duplicates", verdict="pass", incidents=4_000, duplicates=800, dispersion=1.4,
        conditions=("duplicates_linked_equally_well",),
        groups=tuple(
            ReportingGroup(attribute="income_quartile", group=group, reference_group="q4",
                           ratio=_figure(1.02, 0.1), duplicates=200, incidents=1_000, verdict="pass")
            for group in GROUPS[:3]
        ),
    )  # fmt: skip


def _explanation(predictions: Predictions, evaluation: Evaluation, city: City) -> Explanation:
    shares = {"history": 0.55, "neighbours": 0.2, "season": 0.15, "area": 0.1}
    return Explanation(
        candidate=evaluation.champion, predictions=predictions.digest, method="tree_shap",
        rows_explained=1_500, base=-1.3, additivity_error=4e-15 if city.known else None,
        contributions=(
            Contribution(feature="count_28", family="history", mean_absolute=_figure(0.4, 0.05), share=0.55,
                         direction="raises"),
        ),
        families=tuple(
            FamilyContribution(family=family, share=_figure(share, 0.05),
                               direction="mixed" if family == "season" else "raises",
                               is_stable=family != "area")
            for family, share in shares.items()
        ),
        examples=(Example(name="high", cases=150, score=0.6, families=shares, reasons=("history_raises",)),),
        caveats=("correlated_features",),
    )  # fmt: skip
