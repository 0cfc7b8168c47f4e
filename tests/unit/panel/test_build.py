from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.panel import build
from civic_ai.panel.build import build_panel, make_parts, open_panel
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import EVERYTHING, FIRST, GRID, TYPED, City, lenient, made_city, with_gaps


def full_city(seed: int = 3) -> City:
    return made_city(seed, per_area=80).with_spec(features=EVERYTHING)


def test_the_manifest_says_what_the_table_holds(blobs: Blobs) -> None:
    city = full_city().with_spec(unit=GRID, cohort={"seen_within_days": 60})
    spec, snapshot = city.seal(blobs)
    manifest = build_panel(spec, snapshot, lenient(), blobs)
    panel = open_panel(manifest, blobs)
    frame = panel.frame
    assert manifest.spec == spec.digest
    assert manifest.snapshot == snapshot.digest
    assert manifest.rows == len(frame)
    assert manifest.units == len(panel.units) > frame.unit.nunique() > 0
    assert manifest.as_of_dates == frame.as_of.nunique() == 30
    assert (manifest.period.first, manifest.period.last) == (FIRST, FIRST + timedelta(days=7 * 29))
    assert manifest.unmatured_rows == frame.label.isna().sum()
    assert manifest.events == frame.label.sum() > 0
    assert manifest.label_rate == pytest.approx(frame.label.mean())
    assert manifest.horizon_days == 14
    assert manifest.label_kind == "event"
    latest = max(city.tables["requests"].column("created_at")).date()
    assert manifest.last_known_on == str(latest)
    rules = "year_count quarter_count recent_count last_value seasonal_naive season_index"
    baselines = [f"baseline_{name}" for name in rules.split()]
    features = [feature.name for feature in manifest.features]
    assert list(frame.columns) == ["unit", "as_of", "step", *features, *baselines, "label"]
    assert list(panel.units.columns) == ["unit", "area", "type", "lat", "lon", "row", "col", "observer"]
    assert (manifest.question, manifest.steps, manifest.types) == ("ranking", 1, ())
    assert manifest.rows_in_gaps == 0
    assert frame.as_of.dtype.kind == "M"
    assert manifest.leaks_found == 0


def test_the_panel_is_the_same_bytes_each_time(blobs: Blobs) -> None:
    spec, snapshot = full_city().seal(blobs)
    made = [build_panel(spec, snapshot, lenient(), blobs) for _ in range(2)]
    assert made[0].digest == made[1].digest


def test_every_event_in_a_window_is_in_a_row_or_counted_as_outside(blobs: Blobs) -> None:
    city = full_city().with_spec(label={**full_city().spec["label"], "kind": "count", "horizon_days": 7})
    requests = city.tables["requests"]
    rows = [(*row[:3], None, *row[4:]) if i % 6 == 0 else row for i, row in enumerate(requests.rows)]
    city = city.with_table("requests", requests.with_rows(rows))
    manifest = build_panel(*city.seal(blobs), lenient(), blobs)
    end = FIRST + timedelta(days=7 * 30)
    within = [row for row in rows if row[1] == "pothole" and FIRST < row[2].date() <= end]
    assert manifest.unmatured_rows == 0
    assert manifest.events + manifest.events_outside_cohort == len(within)
    assert manifest.events_outside_cohort == sum(row[3] is None for row in within) > 0


def test_too_few_events_end_with_the_number_that_it_would_take(blobs: Blobs) -> None:
    city = made_city(1, per_area=30)
    spec, snapshot = city.seal(blobs)
    cutoff = make_parts(spec, snapshot, blobs).scope.splits[0].cutoff
    events = sum(
        FIRST < row[2].date() <= cutoff for row in city.tables["requests"].rows if row[1] == "pothole"
    )
    with pytest.raises(
        DataError, match=f"has {events} events to learn from; it takes {events + 1}"
    ) as raised:
        build_panel(spec, snapshot, lenient(training_events=events + 1), blobs)
    assert raised.value.exit_code == 4
    assert build_panel(spec, snapshot, lenient(training_events=events), blobs).events > 0


def test_a_panel_that_no_machine_holds_is_refused(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MOST_ROWS", 269)
    with pytest.raises(ConfigError, match="9 units on 30 dates make 270 rows"):
        make_parts(*made_city(1).seal(blobs), blobs)


def test_the_frame_joins_with_the_units(blobs: Blobs) -> None:
    panel = open_panel(build_panel(*full_city().with_spec(unit=GRID).seal(blobs), lenient(), blobs), blobs)
    joined = panel.frame.merge(panel.units, on="unit", validate="many_to_one")
    assert len(joined) == len(panel.frame)
    assert joined.area.notna().all()
    assert panel.units.unit.is_monotonic_increasing
    assert panel.units.row.notna().all()


def test_dates_in_the_frame_are_the_as_of_dates(blobs: Blobs) -> None:
    panel = open_panel(build_panel(*full_city().seal(blobs), lenient(), blobs), blobs)
    expected = pd.to_datetime([FIRST + timedelta(days=7 * n) for n in range(30)])
    assert list(panel.frame.as_of.drop_duplicates()) == list(expected)
    assert isinstance(panel.manifest.period.first, date)


def test_another_policy_changes_no_row(blobs: Blobs) -> None:
    spec, snapshot = full_city().seal(blobs)
    strict = lenient(leak_single_feature_auc=0.51)
    one, other = (build_panel(spec, snapshot, policy, blobs) for policy in (lenient(), strict))
    assert one.blob == other.blob
    assert one.leaks_found == 0
    assert other.leaks_found != 0


def test_parts_are_dates_by_units(blobs: Blobs) -> None:
    parts = make_parts(*full_city().seal(blobs), blobs)
    assert parts.cohort.shape == parts.label.values.shape == parts.scope.shape == (30, 9)
    assert replace(parts, cohort=np.zeros_like(parts.cohort)).cohort.sum() == 0


@pytest.mark.parametrize(("capacity", "is_refused"), [(8, False), (9, True), (5000, True)])
def test_a_capacity_that_reaches_every_unit_is_refused(blobs: Blobs, capacity: int, is_refused: bool) -> None:
    spec, snapshot = (
        made_city(1).with_spec(capacity={"units_per_period": capacity, "who": "a crew"}).seal(blobs)
    )
    if not is_refused:
        assert build_panel(spec, snapshot, lenient(), blobs).units == 9
        return
    with pytest.raises(ConfigError, match=f"{capacity} visits reach all 9 units"):
        build_panel(spec, snapshot, lenient(), blobs)


def test_a_demand_has_no_list_and_says_so(blobs: Blobs) -> None:
    label = {"from": "requests", "horizon_days": 7, "kind": "count", "steps": 3, "called": "a request"}
    city = made_city(3, per_area=200).with_spec(unit=TYPED, label=label, capacity={"who": "a crew"})
    manifest = build_panel(*with_gaps(city, (30, 33, ["water"])).seal(blobs), lenient(), blobs)
    panel = open_panel(manifest, blobs)
    assert (manifest.question, manifest.steps, manifest.types) == ("demand", 3, ("water", "pothole"))
    assert (manifest.rows, manifest.units) == (30 * 3 * 18, 18)
    order = ["as_of", "step", "unit"]
    assert panel.frame[order].equals(panel.frame[order].sort_values(order, ignore_index=True))
    water = panel.frame["unit"].str.endswith("/water")
    blank = panel.frame["label"].isna()
    assert manifest.unmatured_rows == 0
    assert manifest.rows_in_gaps == blank.sum() > 0
    assert water[blank].all()
    assert panel.units["type"].tolist() == [unit.split("/")[1] for unit in panel.units["unit"]]
    assert panel.units["area"].tolist() == [unit.split("/")[0] for unit in panel.units["unit"]]
    assert [feature.name for feature in manifest.features][-1] == "step"


def test_the_units_table_has_its_types_even_where_it_is_blank(blobs: Blobs) -> None:
    manifest = build_panel(*full_city().seal(blobs), lenient(), blobs)
    schema = blobs.table(manifest.units_blob).schema
    kinds = ["string", "string", "string", "double", "double", "int32", "int32", "string"]
    assert [str(schema.field(name).type) for name in UNIT_COLUMNS] == kinds


def test_with_types_the_list_is_of_places_and_types(blobs: Blobs) -> None:
    label = {"from": "requests", "horizon_days": 14, "kind": "event", "called": "a request"}
    city = made_city(3, per_area=200).with_spec(unit=TYPED, label=label)
    for capacity, is_refused in ((17, False), (18, True)):
        spec, snapshot = city.with_spec(capacity={"units_per_period": capacity, "who": "x"}).seal(blobs)
        if is_refused:
            with pytest.raises(ConfigError, match="reach all 18 units"):
                build_panel(spec, snapshot, lenient(), blobs)
        else:
            assert build_panel(spec, snapshot, lenient(), blobs).question == "ranking"


def test_cases_are_built_elsewhere(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(build, "build_case_panel", lambda spec, *rest: asked.append((spec.question, *rest)))
    unit = {"name": "case", "from": "requests", "case": ["request_id"]}
    policy = lenient()
    for kind, question in (("event", "cases"), ("duration", "durations")):
        label = {"from": "requests", "horizon_days": 14, "kind": kind, "called": "x"}
        spec, snapshot = made_city(1).with_spec(unit=unit, label=label).seal(blobs)
        build_panel(spec, snapshot, policy, blobs)
        assert asked.pop() == (question, snapshot, policy, blobs)


UNIT_COLUMNS = ("unit", "area", "type", "lat", "lon", "row", "col", "observer")
