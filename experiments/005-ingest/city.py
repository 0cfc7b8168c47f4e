"""A pilot on made-up requests of any number, one file or several, with 2,300 areas."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from requests_file import contract, write_requests

from civic_ai.data.contract import load_contracts
from civic_ai.data.snapshot import take_snapshot
from civic_ai.pilot.load import Pilot, load_pilot
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs

PILOT = """pilot: made-up
title: How many requests will come?
decision: Crews are planned
never_for: [fines]
intervention: assistive
owner: A city
contact: a@example.org
locale: en-US
time_zone: UTC
unit: {name: area, from: requests, area: area_id}
sources:
  requests: {path: "requests*.csv", contract: contracts/requests.yaml, known_at: created_at}
  areas: {path: areas.csv, key: area_id, contract: contracts/areas.yaml}
label: {from: requests, horizon_days: 7, kind: count}
as_of: {first: 2012-01-02, last: 2019-06-03, every_days: 7}
features:
  - {from: requests, count_days: [7, 28, 91, 364]}
models: {candidates: [lightgbm]}
validation: {splits: 3, test_days: 182, lockbox_days: 182}
capacity: {who: crews}
objective: mean_poisson_deviance
audit:
  attributes:
    size: {from: areas, column: residents, quantiles: 4, reference_group: q4}
review: {languages: [en]}
seed: 1
"""
AREAS = """about: Areas
publisher: A city
licence: CC0
columns:
  area_id: {type: integer, unique: true}
  residents: {type: integer, min: "0"}
"""


@dataclass(frozen=True)
class Sealed:
    """A pilot with its snapshot."""

    pilot: Pilot
    snapshot: DataSnapshot
    blobs: Blobs


def write_pilot(folder: Path, rows: int) -> Path:
    """A whole pilot with ``rows`` requests; its folder."""
    (folder / "contracts").mkdir(parents=True)
    (folder / "pilot.yaml").write_text(PILOT)
    (folder / "contracts" / "requests.yaml").write_text(contract())
    (folder / "contracts" / "areas.yaml").write_text(AREAS)
    areas = "".join(f"{area},{1000 + 7 * area}\n" for area in range(1, 2301))
    (folder / "areas.csv").write_text("area_id,residents\n" + areas)
    write_requests(folder / "requests.csv", rows)
    return folder


def sealed(folder: Path) -> Sealed:
    """The pilot of ``folder``, read, checked and sealed below it, unless that was done before."""
    pilot, blobs, kept = load_pilot(folder, {}), Blobs(folder / "blobs"), folder / "snapshot.json"
    if not kept.exists():
        policy = Policy(policy="experiment", version="1", gates=())
        kept.write_bytes(take_snapshot(pilot, load_contracts(pilot), policy, blobs).to_json())
    return Sealed(pilot, DataSnapshot.model_validate_json(kept.read_bytes()), blobs)


def unseal(folder: Path) -> Path:
    """The folder without its snapshot."""
    (folder / "snapshot.json").unlink(missing_ok=True)
    shutil.rmtree(folder / "blobs", ignore_errors=True)
    return folder
