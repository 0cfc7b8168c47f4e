from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.cases import build_case_panel
from civic_ai.records.panel import PanelManifest
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import OWN, UNIT, case_spec, dates_of, duration_spec, made_cases, with_cases
from tests.unit.panel.cities import FIRST, City, lenient


def built(city: City, blobs: Blobs) -> tuple[PanelManifest, pd.DataFrame]:
    manifest = build_case_panel(*city.seal(blobs), lenient(), blobs)
    return manifest, blobs.table(manifest.blob).to_pandas(date_as_object=False)


def test_the_manifest_says_what_the_panel_holds(blobs: Blobs) -> None:
    city = made_cases(1).with_spec(as_of={**case_spec()["as_of"], "last": FIRST + timedelta(days=7 * 37)})
    manifest, frame = built(city, blobs)
    spec, snapshot = city.seal(blobs)
    assert (manifest.spec, manifest.snapshot) == (spec.digest, snapshot.digest)
    assert (manifest.question, manifest.label_kind, manifest.horizon_days) == ("cases", "event", 14)
    assert manifest.rows == manifest.units == len(frame)
    assert manifest.as_of_dates == len(dates_of(city)) == frame["as_of"].nunique()
    assert manifest.label_rate == pytest.approx(frame["label"].mean())
    assert manifest.events == frame["label"].sum()
    assert manifest.unmatured_rows == frame["label"].isna().sum() > 0
    assert manifest.censored_rows is None
    assert manifest.last_known_on == "2020-10-01"
    assert manifest.location.missing_share == 0
    assert manifest.leaks_found == 0
    names = {feature.name for feature in manifest.features}
    assert names < set(frame.columns)
    assert not any(name.startswith("baseline_") for name in names)
    assert set(frame["unit"]) == set(blobs.table(manifest.units_blob)["unit"].to_pylist())


def test_durations_say_how_many_are_censored(blobs: Blobs) -> None:
    manifest, frame = built(made_cases(1).with_spec(**duration_spec()), blobs)
    assert (manifest.question, manifest.label_kind) == ("durations", "duration")
    assert manifest.censored_rows == (~frame["ended"] & frame["label"].notna()).sum() > 0
    assert manifest.label_rate == pytest.approx(frame["ended"][frame["label"].notna()].mean())
    assert frame["label"].between(0, 21).all()
    assert (frame.loc[~frame["ended"], "label"] == 21).mean() > 0.5


def test_positives_that_are_on_no_list_are_told(blobs: Blobs) -> None:
    manifest, _ = built(
        with_cases(made_cases(1), lambda row: {**row, "late": True if row["size"] else row["late"]}), blobs
    )
    assert manifest.events_outside_cohort > 100


def test_places_are_missing_evenly_or_not_over_all_cases(blobs: Blobs) -> None:
    half = with_cases(
        made_cases(1),
        lambda row: row if row["came_at"].month % 2 else {**row, "area_id": None, "late": False},
    )
    manifest, _ = built(half, blobs)
    assert 0.3 < (manifest.location.missing_share or 0) < 0.7


def test_the_order_of_the_file_makes_no_difference(blobs: Blobs) -> None:
    city = made_cases(2)
    turned = city.with_table("cases", city.tables["cases"].with_rows(city.tables["cases"].rows[::-1]))
    one, other = built(city, blobs)[0], built(turned, blobs)[0]
    assert (one.blob, one.units_blob) == (other.blob, other.units_blob)


def test_what_comes_up_is_scored_before_it_is_due(blobs: Blobs) -> None:
    city = made_cases(3).with_spec(unit={**UNIT, "due_on": "due_on"})
    manifest, frame = built(city, blobs)
    assert frame["due_in_days"].between(1, 7).all()
    due = {row[0]: row[8] for row in city.tables["cases"].rows}
    days = [(due[unit] - day.date()).days for unit, day in zip(frame["unit"], frame["as_of"], strict=True)]
    assert frame["due_in_days"].tolist() == days
    assert "due_in_days" not in {feature.name for feature in manifest.features}


def test_features_that_know_the_outcome_stop_the_run(blobs: Blobs) -> None:
    features = [*OWN, {"from": "cases", "columns": ["late"]}]
    with pytest.raises(ConfigError, match="late is only known afterwards"):
        built(made_cases(1).with_spec(features=features), blobs)


def _before(frame: pd.DataFrame, cut: date) -> pd.DataFrame:
    kept = frame[frame["as_of"] <= pd.Timestamp(cut)]
    seen = [name for name in kept.columns if name not in ("label", "ended")]
    return kept[seen].reset_index(drop=True)


@pytest.mark.parametrize("spec", [case_spec, duration_spec])
def test_what_happens_after_a_list_changes_nothing_on_it(spec: Any, blobs: Blobs) -> None:
    """The future of the day ``cut`` is made up anew: who comes in, and how everything open then turns out."""
    city = made_cases(4).with_spec(**spec())
    cut = FIRST + timedelta(days=7 * 20)
    end = cut + timedelta(days=1)
    random = np.random.default_rng(4)

    def anew(row: dict[str, Any]) -> dict[str, Any] | None:
        if row["came_at"].date() > cut:
            later = row["came_at"] + timedelta(days=float(random.exponential(9)))
            changed = {"kind": "flood", "size": 99.0, "closed_at": later, "late": random.random() < 0.5}
            return {**row, **changed} if random.random() < 0.5 else None
        if row["closed_at"] is None or row["closed_at"].date() > cut:
            late = datetime.combine(end, time()) + timedelta(days=float(random.exponential(30)))
            return {**row, "closed_at": late,
                    "late": random.random() < 0.5}  # fmt: skip
        return row

    _, one = built(city, blobs)
    _, other = built(with_cases(city, anew), blobs)
    assert len(_before(one, cut)) > 200
    pd.testing.assert_frame_equal(_before(one, cut), _before(other, cut))
    assert not one["label"].equals(other["label"])
