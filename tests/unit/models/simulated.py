"""Small worlds whose truth is known, written as panels: what the model tests learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from civic_ai.models.baselines import RULES
from civic_ai.models.candidates import names_for
from civic_ai.models.rules import RuleScorer
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.figure import Period
from civic_ai.records.panel import Feature, LocationGap, PanelManifest
from civic_ai.records.predictions import LabelKind
from civic_ai.records.snapshot import DataSnapshot, SourceSnapshot
from civic_ai.store.blobs import Blobs

FIRST = date(2020, 1, 6)
EVERY = 7
HORIZON = 14
FAMILIES = {
    "requests_28d": "history",
    "requests_364d": "history",
    "neighbours_28d": "neighbours",
    "season_sin": "season",
    "rain_7d": "weather",
    "road_age": "area",
}
FEATURES = tuple(
    Feature(name=name, source="requests", known_by="created_at", family=family)
    for name, family in FAMILIES.items()
)
INCOME = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q2"}
Truth = Callable[[pd.DataFrame], np.ndarray]


def rule_scorer(name: str, horizon_days: int, kind: LabelKind = "count") -> RuleScorer:
    """The simple rule called ``name``."""
    return RULES[name].scorer(kind, horizon_days)


def fitted_alone(kind: str) -> list[str]:
    """The candidates of a kind of label that one process fits; others start processes for each fit."""
    return [name for name in names_for(kind) if name != "lightgbm_dask"]


def log_linear(frame: pd.DataFrame) -> np.ndarray:
    """Log of the expected count: a sum over features, as a Poisson GLM assumes."""
    return (
        -1.6
        + 0.6 * np.log1p(frame["requests_28d"])
        + 0.4 * np.log1p(frame["requests_364d"])
        + 0.3 * np.log1p(frame["neighbours_28d"])
        + 0.3 * frame["season_sin"]
        + 0.2 * frame["rain_7d"]
        - 0.3 * frame["road_age"]
    ).to_numpy()


def crossed(frame: pd.DataFrame) -> np.ndarray:
    """Log of the expected count: road age helps in the dry and harms in the wet; no sum says that."""
    return (-0.7 + 1.6 * np.sign(frame["road_age"]) * np.sign(frame["rain_7d"])).to_numpy()


def simulate(
    truth: Truth = log_linear, *, kind: str = "count", units: int = 40, dates: int = 60, seed: int = 1
) -> pd.DataFrame:
    """A panel frame: units x weekly as-of dates, features, baseline columns, label."""
    rng = np.random.default_rng(seed)
    rows = units * dates
    day = np.repeat(np.arange(dates), units)
    level = np.tile(rng.gamma(2.0, 1.0, units), dates)
    year = rng.poisson(6.0 * level).astype(float)
    recent = rng.poisson(0.7 * level).astype(float)
    frame = pd.DataFrame(
        {
            "unit": np.tile([f"u{i:03}" for i in range(units)], dates),
            "as_of": [FIRST + timedelta(days=EVERY * int(d)) for d in day],
            "step": np.zeros(rows, dtype=np.int16),
            "requests_28d": recent,
            "requests_364d": year,
            "neighbours_28d": rng.poisson(2.0, rows).astype(float),
            "season_sin": np.sin(2 * np.pi * day * EVERY / 364),
            "rain_7d": rng.normal(size=dates)[day],
            "road_age": np.tile(rng.normal(size=units), dates),
            "baseline_last_value": rng.poisson(0.5 * level).astype(float),
            "baseline_seasonal_naive": rng.poisson(0.5 * level).astype(float),
            "baseline_recent_count": recent,
            "baseline_quarter_count": np.minimum(year, 3 * recent),
            "baseline_year_count": year,
            "baseline_season_index": 1.0 + 0.3 * np.sin(2 * np.pi * day * EVERY / 364),
            "scale": np.sqrt(level),
        }
    )
    count = rng.poisson(np.exp(truth(frame)))
    frame["label"] = count.astype(float) if kind == "count" else (count > 0).astype(float)
    return frame


def with_exposure(frame: pd.DataFrame, *, seed: int = 3) -> pd.DataFrame:
    """The same world, but each unit has so much to ask for that counts follow it; no feature says so."""
    rng = np.random.default_rng(seed)
    units = sorted(set(frame["unit"]))
    exposure = dict(zip(units, np.exp(rng.normal(3.0, 1.0, len(units))), strict=True))
    made = frame.assign(exposure=frame["unit"].map(exposure).astype(float))
    rate = np.exp(-4.0 + 0.5 * made["rain_7d"] - 0.4 * made["road_age"])
    return made.assign(label=rng.poisson(made["exposure"] * rate).astype(float))


def steps_ahead(frame: pd.DataFrame, steps: int) -> pd.DataFrame:
    """The same world told for several windows, one after another; a label of a window that has not come is
    blank."""
    dates = sorted(set(frame["as_of"]))
    told = frame.set_index(["unit", "as_of"])["label"]
    parts = []
    for step in range(steps):
        later = [day + timedelta(days=step * HORIZON) for day in frame["as_of"]]
        label = told.reindex(list(zip(frame["unit"], later, strict=True))).to_numpy()
        parts.append(frame.assign(step=np.int16(step), label=label))
    assert len(dates) > steps
    return pd.concat(parts).sort_values(["as_of", "step", "unit"], ignore_index=True)


@dataclass(frozen=True)
class Pilot:
    """A spec and a panel to fit it on."""

    spec: PilotSpec
    panel: PanelManifest
    blobs: Blobs


def make_pilot(blobs: Blobs, frame: pd.DataFrame, *, kind: str = "count", **changes: Any) -> Pilot:
    """The frame as a panel, with the spec that would have made it; ``changes`` go to the spec."""
    spec = make_spec(frame, kind, changes)
    return Pilot(spec, put_panel(blobs, frame, kind, spec), blobs)


def make_spec(frame: pd.DataFrame, kind: str, changes: dict[str, Any]) -> PilotSpec:
    dates = frame["as_of"]
    glm = "poisson_glm" if kind == "count" else "logistic_glm"
    written: dict[str, Any] = {
        "pilot": "simulated-potholes",
        "title": "Which cells will need repair?",
        "decision": "Crews are sent there",
        "never_for": ["enforcement"],
        "intervention": "assistive",
        "owner": "Public Works",
        "contact": "data@example.org",
        "locale": "en-US",
        "time_zone": "America/Chicago",
        "unit": {"name": "cell", "from": "requests", "area": "area_id"},
        "sources": {
            "requests": {"path": "r.csv", "contract": "r.yaml", "known_at": "created_at"},
            "areas": {"path": "a.csv", "contract": "a.yaml", "key": "area_id"},
        },
        "label": {"from": "requests", "horizon_days": HORIZON, "kind": kind},
        "as_of": {"first": min(dates), "last": max(dates), "every_days": EVERY},
        "features": [{"from": "requests", "count_days": [28, 364]}],
        "models": {"candidates": [glm, "lightgbm"]},
        "validation": {"splits": 2, "test_days": 70, "lockbox_days": 70},
        "capacity": {"units_per_period": 5, "who": "one crew"},
        "objective": "recall_at_capacity",
        "audit": {"attributes": {"income": INCOME}},
        "review": {"languages": ["en"]},
        "seed": 7,
    }
    return PilotSpec.model_validate({**written, **changes})


def put_panel(blobs: Blobs, frame: pd.DataFrame, kind: str, spec: PilotSpec) -> PanelManifest:
    """The frame as a panel blob with its manifest; columns in the frame's order, rows as they come.

    A column ``type`` goes to the units' blob. Every unit is an area; its income is its road's age, if that is
    known.
    """
    label_kind: Literal["event", "count"] = "event" if kind == "event" else "count"
    types = frame["type"] if "type" in frame else pd.Series([None] * len(frame), dtype=object)
    units = pd.DataFrame({"unit": frame["unit"], "area": frame["unit"], "type": types}).drop_duplicates()
    told = frame.drop(columns=[name for name in ("type",) if name in frame])
    manifest = PanelManifest(
        spec=spec.digest,
        snapshot=blobs.put_record(_snapshot(blobs, frame, spec)),
        blob=blobs.put_table(pa.Table.from_pandas(told, preserve_index=False)),
        units_blob=blobs.put_table(pa.Table.from_pandas(units, preserve_index=False)),
        question=spec.question,
        steps=int(frame["step"].max()) + 1,
        types=tuple(sorted(set(types.dropna()))),
        rows=len(frame),
        units=frame["unit"].nunique(),
        as_of_dates=frame["as_of"].nunique(),
        period=Period(first=min(frame["as_of"]), last=max(frame["as_of"])),
        horizon_days=HORIZON,
        label_kind=label_kind,
        label_rate=float(frame["label"].mean()),
        events=int(frame["label"].sum()),
        events_outside_cohort=0,
        unmatured_rows=int(frame["label"].isna().sum()),
        last_known_on=str(max(frame["as_of"])),
        features=tuple(feature for feature in FEATURES if feature.name in frame.columns),
        location=LocationGap(missing_share=None, drift=None, area_spread=None, verdict="unknown"),
    )
    blobs.put_record(manifest)
    return manifest


def _snapshot(blobs: Blobs, frame: pd.DataFrame, spec: PilotSpec) -> DataSnapshot:
    """What stands behind the panel: the areas alone."""
    ages = frame["road_age"] if "road_age" in frame else pd.Series(0.0, frame.index)
    income = ages.groupby(frame["unit"]).mean()
    table = pa.table({"area_id": income.index.tolist(), "income": income.tolist()})
    areas = SourceSnapshot(
        name="areas", raw_digest="0" * 64, contract_digest="1" * 64, blob=blobs.put_table(table),
        rows_read=table.num_rows, rows=table.num_rows, quarantined=0, quarantined_share=0, duplicates=0,
        columns=tuple(table.column_names),
    )  # fmt: skip
    return DataSnapshot(
        spec=spec.digest,
        sources=(areas,),
        worst_quarantined_share=0,
        sources_without_licence=0,
        has_owner=True,
    )


def mean_poisson_deviance(label: np.ndarray, expected: np.ndarray) -> float:
    """2 mean[y log(y / m) - (y - m)], written out here so that tests owe nothing to the code tested."""
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = np.where(label > 0, label * np.log(label / expected), 0.0)
    return float(2 * np.mean(entropy - (label - expected)))
