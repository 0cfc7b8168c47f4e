"""The rows of one date are the panel's rows of that date, bit for bit, and stale data is no quiet city."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from civic_ai.data.contract import load_contracts
from civic_ai.deployment.cohort import Rules, find_today, newest_days, rows_of
from civic_ai.panel.build import open_panel
from civic_ai.panel.case_parts import CaseParts, case_table, case_units
from civic_ai.records.evidence import Evidence
from civic_ai.records.panel import PanelManifest
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import dates_of, made_cases, parts_of
from tests.unit.panel.cities import City, lenient

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


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Blobs, CaseParts]:
    city, blobs = made_cases(3, per_day=2), Blobs(tmp_path_factory.mktemp("cases"))
    return city, blobs, parts_of(city, blobs)


@pytest.mark.parametrize("number", [-9, -2, -1])
def test_the_columns_of_cases_are_the_panels(cases: tuple[City, Blobs, CaseParts], number: int) -> None:
    """Of dates after the first cutoff: from then on it is settled which kinds have a column."""
    city, blobs, parts = cases
    spec, snapshot = city.seal(blobs)
    as_of = dates_of(city)[number]
    made = rows_of(spec, as_of, snapshot, lenient(), blobs)
    whole = case_table(parts).to_pandas(date_as_object=False)
    expected = whole[whole["as_of"] == pd.Timestamp(as_of)].reset_index(drop=True)
    assert list(made["unit"]) == list(expected["unit"])
    assert len(made) > 0
    areas = case_units(parts).to_pandas().set_index("unit")["area"]
    assert list(made["area"]) == list(areas[made["unit"]])
    assert set(made["as_of"]) == {pd.Timestamp(as_of)}
    for column in parts.features:
        name = column.record.name
        assert np.array_equal(made[name].to_numpy(), expected[name].to_numpy(), equal_nan=True), name


def test_how_far_each_source_can_tell(sealed: Sealed) -> None:
    contracts = load_contracts(sealed.pilot)
    today = find_today(sealed.pilot, LAST, Rules(contracts, sealed.policy), sealed.blobs)
    assert newest_days(sealed.pilot.spec, LAST, today.snapshot) == {"requests": LAST, "weather": LAST}
    assert newest_days(sealed.pilot.spec, date(2030, 1, 1), today.snapshot)["requests"] < date(2025, 2, 1)
