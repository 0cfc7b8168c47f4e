"""What Houston's files really hold, as the pilot's README says it. Needs the real data."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from civic_ai.data.contract import load_contracts
from civic_ai.data.snapshot import take_snapshot
from civic_ai.panel.build import build_panel
from civic_ai.pilot.load import load_pilot
from civic_ai.policy.load import load_policy
from civic_ai.store.blobs import Blobs

ROOT = Path(__file__).parents[2]
PILOT = ROOT / "pilots" / "houston-potholes"
DATA = Path(os.environ.get("CIVIC_AI_DATA", ROOT.parent / "shared" / "data")).resolve()
README = " ".join((PILOT / "README.md").read_text("utf-8").split())

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (DATA / "houston").is_dir(), reason=f"no folder {DATA}/houston: set CIVIC_AI_DATA"
    ),
]


@pytest.fixture(scope="module")
def blobs(tmp_path_factory):
    return Blobs(tmp_path_factory.mktemp("houston") / "blobs")


@pytest.fixture(scope="module")
def pilot():
    return load_pilot(PILOT, {"CIVIC_AI_DATA": str(DATA)})


@pytest.fixture(scope="module")
def snapshot(pilot, blobs):
    contracts, policy = load_contracts(pilot), load_policy(None)
    for record in (pilot.spec, policy, *contracts.values()):
        blobs.put_record(record)
    return take_snapshot(pilot, contracts, policy, blobs)


@pytest.fixture(scope="module")
def panel(pilot, snapshot, blobs):
    return build_panel(pilot.spec, snapshot, load_policy(None), blobs)


def test_every_row_is_accounted_for(snapshot):
    requests = snapshot.source("requests")
    assert requests.rows_read == 69_714
    assert requests.rows + requests.quarantined + requests.duplicates == 69_714


def test_exact_repeats_are_set_aside(snapshot):
    assert snapshot.source("requests").duplicates == 5_200
    assert "5,200 of 69,714 rows" in README


def test_four_cases_with_two_places_break_the_contract(snapshot):
    (broken,) = snapshot.source("requests").broken_rules
    assert (broken.rule, broken.column, broken.rows) == ("unique", "request_id", 8)


def test_all_areas_have_people_and_an_outline(snapshot, panel, blobs):
    assert snapshot.source("areas").rows == 88
    units = blobs.table(panel.units_blob).to_pydict()
    assert len(set(units["area"])) == 88
    assert f"{panel.units:,} squares" in README


def test_places_are_missing_unevenly_and_the_gate_says_so(panel):
    assert panel.location.verdict == "fail"
    shares = {year: round(100 * share) for year, share in panel.location.by_year.items()}
    for year, share in shares.items():
        assert re.search(rf"{share} % in {year}", README), (year, share)


def test_the_weeks_of_the_hurricane_stand_out(snapshot):
    weeks = {found.values.get("week") for found in snapshot.findings if found.code == "burst"}
    assert {"2017-08-21", "2017-08-28", "2017-09-04", "2017-09-11", "2017-09-18"} <= weeks


def test_nobody_states_a_licence(snapshot):
    assert snapshot.sources_without_licence == 3


def test_nothing_knows_the_future(panel):
    assert panel.leaks_found == 0


def test_what_is_known_only_afterwards_is_declared(pilot):
    columns = load_contracts(pilot)["requests"].columns
    later = {name for name, column in columns.items() if column.known == "afterwards"}
    assert later == {"due_at", "closed_at", "status", "sla_days", "overdue_days", "queue"}
