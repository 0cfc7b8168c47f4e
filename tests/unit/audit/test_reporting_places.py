"""Maps and the survey on tables: what is stored, and for which areas."""

from __future__ import annotations

import json

import ibis
import numpy as np
import pytest

from civic_ai.audit.duplicates import Setting, find_cases
from civic_ai.audit.reporting_conditions import fit_cases
from civic_ai.audit.reporting_places import Places, compare_condition, counts_by_area, map_rates
from civic_ai.panel.polygons import read_polygons
from civic_ai.store.blobs import Blobs
from tests.unit.audit.made import POLICY, one_hot, pilot
from tests.unit.audit.test_reporting_conditions import reported

AREAS = 60


def squares():
    """Areas A00 to A59 as unit squares, ten in a row."""

    def ring(i):
        x, y = (i % 10) * 0.01, (i // 10) * 0.01
        return [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]

    features = [
        {"type": "Feature", "properties": {"area_id": f"A{i:02d}"},
         "geometry": {"type": "Polygon", "coordinates": [ring(i)]}}
        for i in range(AREAS)
    ]  # fmt: skip
    return read_polygons(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "area_id")


@pytest.fixture
def places(tmp_path):
    return Places(squares(), Blobs(tmp_path))


def _mapped(places, reports):
    cases = find_cases(reports, Setting())
    grouping = one_hot(np.array([int(name[1:]) % 2 for name in cases.areas]), 2)
    return cases, map_rates(cases, fit_cases(cases, grouping), places, POLICY)


def test_the_map_is_kept_as_a_table_with_a_row_for_every_area(places):
    _, mapped = _mapped(places, reported(incidents=6000, ratio=0.3))
    table = places.blobs.table(mapped.record.blob)
    assert table.column_names == ["area", "rate", "lower", "upper"]
    assert table["area"].to_pylist() == list(squares().areas)
    rate, lower, upper = (table[name].to_numpy() for name in ("rate", "lower", "upper"))
    reach = 1.6448536269514722 * mapped.smoothed.error
    assert POLICY.tolerances.confidence_level == 0.9
    np.testing.assert_allclose(np.log(upper / rate), reach)
    np.testing.assert_allclose(np.log(rate / lower), reach)
    odd = np.array([int(name[1:]) % 2 == 1 for name in table["area"].to_pylist()])
    assert rate[odd].mean() < rate[~odd].mean()
    assert mapped.record.highest == pytest.approx(rate.max())


def test_counts_by_area_are_those_of_the_cases(places):
    cases = find_cases(reported(incidents=2000), Setting())
    repeats, expected = counts_by_area(cases, squares().areas)
    assert repeats.sum() == cases.incidents.repeats.sum()
    assert expected.sum() == pytest.approx(repeats.sum())
    one = np.array(cases.areas)[cases.area] == "A07"
    assert repeats[7] == cases.incidents.repeats[one].sum()
    without = counts_by_area(cases, tuple(name for name in squares().areas if name != "A07"))
    for all_areas, others in zip((repeats, expected), without, strict=True):
        np.testing.assert_array_equal(others, np.delete(all_areas, 7))


def test_without_polygons_there_is_no_map(tmp_path):
    assert _mapped(Places(None, Blobs(tmp_path)), reported(incidents=500))[1] is None


HALVES = {"from": "areas", "column": "part", "categories": True, "reference_group": "0"}


def _spec(higher_is_worse, **more):
    condition = {"from": "roads", "column": "index", "higher_is_worse": higher_is_worse} | more
    reporting = {
        "method": "duplicates",
        "from": "requests",
        "incident": "i",
        "attribute": "half",
        "condition": condition,
    }
    sources = {
        "requests": {"path": "r.csv", "contract": "c.yaml", "known_at": "created_at"},
        "areas": {"path": "a.csv", "contract": "a.yaml", "key": "area_id"},
        "roads": {"path": "p.csv", "contract": "p.yaml", "key": "area_id"},
    }
    return pilot(sources=sources, audit={"attributes": {"half": HALVES}, "reporting": reporting})


@pytest.mark.parametrize("higher_is_worse", [True, False])
def test_reports_that_follow_the_condition_rank_with_it_whichever_way_it_is_measured(places, higher_is_worse):
    reports = reported(incidents=4000)
    counts = np.array([(reports.area == f"A{i:02d}").sum() for i in range(AREAS)], dtype=float)
    names = [f"A{i:02d}" for i in range(AREAS)]
    tables = {
        "areas": ibis.memtable({"area_id": names, "part": list("01" * 30), "km": [2.0] * AREAS}),
        "roads": ibis.memtable({"area_id": names[:50], "index": counts[:50] * (2 * higher_is_worse - 1)}),
    }  # fmt: skip
    spec = _spec(higher_is_worse, per="km")
    made = compare_condition(spec, tables, reports, None, (places, POLICY))
    assert made.areas == 50
    assert made.reports_follow.value == pytest.approx(1.0)
    assert made.rates_follow is None
    table = places.blobs.table(made.blob)
    assert table["reports"].to_numpy()[3] == counts[3] / 2
    assert table["worse"].to_numpy()[3] == counts[3]
    assert np.isnan(table["worse"].to_numpy()[55])


def test_without_a_survey_nothing_is_compared(places):
    assert compare_condition(pilot(), {}, reported(incidents=100), None, (places, POLICY)) is None
