"""Small worlds in which cases wait: their curves are known, and so is when the extract ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from civic_ai.records.panel import PanelManifest
from civic_ai.store.blobs import Blobs

from .simulated import Pilot, make_pilot

FIRST = date(2020, 1, 6)
EVERY = 7
HORIZON = 60
GROUPS = ("bees", "bats", "dogs")
MEANS = np.array([6.0, 20.0, 45.0])
FEATURES = ("requests_28d", "rain_7d", "road_age")


def simulate_waits(*, dates: int = 70, per_date: int = 25, seed: int = 1) -> pd.DataFrame:
    """A panel of cases: exponential waits whose mean depends on the group and, by a factor 3, on a feature.

    ``wait`` is the truth; ``label`` and ``ended`` are what an extract that ended on the last date knows.
    """
    rng = np.random.default_rng(seed)
    rows = dates * per_date
    day = np.repeat(np.arange(dates), per_date)
    group = rng.integers(0, 3, rows)
    old = rng.normal(size=rows)
    wait = rng.exponential(MEANS[group] * np.where(old > 0, 3**0.5, 3**-0.5))
    watched = EVERY * (dates - 1 - day) + 1.0
    seen = np.minimum(watched, HORIZON)
    return pd.DataFrame(
        {
            "unit": [f"c{i:05}" for i in range(rows)],
            "as_of": [FIRST + timedelta(days=EVERY * int(d)) for d in day],
            "step": 0,
            "requests_28d": MEANS[group] + rng.normal(size=rows),
            "rain_7d": rng.normal(size=rows),
            "road_age": old,
            "baseline_group": group.astype(float),
            "label": np.minimum(wait, seen),
            "ended": wait <= seen,
            "wait": wait,
        }
    )


def true_mean(means: np.ndarray, tau: float = HORIZON) -> np.ndarray:
    """Restricted mean of exponential waits."""
    return np.asarray(means * -np.expm1(-tau / means))


def make_waiting_pilot(blobs: Blobs, frame: pd.DataFrame, **changes: Any) -> Pilot:
    """The frame as a panel of durations, with a spec that asks how long."""
    spec = {
        "unit": {"name": "case", "from": "requests", "case": ["id"], "area": "area_id"},
        "label": {"from": "requests", "horizon_days": HORIZON, "kind": "duration", "ended_at": "closed_at"},
        "models": {"candidates": ["lightgbm_hazard"], "rate_by": "kind"},
        "capacity": {"who": "one crew"},
        "objective": "integrated_brier_score",
        **changes,
    }
    pilot = make_pilot(blobs, frame.drop(columns="wait"), kind="duration", **spec)
    update = {"label_kind": "duration", "question": "durations", "horizon_days": HORIZON}
    panel: PanelManifest = pilot.panel.model_copy(update=update)
    blobs.put_record(panel)
    return replace(pilot, panel=panel)
