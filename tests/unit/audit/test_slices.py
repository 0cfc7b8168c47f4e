"""Places that are served worst, found without a group: planted neglect is found, noise is not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.audit.disparity import measure
from civic_ai.audit.given import read_given
from civic_ai.audit.measured import measure_groups
from civic_ai.audit.metrics import METRICS
from civic_ai.audit.rates import sum_groups
from civic_ai.audit.slices import other_half, search_slices, unit_features
from civic_ai.records.panel import Feature
from tests.unit.audit.city import AREAS, TESTED, evaluated
from tests.unit.audit.made import LANGUAGE, PERIOD, POLICY, cells_of, pilot

SEARCH = {"attributes": {"language": LANGUAGE}, "search_slices": True}


def _search(cells, features, seed=3, metric="recall"):
    """The search on plain sums: what a pilot's records would give."""
    units = len(cells)
    table = pa.table(
        {"unit": [f"u{i}" for i in range(units)], "as_of": pa.array([TESTED] * units, pa.date32())} | features
    )
    given = SimpleNamespace(
        spec=pilot(audit=SEARCH, seed=seed),
        clusters=np.arange(units),
        units=table,
        blobs=SimpleNamespace(table=lambda _: table),
        panel=SimpleNamespace(blob="", features=[SimpleNamespace(name=name) for name in features]),
        tested=lambda: table,
        codes=lambda rows: np.arange(rows.num_rows),
    )
    made = SimpleNamespace(
        cells=cells,
        asked=SimpleNamespace(leading=(metric,)),
        leading=lambda groupings: {
            metric: measure(sum_groups(cells, groupings, seed=1), METRICS[metric], PERIOD)
        },
    )
    return search_slices(given, made, POLICY)


def _cells(rng, recall):
    events = rng.poisson(8, len(recall))
    return cells_of(rows=events + 5, events=events, found=rng.binomial(events, recall))


def test_neglect_of_places_that_no_group_names_is_found_and_judged_elsewhere():
    rng = np.random.default_rng(1)
    age, slope = rng.random(400), rng.random(400)
    cells = _cells(rng, np.where((age > 0.5) & (slope <= 0.5), 0.15, 0.6))
    made = _search(cells, {"age": age, "slope": slope, "noise": rng.random(400)})
    worst = made.slices[0]
    assert worst.where.startswith("age > ")
    assert "slope <= " in worst.where
    assert (worst.verdict, made.verdict) == ("fail", "fail")
    assert worst.ratio.value == pytest.approx(0.15 / 0.49, abs=0.12)
    assert worst.places < 200
    assert worst.events < 0.5 * cells[:, 2].sum()


def test_what_is_found_by_chance_does_not_hold_on_the_other_half():
    """40 cities that serve all alike: the worst of hundreds of slices must not be failed (honest split)."""
    rng, failed, ratios = np.random.default_rng(2), 0, []
    for run in range(40):
        features = {name: rng.random(200) for name in ("a", "b", "c", "d")}
        made = _search(_cells(rng, np.full(200, 0.5)), features, seed=run)
        failed += made.verdict == "fail"
        ratios += [one.ratio.value for one in made.slices]
    assert failed == 0
    assert np.mean(ratios) == pytest.approx(1, abs=0.02)


def test_where_being_chosen_is_the_harm_the_worst_slice_is_chosen_most():
    rng = np.random.default_rng(3)
    age, rows = rng.random(400), np.full(400, 20.0)
    cells = cells_of(
        rows=rows, positives=2.0, selected=rng.binomial(18, np.where(age > 0.5, 0.6, 0.2)) * 1.0, events=2.0
    )
    worst = _search(cells, {"age": age}, metric="false_positive_rate").slices[0]
    assert worst.where.startswith("age > ")
    assert worst.ratio.value > 1.25
    assert worst.verdict == "fail"


def test_the_halves_are_whole_areas_and_depend_on_the_seed():
    clusters = np.repeat(np.arange(30), 7)
    judged = other_half(clusters, 5)
    assert judged.reshape(30, 7).all(axis=1).sum() == 15
    assert judged.reshape(30, 7).any(axis=1).sum() == 15
    assert (other_half(clusters, 6) != judged).any()


def _with_panel(folder):
    made = evaluated(folder, spec={"audit": SEARCH})
    read = read_given(made.spec, made.evaluation, made.blobs)
    days = [TESTED.replace(year=2020), TESTED]
    rows = pa.table(
        {
            "unit": [f"A{area:02d}" for area in range(AREAS)] * 2,
            "as_of": pa.array([day for day in days for _ in range(AREAS)], pa.date32()),
            "odd": [1e6] * AREAS + [float(area % 2) for area in range(AREAS)],
            "kind": ["x"] * 2 * AREAS,
        }
    )
    features = tuple(
        Feature(name=name, source="requests", known_by="created_at", family="history")
        for name in ("odd", "kind")
    )
    panel = read.panel.model_copy(update={"blob": made.blobs.put_table(rows), "features": features})
    return replace(read, panel=panel)


def test_features_are_those_of_the_test_dates_and_numbers_only(tmp_path):
    made = unit_features(_with_panel(tmp_path))
    assert list(made) == ["odd"]
    assert made["odd"].tolist() == [float(area % 2) for area in range(AREAS)]


def test_a_pilot_that_does_not_ask_is_not_searched(tmp_path):
    read = _with_panel(tmp_path)
    audit = read.spec.audit.model_copy(update={"search_slices": False})
    given = replace(read, spec=read.spec.model_copy(update={"audit": audit}))
    assert search_slices(given, measure_groups(read, POLICY), POLICY) is None
    found = search_slices(read, measure_groups(read, POLICY), POLICY)
    assert found.tried == 3
    assert [one.metric for one in found.slices] in ([], ["recall"])


def test_the_worst_slice_comes_first_as_the_other_half_sees_it():
    rng, seen = np.random.default_rng(5), 0
    for run in range(6):
        features = {name: rng.random(200) for name in ("a", "b", "c")}
        ratios = [
            one.ratio.value for one in _search(_cells(rng, np.full(200, 0.5)), features, seed=run).slices
        ]
        assert ratios == sorted(ratios)
        seen += len(ratios)
    assert seen > 6
