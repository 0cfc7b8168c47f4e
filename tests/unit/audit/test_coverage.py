"""Whether intervals hold for every group: planted failure is named, its absence is not."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.audit.cells import CELLS
from civic_ai.audit.coverage import (
    _enough,
    champions_rows,
    coverage_cells,
    measure_coverage,
    told_outcomes,
)
from civic_ai.audit.given import read_given
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import Predictions
from tests.unit.audit.city import AREAS, evaluated
from tests.unit.audit.made import POLICY, one_hot, policy

HALF = {"from": "areas", "column": "income", "quantiles": 2, "reference_group": "q1"}
HALVES = {"attributes": {"half": HALF}}


def _covered(folder, held, *, overall="pass", chosen=POLICY):
    made = evaluated(folder, counts=True, held=held, spec={"audit": HALVES})
    evaluation = made.evaluation.model_copy(update={"coverage_verdict": overall})
    return measure_coverage(read_given(made.spec, evaluation, made.blobs), chosen)


def test_coverage_of_a_group_is_that_of_a_plain_count(tmp_path):
    made = evaluated(tmp_path, counts=True, held=(0.95, 0.7), spec={"audit": HALVES})
    rows = made.blobs.table(made.evaluation.lockbox_blob).to_pandas()
    odd = rows[rows["unit"].astype(str).str[1:].astype(int) % 2 == 1]
    covered = measure_coverage(read_given(made.spec, made.evaluation, made.blobs), POLICY)
    (figure,) = (item.figure for item in covered.figures if item.group == "q2")
    assert figure.value == pytest.approx(((odd.lower <= 5) & (odd.upper >= 5)).mean())
    assert figure.n == len(odd) == 900


def test_intervals_that_hold_everywhere_pass(tmp_path):
    assert _covered(tmp_path, (0.93, 0.94)).verdict == "pass"


def test_intervals_that_fail_in_one_group_fail_and_the_group_is_named(tmp_path):
    covered = _covered(tmp_path, (0.97, 0.7))
    assert (covered.verdict, covered.worst.group, covered.worst.metric) == ("fail", "q2", "interval_coverage")
    assert covered.worst.figure.value == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize("overall", ["fail", "unknown", "insufficient_evidence"])
def test_the_verdict_over_all_counts_too(tmp_path, overall):
    assert _covered(tmp_path, (0.93, 0.94), overall=overall).verdict == overall


def test_groups_with_too_few_rows_decide_nothing(tmp_path):
    covered = _covered(tmp_path, (0.97, 0.7), chosen=policy(group_events=901))
    assert (covered.verdict, covered.worst) == ("pass", None)
    assert len(covered.figures) == 2


def test_without_intervals_nothing_is_known(tmp_path):
    covered = _covered(tmp_path, None)
    assert (covered.verdict, covered.figures, covered.worst) == ("unknown", (), None)


def _events(folder, *, steady):
    """Events in 12 areas of 5 units; where it is not ``steady``, the last period brings more to odd areas."""
    made = evaluated(folder, held=(1.0, 1.0), spec={"audit": HALVES})
    areas = [f"A{unit % 12:02d}" for unit in range(AREAS)]
    units = made.blobs.table(made.blobs.record(PanelManifest, _panel_of(made)).units_blob)
    units = units.set_column(1, "area", pa.array(areas))
    rng = np.random.default_rng(3)
    tests, lockbox = (
        _event_rows(rng, first, weeks, rate)
        for first, weeks, rate in (
            (date(2023, 1, 2), 104, (0.3, 0.3)),
            (date(2025, 1, 6), 16, (0.3, 0.3 if steady else 0.7)),
        )
    )
    predictions = made.blobs.record(Predictions, made.evaluation.predictions)
    panel = made.blobs.record(PanelManifest, predictions.panel)
    panel = panel.model_copy(update={"units_blob": made.blobs.put_table(units)})
    predictions = predictions.model_copy(
        update={"blob": made.blobs.put_table(tests), "panel": made.blobs.put_record(panel)}
    )
    evaluation = made.evaluation.model_copy(
        update={"predictions": made.blobs.put_record(predictions),
                "lockbox_blob": made.blobs.put_table(lockbox)}
    )  # fmt: skip
    return read_given(made.spec, evaluation, made.blobs)


def _panel_of(made):
    return made.blobs.record(Predictions, made.evaluation.predictions).panel


def _event_rows(rng, first, weeks, rate):
    unit, week = np.tile(np.arange(AREAS), weeks), np.repeat(np.arange(weeks), AREAS)
    return pa.table(
        {
            "unit": [f"A{u:02d}" for u in unit],
            "as_of": pa.array([first + timedelta(days=7 * int(w)) for w in week], pa.date32()),
            "split": ["1"] * len(unit),
            "candidate": ["lightgbm"] * len(unit),
            "score": np.full(len(unit), 0.3),
            "lower": pa.nulls(len(unit), pa.float64()),
            "upper": pa.nulls(len(unit), pa.float64()),
            "label": (rng.random(len(unit)) < np.array(rate)[unit % 2]).astype(float),
        }
    )


def test_events_are_told_by_totals_of_an_area_on_a_date(tmp_path):
    given = _events(tmp_path, steady=True)
    told = told_outcomes(given, POLICY)
    assert len(told) == 12 * 16
    assert (
        told["label"].sum()
        == champions_rows(given.blobs.table(given.evaluation.lockbox_blob), given)["label"].sum()
    )
    covered = measure_coverage(given, POLICY)
    assert {item.group: item.figure.n for item in covered.figures} == {"q1": 96, "q2": 96}
    assert all(item.figure.value >= 0.85 for item in covered.figures)


def test_events_that_come_more_often_in_one_group_break_its_intervals(tmp_path):
    covered = measure_coverage(_events(tmp_path, steady=False), POLICY)
    assert (covered.verdict, covered.worst.group) == ("fail", "q2")


def test_an_area_counts_once_however_many_units_it_has(tmp_path):
    given = _events(tmp_path, steady=True)
    cells = coverage_cells(told_outcomes(given, POLICY), given.units.num_rows)
    told = cells[:, CELLS.index("told")]
    assert sorted(set(told.tolist())) == [0.0, 16.0]
    assert (told > 0).sum() == 12


@pytest.mark.parametrize(("rows", "enough"), [(29.0, False), (30.0, True)])
def test_so_many_rows_as_the_policy_asks_for_are_enough(rows, enough):
    sums = SimpleNamespace(grouping=one_hot(np.array([0, 1]), 2), events=np.array([90.0, rows]))
    assert _enough(sums, 30) == {("part", "g0"), *([("part", "g1")] if enough else [])}
