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
from tests.unit.panel.cities import EVERYTHING, FIRST, GRID, City, lenient, made_city


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
