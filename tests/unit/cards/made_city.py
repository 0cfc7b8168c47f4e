"""The made city: its data, panel and tests, written down by hand. See ``made_evidence``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import Contract
from civic_ai.records.figure import Figure, Period
from civic_ai.records.panel import Feature, LeakFinding, LocationGap, PanelManifest
from civic_ai.records.predictions import CandidateRecord, Predictions, SplitRecord
from civic_ai.records.snapshot import DataSnapshot, Finding, RuleCount, SourceSnapshot
from civic_ai.store.blobs import Blobs

SIDE, AREAS, CASES = 8, 4, 60
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
    question: str = "ranking"  # or "cases", "demand", "durations"


def spec_of(city: City) -> PilotSpec:
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
                **_placed(city),
            },
            "sources": {
                "requests": {"path": "requests.csv", "contract": "contracts/requests.yaml", "gaps": GAPS},
                "areas": {
                    "path": "areas.csv", "polygons": "areas.geojson", "key": "area_id",
                    "contract": "contracts/areas.yaml",
                },
            },
            "label": {
                "from": "requests", "horizon_days": 28, **_label(city),
                "called": {"en": "a pothole", "es": "un bache", "pt": "um buraco"},
            },
            "as_of": {"first": "2017-01-02", "last": "2018-11-26", "every_days": 7},
            "features": [{"from": "requests", "count_days": ["7", "28"]}],
            "models": {"candidates": MODELS[city.question]},
            "validation": {"splits": 2, "test_days": 182, "lockbox_days": 182},
            "capacity": {
                **({"units_per_period": 12} if city.question in ("ranking", "cases") else {}),
                "hours_per_unit": 1.5,
                "who": {"en": "two repair crews", "es": "dos cuadrillas", "pt": "duas equipes"},
            },
            "objective": "precision_at_capacity",
            "audit": {
                "attributes": {
                    "income_quartile": {
                        "from": "areas", "column": "income", "quantiles": 4, "reference_group": "q4",
                        "called": {"en": "household income", "es": "ingreso del hogar",
                                   "pt": "renda familiar"},
                    }
                },
                "reporting": {"method": "none"},
            },
            "review": {"languages": list(city.languages)},
            "seed": 7,
        }
    )  # fmt: skip


def _placed(city: City) -> dict[str, object]:
    if city.question in ("cases", "durations"):
        due = {"due_on": "due_on"} if city.question == "cases" else {}
        return {"area": "area_id", "case": ["request_id"], **due}
    if city.question == "demand":
        called = {"tree": {"en": "trees", "es": "árboles", "pt": "árvores"}}
        types = {"column": "kind", "values": {"pothole": ["Pothole"], "tree": ["Tree"]}, "called": called}
        return {"area": "area_id", "types": types}
    if city.units == "areas":
        return {"area": "area_id"}
    return {"grid": {"lat": "lat", "lon": "lon", "size_m": 1000}, "inside": "areas"}


def _label(city: City) -> dict[str, object]:
    return {
        "ranking": {"kind": city.kind},
        "cases": {"kind": "event", "known_at": "closed_at", "where": "late"},
        "demand": {"kind": "count", "steps": 4},
        "durations": {"kind": "duration", "ended_at": "closed_at"},
    }[city.question]


MODELS = {"ranking": ["poisson_glm", "lightgbm"], "cases": ["logistic_glm", "lightgbm"],
          "demand": ["poisson_glm", "lightgbm"], "durations": ["lightgbm_hazard"]}  # fmt: skip
RULES = {"ranking": ["recent_count", "year_count", "seasonal_index"],
         "cases": ["arrival_order", "group_rate", "observer_rate"],
         "demand": ["recent_count", "year_count", "seasonal_index"],
         "durations": ["curve_of_all", "curve_of_group"]}  # fmt: skip
GAPS = [{"first": "2017-03-01", "last": "2017-03-31",
         "why": {"en": "The file of March was not handed over", "es": "No se entregó el archivo de marzo",
                 "pt": "O arquivo de março não foi entregue"}}]  # fmt: skip


def contract() -> Contract:
    return Contract.model_validate(
        {"about": "Requests", "licence": "CC-BY-4.0", "columns": {"request_id": {"type": "text"}}}
    )


def snapshot_of(blobs: Blobs, spec: PilotSpec) -> DataSnapshot:
    common = {"raw_digest": "a" * 64, "contract_digest": contract().digest, "blob": "b" * 64}
    requests = SourceSnapshot(
        name="requests", rows_read=30_250, rows=30_000, quarantined=130, quarantined_share=0.0043,
        duplicates=120, broken_rules=(RuleCount(rule="min", column="lat", rows=130),),
        columns=("request_id", "lat", "lon"), period=CITY_WIDE, licence="CC-BY-4.0", publisher="Made City",
        **common,
    )  # fmt: skip
    areas = SourceSnapshot(
        name="areas", rows_read=4, rows=4, quarantined=0, quarantined_share=0.0, duplicates=0,
        columns=("area_id",), licence="CC0-1.0",
        polygons_blob=blobs.put(json.dumps(_polygons()).encode()), **common,
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


def units_of(city: City) -> list[dict[str, object]]:
    nowhere: dict[str, object] = {"lat": None, "lon": None, "row": None, "col": None}
    if city.question == "demand":
        return [{"unit": f"A{i}/{kind}", "area": f"A{i}", "type": kind, **nowhere}
                for i in range(AREAS) for kind in ("pothole", "tree")]  # fmt: skip
    if city.question in ("cases", "durations"):
        return [{"unit": f"case-{i:04}", "area": f"A{i % 7}" if i % 7 < AREAS else None, **nowhere}
                for i in range(CASES)]  # fmt: skip
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
    [("unit", pa.string()), ("area", pa.string()), ("type", pa.string()), ("lat", pa.float64()),
     ("lon", pa.float64()), ("row", pa.int32()), ("col", pa.int32())]
)  # fmt: skip


def panel_of(blobs: Blobs, spec: PilotSpec, snapshot: DataSnapshot, city: City) -> PanelManifest:
    units = units_of(city)
    return PanelManifest(
        spec=spec.digest, snapshot=snapshot.digest, blob="d" * 64,
        units_blob=blobs.put_table(pa.Table.from_pylist(units, schema=_UNITS)),
        rows=6_400, units=len(units), as_of_dates=100, period=CITY_WIDE, horizon_days=28,
        question=city.question, types=("pothole", "tree") if city.question == "demand" else (),
        steps=4 if city.question == "demand" else 1, rows_in_gaps=310,
        censored_rows=120 if city.question == "durations" else None,
        label_kind=spec.label.kind, label_rate=0.21, events=1_344,
        events_outside_cohort=40, unmatured_rows=256,
        last_known_on="2018-12-24",
        features=(
            Feature(name="count_28", source="requests", known_by="created_at", family="history"),
            Feature(name="road_age_years", source="areas", known_by="start", family="area"),
        ),
        leaks=tuple(
            LeakFinding(form="single_feature", column=f"x{i}", rows=5, detail="auc")
            for i in range(city.leaks)
        ),
        leaks_found=city.leaks if city.known else None,
        location=LocationGap(
            missing_share=0.02, drift=0.01, area_spread=None, by_year={"2017": 0.02, "2018": 0.03},
            verdict="pass" if city.known else "unknown",
        ),
    )  # fmt: skip


def predictions_of(blobs: Blobs, panel: PanelManifest) -> Predictions:
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
    names = (*RULES[panel.question], *MODELS[panel.question])
    return Predictions(
        panel=panel.digest, blob="e" * 64, rows=32_000, splits=splits,
        candidates=tuple(
            CandidateRecord(name=name, is_baseline=name in RULES[panel.question], simplicity=i)
            for i, name in enumerate(names)
        ),
    )  # fmt: skip


def figure(value: float, half: float, n: int = 1_600) -> Figure:
    return Figure(
        value=value, lower=round(value - half, 6), upper=round(value + half, 6), n=n, period=CITY_WIDE
    )
