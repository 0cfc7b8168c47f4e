"""A whole evaluated pilot in a store: tables, panel, predictions, evaluation. Known truth, few rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.evaluation import Calibration, Evaluation, Stability
from civic_ai.records.figure import Figure, Period, missing
from civic_ai.records.panel import LocationGap, PanelManifest
from civic_ai.records.predictions import CandidateRecord, Predictions, SplitRecord
from civic_ai.records.snapshot import DataSnapshot, SourceSnapshot
from civic_ai.store.blobs import Blobs
from tests.unit.audit.made import pilot
from tests.unit.audit.simulated import City, simulate

START = np.datetime64("2020-01-01", "us")
TESTED = date(2024, 1, 1)
AREAS = 60


@dataclass(frozen=True)
class Evaluated:
    """What ``audit_champion`` is given, and the rows of the champion behind it."""

    spec: PilotSpec
    evaluation: Evaluation
    blobs: Blobs
    rows: dict[str, Any]


def evaluated(folder: Path, *, seed: int = 1, missed: float = 1.0, **changes: Any) -> Evaluated:
    """60 areas as units; areas of odd number are group 1. ``missed`` multiplies the scores of group 1.

    ``baseline_wins`` makes a simple rule the champion; ``spec`` changes parts of the pilot. ``counts`` makes
    it a forecast of demand. ``held``: how often intervals of either group hold in the lockbox (None: none).
    """
    rng, blobs = np.random.default_rng(seed), Blobs(folder)
    counts, held = changes.pop("counts", False), changes.pop("held", None)
    given = changes.pop("spec", {})
    spec = pilot(**(DEMAND | given if counts else given))
    champion = "recent_count" if changes.pop("baseline_wins", False) else "lightgbm"
    rows = _counts(rng, missed) if counts else _rows(rng, missed)
    snapshot = DataSnapshot(
        spec=spec.digest,
        sources=(_source("requests", _requests(simulate(seed, ratio=0.4)), blobs), _areas(blobs, **changes)),
        worst_quarantined_share=0,
        sources_without_licence=0,
        has_owner=True,
    )
    panel = _panel(spec, blobs.put_record(snapshot), blobs, _long(rows).slice(0, len(rows["unit"])))
    predictions = Predictions(
        panel=blobs.put_record(panel),
        blob=blobs.put_table(_long(rows)),
        rows=len(rows["unit"]),
        candidates=(
            CandidateRecord(name="recent_count", is_baseline=True, simplicity=0),
            CandidateRecord(name="lightgbm", is_baseline=False, simplicity=3),
        ),
        splits=SPLITS,
    )
    evaluation = _evaluation(spec, blobs.put_record(predictions), champion)
    lockbox = blobs.put_table(_lockbox(rng, champion, held))
    return Evaluated(spec, evaluation.model_copy(update={"lockbox_blob": lockbox}), blobs, rows)


def _rows(rng: np.random.Generator, missed: float) -> dict[str, Any]:
    unit, day = np.tile(np.arange(AREAS), 52), np.repeat(np.arange(52), AREAS)
    risk = rng.beta(8, 16, AREAS)[unit]
    label = (rng.random(len(unit)) < risk).astype(float)
    label[day == 51] = np.nan
    score = np.where(unit % 2 == 1, missed, 1.0) * (risk + 0.6 * rng.random(len(unit)))
    return {"unit": unit, "day": day, "score": score, "label": label}


def _counts(rng: np.random.Generator, missed: float) -> dict[str, Any]:
    """Weekly counts of each area, and forecasts that are right but for ``missed`` in group 1."""
    unit, day = np.tile(np.arange(AREAS), 52), np.repeat(np.arange(52), AREAS)
    mean = rng.gamma(8, 1, AREAS)[unit]
    label = rng.poisson(mean).astype(float)
    label[day == 51] = np.nan
    return {"unit": unit, "day": day, "score": np.where(unit % 2 == 1, missed, 1.0) * mean, "label": label}


def _lockbox(rng: np.random.Generator, champion: str, held: tuple[float, float] | None) -> pa.Table:
    """30 dates: the outcome is 5, the interval 3 to 7 where it holds, else 6 to 9."""
    unit, day = np.tile(np.arange(AREAS), 30), np.repeat(np.arange(30), AREAS)
    holds = rng.random(len(unit)) < np.array(held or (1.0, 1.0))[unit % 2]
    nothing = pa.nulls(len(unit), pa.float64())
    return pa.table(
        {
            "unit": pa.array([f"A{u:02d}" for u in unit]).dictionary_encode(),
            "as_of": pa.array([date(2025, 1, 1) + timedelta(days=7 * int(d)) for d in day], pa.date32()),
            "split": pa.array(["lockbox"] * len(unit)).dictionary_encode(),
            "candidate": pa.array([champion] * len(unit)).dictionary_encode(),
            "score": np.full(len(unit), 5.0),
            "lower": nothing if held is None else pa.array(np.where(holds, 3.0, 6.0)),
            "upper": nothing if held is None else pa.array(np.where(holds, 7.0, 9.0)),
            "label": nothing if held is None else np.full(len(unit), 5.0),
        }
    )


def _long(rows: dict[str, Any]) -> pa.Table:
    days = [TESTED + timedelta(days=7 * int(day)) for day in rows["day"]]
    one = pa.table(
        {
            "unit": pa.array([f"A{unit:02d}" for unit in rows["unit"]]).dictionary_encode(),
            "as_of": pa.array(days, pa.date32()),
            "split": pa.array(np.where(rows["day"] < 26, "1", "2")).dictionary_encode(),
            "score": rows["score"],
            "label": pa.array(rows["label"], from_pandas=True),
        }
    )
    named = [
        one.append_column("candidate", pa.array([name] * one.num_rows).dictionary_encode())
        for name in ("lightgbm", "recent_count")
    ]
    return pa.concat_tables(named, promote_options="default").unify_dictionaries()


def _requests(city: City) -> pa.Table:
    def moments(days: np.ndarray) -> np.ndarray:
        return START + (days * 86_400e6).astype("timedelta64[us]")

    incident = city.reports.incident
    return pa.table(
        {
            "incident_id": incident,
            "request_type": np.where(city.kind[incident] == 1, "light", "pothole"),
            "created_at": moments(city.reports.at),
            "closed_at": moments(city.reports.ended),
            "area_id": [f"A{area:02d}" for area in city.area[incident]],
        }
    )


def _areas(blobs: Blobs, *, income: list[float | None] | None = None, dated: Period | None = None) -> Any:
    odd = np.arange(AREAS) % 2
    table = pa.table(
        {
            "area_id": [f"A{area:02d}" for area in range(AREAS)],
            "income": pa.array(income or [float(10 + odd[a] * 100 + a) for a in range(AREAS)], pa.float64()),
            "population": np.full(AREAS, 1000),
            "pop_major": np.where(odd == 1, 200, 900),
            "pop_minor": np.where(odd == 1, 800, 100),
        }
    )
    return _source("areas", table, blobs, period=dated)


def _source(name: str, table: pa.Table, blobs: Blobs, period: Period | None = None) -> SourceSnapshot:
    return SourceSnapshot(
        name=name,
        raw_digest="0" * 64,
        contract_digest="1" * 64,
        blob=blobs.put_table(table),
        rows_read=table.num_rows,
        rows=table.num_rows,
        quarantined=0,
        quarantined_share=0,
        duplicates=0,
        columns=tuple(table.column_names),
        period=period,
    )


DEMAND = {
    "label": {"from": "requests", "horizon_days": 7, "kind": "count"},
    "models": {"candidates": ["poisson_glm"]},
    "capacity": {"who": "a crew", "hours_per_unit": 2},
    "objective": "mean_poisson_deviance",
}


def _split(name: str, cutoff: str) -> SplitRecord:
    period = Period(first=TESTED, last=TESTED)
    return SplitRecord(name=name, training=period, cutoff=cutoff, test=period, training_rows=1,
                       training_events=1, test_rows=1, is_lockbox=name == "lockbox")  # fmt: skip


SPLITS = (_split("1", "2024-01-01"), _split("2", "2024-07-01"), _split("lockbox", "2025-01-01"))


def _panel(spec: PilotSpec, snapshot: str, blobs: Blobs, rows: pa.Table) -> PanelManifest:
    names = [f"A{area:02d}" for area in range(AREAS)]
    units = pa.table({"unit": names, "area": names, "type": pa.nulls(AREAS, pa.string())})
    return PanelManifest(
        spec=spec.digest,
        snapshot=snapshot,
        blob=blobs.put_table(rows.select(["unit", "as_of", "label"])),
        units_blob=blobs.put_table(units),
        rows=52 * AREAS,
        units=AREAS,
        as_of_dates=52,
        period=Period(first=TESTED, last=TESTED),
        horizon_days=28,
        question=spec.question,
        label_kind=spec.label.kind,
        label_rate=0.3,
        events=900,
        events_outside_cohort=0,
        unmatured_rows=AREAS,
        last_known_on="2024-12-31",
        features=(),
        location=LocationGap(missing_share=0, drift=0, area_spread=0, verdict="pass"),
    )


def _evaluation(spec: PilotSpec, predictions: str, champion: str) -> Evaluation:
    nothing, is_rule = missing("not_looked_at"), champion == "recent_count"
    is_number = spec.label.kind == "count" or not is_rule
    bias = Figure(value=1, n=1) if is_number else missing("score_is_not_a_probability")
    return Evaluation(
        bundle="b" * 64,
        predictions=predictions,
        question=spec.question,
        kind=spec.label.kind,
        objective=spec.objective,
        capacity=12 if spec.capacity.units_per_period else None,
        coverage_verdict="pass",
        scores=(),
        best_baseline="recent_count",
        best_candidate="lightgbm",
        champion=champion,
        champion_is_baseline=is_rule,
        chosen_by="test",
        lift_over_best_baseline=nothing,
        lift_verdict="unknown",
        lockbox=(),
        lockbox_blob="3" * 64,
        lockbox_lift=nothing,
        lockbox_agrees="unknown",
        calibration=Calibration(slope=Figure(value=1, n=1), bias_ratio=bias, verdict="pass"),
        stability=Stability(
            worst_split=None, worst_ratio=None, splits_ahead_of_best_baseline=0, splits=2, verdict="pass"
        ),
        unmatured_rows=AREAS,
    )
