"""A city of 10,000 blocks and 499,000 events: the size of the job that was timed on triage, as a pilot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

BLOCKS, EVENTS, TYPES = 10_000, 499_000, ("violation", "complaint", "repair")
FIRST, DAYS, EVERY, SPLITS, CAPACITY = "2015-01-01", 1_100, 28, 10, 500
PILOT = """pilot: blocks
title: Which blocks will have a violation?
decision: Inspectors go there
never_for: [fines]
intervention: assistive
owner: A city
contact: a@example.org
locale: en-US
time_zone: UTC
unit: {name: block, from: events, area: block_id}
sources:
  events: {path: events.csv, contract: contracts/events.yaml, known_at: known_on}
  blocks: {path: blocks.csv, key: block_id, contract: contracts/blocks.yaml}
label: {from: events, where: "type == 'violation'", horizon_days: 28, kind: event}
as_of: {first: 2016-08-01, last: 2017-12-04, every_days: 28}
features:
  - {from: events, count_days: [7, 14, 28, 91, 182, 364]}
  - {from: events, where: "type == 'violation'", count_days: [7, 14, 28, 91, 182, 364]}
  - {from: events, where: "type == 'complaint'", count_days: [7, 14, 28, 91, 182, 364]}
  - {from: events, where: "type == 'repair'", count_days: [7, 14, 28, 91, 182, 364]}
  - {from: blocks, columns: [built, floors]}
  - {calendar: [season]}
models: {candidates: [logistic_glm, lightgbm]}
validation: {splits: 10, test_days: 28, lockbox_days: 28}
capacity: {units_per_period: 500, who: inspectors}
objective: precision_at_capacity
audit:
  attributes:
    income: {from: blocks, column: income, quantiles: 4, reference_group: q4}
    age: {from: blocks, column: residents_over_65, quantiles: 2, reference_group: q1}
    origin: {from: blocks, column: share_minority, quantiles: 5, reference_group: q1}
review: {languages: [en]}
seed: 1
"""
CONTRACTS = {
    "events": """about: Events
publisher: A city
licence: CC0
columns:
  event_id: {type: text, unique: true, personal: identifier}
  block_id: {type: text}
  type: {type: text, allowed: [violation, complaint, repair]}
  known_on: {type: date}
""",
    "blocks": """about: Blocks
publisher: A city
licence: CC0
columns:
  block_id: {type: text, unique: true}
  built: {type: integer}
  floors: {type: integer}
  income: {type: number}
  residents_over_65: {type: number}
  share_minority: {type: number}
""",
}


def write_job(folder: Path) -> Path:
    """The pilot's folder. Blocks differ by wealth and age; events of a kind call for more of it."""
    rng = np.random.default_rng(1)
    (folder / "contracts").mkdir(parents=True)
    (folder / "pilot.yaml").write_text(PILOT)
    for name, text in CONTRACTS.items():
        (folder / "contracts" / f"{name}.yaml").write_text(text)
    blocks = _blocks(rng)
    blocks.to_csv(folder / "blocks.csv", index=False)
    _events(rng, blocks).to_csv(folder / "events.csv", index=False)
    return folder


def _blocks(rng: np.random.Generator) -> pd.DataFrame:
    built = rng.integers(1900, 2016, BLOCKS)
    income = rng.lognormal(10.5, 0.4, BLOCKS)
    return pd.DataFrame(
        {
            "block_id": [f"B{i:05d}" for i in range(BLOCKS)],
            "built": built,
            "floors": rng.integers(1, 30, BLOCKS),
            "income": income.round(0),
            "residents_over_65": rng.gamma(4, 10, BLOCKS).round(0),
            "share_minority": np.clip(rng.beta(2, 2, BLOCKS) - (income - 38_000) / 150_000, 0, 1).round(3),
        }
    )


def _events(rng: np.random.Generator, blocks: pd.DataFrame) -> pd.DataFrame:
    """Each block has a level that wanders from quarter to quarter, higher where houses are old."""
    quarters = DAYS // 91 + 1
    level = rng.gamma(0.7, 1.0, BLOCKS) * (1 + (2015 - blocks["built"].to_numpy()) / 60)
    wander = np.exp(np.cumsum(rng.normal(0, 0.25, (BLOCKS, quarters)), axis=1))
    rate = level[:, None] * wander
    cell = rng.choice(BLOCKS * quarters, EVENTS, p=(rate / rate.sum()).ravel())
    block, quarter = np.divmod(cell, quarters)
    day = np.minimum(quarter * 91 + rng.integers(0, 91, EVENTS), DAYS - 1)
    order = np.argsort(day, kind="stable")
    return pd.DataFrame(
        {
            "event_id": [f"E{i:06d}" for i in range(EVENTS)],
            "block_id": blocks["block_id"].to_numpy()[block[order]],
            "type": rng.choice(TYPES, EVENTS, p=[0.06, 0.6, 0.34]),
            "known_on": (np.datetime64(FIRST) + day[order]).astype(str),
        }
    )
