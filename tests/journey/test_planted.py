"""Planted faults are named; clean cities raise no alarm.

Every run draws fresh seeds (printed, so that a failure can be repeated with ``PLANTED_SEED``).
"""

from __future__ import annotations

import os
import re
import secrets
from collections import Counter

import numpy as np
import pytest

from civic_ai.audit.audit import audit_champion
from civic_ai.core.errors import ConfigError, DataError
from civic_ai.data.contract import load_contracts
from civic_ai.data.snapshot import take_snapshot
from civic_ai.evaluation.evaluate import evaluate
from civic_ai.models.fit import fit_candidates
from civic_ai.panel.build import build_panel
from civic_ai.pilot.load import load_pilot
from civic_ai.policy.load import load_policy
from civic_ai.runner import run
from civic_ai.store.blobs import Blobs
from tests.journey import faults
from tests.journey.tiny import quick

SEED = int(os.environ.get("PLANTED_SEED", secrets.randbelow(1_000_000)))
CLEAN_CITIES = 20
EVERY = (*faults.FINDINGS, *faults.BROKEN_CONTRACTS, *faults.LEAKS, faults.LOCATION)
HARMLESS = {"quarantined_rows", "events_outside_units"}
"""Warnings that every city has (two in a hundred requests lack a place) or that repeat a broken rule."""


def look(folder, tmp_path):
    """Snapshot and panel of a pilot, with the blobs that hold them."""
    pilot, policy, blobs = load_pilot(folder, {}), load_policy(None), Blobs(tmp_path / "blobs")
    contracts = load_contracts(pilot)
    for record in (pilot.spec, policy, *contracts.values()):
        blobs.put_record(record)
    snapshot = take_snapshot(pilot, contracts, policy, blobs)
    blobs.put_record(snapshot)
    panel = build_panel(pilot.spec, snapshot, policy, blobs)
    blobs.put_record(panel)
    return pilot.spec, snapshot, panel, policy, blobs


def alarms(snapshot, panel):
    """Everything that the data and panel stages tell as a warning or worse: code, column, rows."""
    told = [
        (one.code, one.column, one.count)
        for one in (*snapshot.findings, *panel.findings)
        if one.severity != "note" and one.code not in HARMLESS
    ]
    told += [
        (rule.rule, rule.column, rule.rows) for source in snapshot.sources for rule in source.broken_rules
    ]
    told += [(leak.form, leak.column, leak.rows) for leak in panel.leaks]
    if panel.location.verdict != "pass":
        told.append(("location", None, None))
    return told


def is_told(wanted, told):
    return any(
        code == wanted.code and wanted.column in (None, column) and wanted.count in (None, count)
        for code, column, count in told
    )


@pytest.mark.parametrize("fault", EVERY, ids=lambda fault: fault.name)
def test_a_planted_fault_is_named_and_nothing_else(fault, tmp_path):
    folder, wanted = faults.planted(fault, SEED, tmp_path / "pilot")
    _, snapshot, panel, _, _ = look(folder, tmp_path)
    told = alarms(snapshot, panel)
    assert is_told(wanted, told), f"seed {SEED}: {wanted} is not among {told}"
    assert {code for code, _, _ in told} == {wanted.code}, f"seed {SEED}: {told}"


@pytest.fixture(scope="module")
def told_to_the_board(tmp_path_factory):
    """The whole way with a copied week, unknown words and a feature that knows the future, all at once."""
    here = tmp_path_factory.mktemp("board")
    together = (faults.FINDINGS[0], faults.BROKEN_CONTRACTS[0], faults.LEAKS[0])
    folder, wanted = faults.planted_together(together, SEED, here / "pilot")
    done = run(folder, quick(here / "workspace"))
    cards = [path.read_text("utf-8") for path in sorted((done.dossier / "board").glob("*.en.html"))]
    return done, wanted, re.sub(r"<[^>]*>", " ", " ".join(cards))


@pytest.mark.slow
def test_planted_faults_of_the_data_are_named_in_the_report(told_to_the_board):
    _, (_, word, _), cards = told_to_the_board
    copied = r"The week of [^:]* repeats the week of [^:]*:\s+\d+\s+rows are the same"
    assert re.search(copied, cards), f"seed {SEED}"
    assert re.search(rf"{word.code}\s+{word.column}\s+{word.count}\b", cards), f"seed {SEED}"


@pytest.mark.slow
def test_a_planted_leak_closes_its_gate(told_to_the_board):
    done, (_, _, leak), _ = told_to_the_board
    assert {check.gate: check.verdict for check in done.gates.checks}["leak-search-clean"] == "fail"
    assert not done.gates.is_ready
    assert f'"{leak.column}"' in (done.dossier / "full" / "records" / "panel.json").read_text("utf-8")


@pytest.mark.slow
def test_a_planted_leak_is_named_in_the_report(told_to_the_board):
    _, (_, _, leak), cards = told_to_the_board
    assert leak.column in cards


@pytest.mark.slow
def test_clean_cities_raise_no_alarm(tmp_path, capsys):
    counted = Counter()
    for seed in range(SEED, SEED + CLEAN_CITIES):
        _, snapshot, panel, _, _ = look(faults.clean(seed, tmp_path / str(seed)), tmp_path)
        counted.update(code for code, _, _ in alarms(snapshot, panel))
        assert panel.leaks_found == 0, f"seed {seed}: {panel.leaks}"
    with capsys.disabled():
        total = counted.total()
        print(f"\nfalse alarms on {CLEAN_CITIES} clean cities (seed {SEED}): {total} {dict(counted)}")
    assert counted.total() <= 1


@pytest.mark.parametrize("share", [0.03, 0.3])
def test_a_contract_broken_too_often_stops_the_run(share, tmp_path):
    made = faults.draft(faults.CitySettings(size="tiny", seed=SEED))
    requests = made.tables["requests"]
    chosen = np.random.default_rng(SEED).random(len(requests)) < share
    requests.loc[chosen, "status"] = "pending"
    with pytest.raises(DataError) as caught:
        look(faults.write(made, tmp_path / "pilot"), tmp_path)
    assert caught.value.exit_code == 4
    assert "requests" in caught.value.text()


@pytest.mark.parametrize("change", ["missing", "undeclared"])
def test_a_column_that_is_not_as_promised_stops_the_run(change, tmp_path):
    made = faults.draft(faults.CitySettings(size="tiny", seed=SEED))
    requests = made.tables["requests"]
    column = "status" if change == "missing" else "mood"
    made.tables["requests"] = (
        requests.drop(columns=column) if change == "missing" else requests.assign(mood="fine")
    )
    with pytest.raises(DataError, match=column):
        look(faults.write(made, tmp_path / "pilot"), tmp_path)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("reporter_name", ["Ana Souza", "John Smith", "María López"]),
        ("phone", ["+1 713 555 0101", "(713) 555-0102", "713-555-0103"]),
        ("contact", ["ana@example.org", "j.smith@example.com", "m@example.net"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_personal_columns_stop_the_run_until_they_are_declared(column, values, tmp_path):
    made = faults.draft(faults.CitySettings(size="tiny", seed=SEED))
    requests = made.tables["requests"]
    requests[column] = np.random.default_rng(SEED).choice(values, len(requests))
    made.contracts["requests"]["columns"][column] = {"type": "text"}
    with pytest.raises(ConfigError, match=column):
        look(faults.write(made, tmp_path / "undeclared"), tmp_path)
    made.contracts["requests"]["columns"][column]["drop"] = "true"
    _, snapshot, panel, _, _ = look(faults.write(made, tmp_path / "dropped"), tmp_path)
    assert column in snapshot.source("requests").dropped_columns
    assert alarms(snapshot, panel) == []


def test_the_truth_cannot_be_read_by_a_pilot(tmp_path):
    """Renamed and declared column by column, a truth file is still no table."""
    from civic_ai.data.synthetic import write_city

    paths = write_city("tiny", SEED, tmp_path)
    made = faults.draft(faults.CitySettings(size="tiny", seed=SEED))
    folder = faults.write(made, tmp_path / "pilot")
    (folder / "areas.csv").write_bytes(paths["truth_areas"].read_bytes())
    with pytest.raises(DataError):
        look(folder, tmp_path)


def reporting(folder, tmp_path):
    """The audit's answer to: who does not report?"""
    spec, _, panel, policy, blobs = look(folder, tmp_path)
    predictions = fit_candidates(spec, panel, policy, blobs)
    blobs.put_record(predictions)
    evaluation = evaluate(spec, predictions, policy, blobs)
    blobs.put_record(evaluation)
    return audit_champion(spec, evaluation, policy, blobs).reporting


def test_a_group_that_does_not_report_is_named(tmp_path):
    """In each of two cities; their geometric mean meets the planted ratio, so that one draw is not all."""
    ratios = []
    for seed in (SEED, SEED + 1):
        found = reporting(faults.silent_group(seed, tmp_path / f"pilot-{seed}"), tmp_path)
        assert found.verdict == "fail", f"seed {seed}: {found}"
        worst = min(found.groups, key=lambda group: group.ratio.value or 1)
        assert (worst.group, worst.verdict) == ("minority", "fail")
        ratios.append(worst.ratio.value)
    assert np.exp(np.mean(np.log(ratios))) == pytest.approx(0.2, rel=0.4), f"seed {SEED}: {ratios}"


def test_a_city_where_all_report_alike_is_not_accused(tmp_path):
    found = reporting(faults.fair_city(SEED, tmp_path / "pilot"), tmp_path)
    assert found.verdict != "fail", f"seed {SEED}: {found}"
