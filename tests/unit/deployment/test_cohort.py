"""The rows of one date are the panel's rows of that date, bit for bit, and stale data is no quiet city."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from civic_ai.core.errors import DataError
from civic_ai.core.messages import written_date
from civic_ai.data.contract import load_contracts
from civic_ai.deployment.cohort import Rules, find_today, newest_days, refuse_stale, rows_of
from civic_ai.panel.baseline_columns import RESERVED
from civic_ai.panel.build import open_panel
from civic_ai.panel.case_parts import CaseParts, case_table, case_units
from civic_ai.panel.parts import STEP
from civic_ai.records.contract import Freshness
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
    made = rows_of(sealed.pilot.spec, [as_of], snapshot, policy, sealed.blobs)
    expected = panel.frame[panel.frame["as_of"] == pd.Timestamp(as_of)].reset_index(drop=True)
    assert len(made) == len(expected) > 0
    assert list(made["unit"]) == list(expected["unit"])
    assert set(made) == {*expected.columns, "area", "type"}
    names = [feature.name for feature in panel.manifest.features] + reserved(expected)
    assert len(reserved(expected)) == 6
    for name in names:
        one, other = made[name].to_numpy(), expected[name].to_numpy()
        assert np.array_equal(one, other, equal_nan=True), name


def reserved(panel: pd.DataFrame) -> list[str]:
    """What simple rules read of a panel."""
    return [name for name in panel.columns if name.startswith(RESERVED)]


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
    made = rows_of(spec, [as_of], snapshot, lenient(), blobs)
    whole = case_table(parts).to_pandas(date_as_object=False)
    expected = whole[whole["as_of"] == pd.Timestamp(as_of)].reset_index(drop=True)
    assert list(made["unit"]) == list(expected["unit"])
    assert len(made) > 0
    assert set(made) == {*expected.columns, "area", "type"}
    areas = case_units(parts).to_pandas().set_index("unit")["area"]
    assert list(made["area"]) == list(areas[made["unit"]])
    assert (set(made["as_of"]), set(made[STEP])) == ({pd.Timestamp(as_of)}, {0})
    assert len(reserved(expected)) > 1
    for name in [*(column.record.name for column in parts.features), *reserved(expected)]:
        assert np.array_equal(made[name].to_numpy(), expected[name].to_numpy(), equal_nan=True), name


@pytest.mark.parametrize("numbers", [[0], [-5, -1]])
def test_the_first_list_of_all_and_several_at_once_have_their_cases_too(
    cases: tuple[City, Blobs, CaseParts], numbers: list[int]
) -> None:
    city, blobs, parts = cases
    spec, snapshot = city.seal(blobs)
    dates = [dates_of(city)[number] for number in numbers]
    whole = case_table(parts).to_pandas(date_as_object=False)
    expected = whole[whole["as_of"].isin(pd.to_datetime(dates))]
    made = rows_of(spec, dates, snapshot, lenient(), blobs)
    assert set(made["as_of"]) == set(pd.to_datetime(dates))
    assert sorted(zip(made["as_of"], made["unit"], strict=True)) == sorted(
        zip(expected["as_of"], expected["unit"], strict=True)
    )


def test_how_far_each_source_can_tell(sealed: Sealed) -> None:
    contracts = load_contracts(sealed.pilot)
    today = find_today(sealed.pilot, LAST, Rules(contracts, sealed.policy), sealed.blobs)
    assert newest_days(sealed.pilot.spec, LAST, today.snapshot) == {"requests": LAST, "weather": LAST}
    assert newest_days(sealed.pilot.spec, date(2030, 1, 1), today.snapshot)["requests"] < date(2025, 2, 1)


@pytest.mark.parametrize("within_days", [3, 45])
def test_data_may_be_as_old_as_promised_and_no_older(sealed: Sealed, within_days: int) -> None:
    """By the source's contract; one that promises nothing may miss one period of the list."""
    told = load_contracts(sealed.pilot)
    first, last = (
        told | {"requests": told["requests"].model_copy(update={"freshness": fresh})}
        for fresh in (Freshness(column="created_at", within_days=within_days), None)
    )
    newest = newest_days(sealed.pilot.spec, date(2030, 1, 1), snapshot_of(sealed))["requests"]
    for contracts, days in ((first, within_days), (last, sealed.pilot.spec.as_of.every_days)):
        refuse_stale(sealed.pilot.spec, newest + timedelta(days), contracts, snapshot_of(sealed))
        says = f"requests: ends on {written_date(newest, 'en')}, more than {days} days before"
        with pytest.raises(DataError, match=says):
            refuse_stale(sealed.pilot.spec, newest + timedelta(days + 1), contracts, snapshot_of(sealed))


def test_a_source_without_dates_or_without_rows_tells_no_day(sealed: Sealed) -> None:
    snapshot, spec = snapshot_of(sealed), sealed.pilot.spec
    undated = spec.sources["weather"].model_copy(update={"known_at": None})
    without = spec.model_copy(update={"sources": {**spec.sources, "weather": undated}})
    assert set(newest_days(without, LAST, snapshot)) == {"requests"}
    empty = tuple(source.model_copy(update={"period": None}) for source in snapshot.sources)
    assert newest_days(spec, LAST, snapshot.model_copy(update={"sources": empty})) == {}


def snapshot_of(sealed: Sealed) -> DataSnapshot:
    return sealed.blobs.record(DataSnapshot, evidence_of(sealed).snapshot)
