"""The rows of one date are the panel's rows of that date, bit for bit, and stale data is no quiet city."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from civic_ai.data.contract import load_contracts
from civic_ai.deployment.cohort import Rules, find_today, newest_days, rows_of
from civic_ai.panel.build import open_panel
from civic_ai.records.evidence import Evidence
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot

from .conftest import LAST, Sealed


def evidence_of(sealed: Sealed) -> Evidence:
    return Evidence.model_validate_json((sealed.dossier / "evidence.json").read_bytes())


@pytest.mark.parametrize("as_of", [date(2021, 1, 4), date(2022, 10, 10), date(2024, 12, 2)])
def test_the_columns_are_the_panels(sealed: Sealed, as_of: date) -> None:
    evidence = evidence_of(sealed)
    panel = open_panel(sealed.blobs.record(PanelManifest, evidence.panel), sealed.blobs)
    policy = sealed.blobs.record(Policy, evidence.policy)
    snapshot = sealed.blobs.record(DataSnapshot, evidence.snapshot)
    made = rows_of(sealed.pilot.spec, as_of, snapshot, policy, sealed.blobs)
    expected = panel.frame[panel.frame["as_of"] == pd.Timestamp(as_of)].reset_index(drop=True)
    assert len(made) == len(expected) > 0
    assert list(made["unit"]) == list(expected["unit"])
    for feature in panel.manifest.features:
        one, other = made[feature.name].to_numpy(), expected[feature.name].to_numpy()
        assert np.array_equal(one, other, equal_nan=True), feature.name


def test_how_far_each_source_can_tell(sealed: Sealed) -> None:
    contracts = load_contracts(sealed.pilot)
    today = find_today(sealed.pilot, LAST, Rules(contracts, sealed.policy), sealed.blobs)
    assert newest_days(sealed.pilot.spec, LAST, today.snapshot) == {"requests": LAST, "weather": LAST}
    assert newest_days(sealed.pilot.spec, date(2030, 1, 1), today.snapshot)["requests"] < date(2025, 2, 1)
