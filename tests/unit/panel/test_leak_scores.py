from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from civic_ai.panel.build import make_parts
from civic_ai.panel.leak_scores import areas_under_curve, find_deciding, sample_rows
from civic_ai.panel.parts import Parts
from civic_ai.panel.scope import FeatureColumn
from civic_ai.records.panel import Feature
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import EVERYTHING, made_city

RECORD = Feature(name="made", source="scores", known_by="known_at", family="area")


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from([0.0, 1.0, 2.5, -1.0, np.nan])),
        min_size=4,
        max_size=60,
    )
)
@settings(max_examples=150, deadline=None)
def test_the_area_is_that_of_sklearn_pooled_over_groups(rows: list[tuple[int, bool, float]]) -> None:
    """Within each group the Mann-Whitney share of pairs; pooled by number of pairs; blanks rank lowest."""
    group, event, value = (np.array(part) for part in zip(*rows, strict=True))
    [found] = areas_under_curve(value.astype(float), group.astype(np.int64), [event.astype(bool)])
    right, pairs = 0.0, 0
    for one in np.unique(group):
        mine = group == one
        positive = int(event[mine].sum())
        count = positive * (int(mine.sum()) - positive)
        if count:
            scores = np.where(np.isnan(value[mine].astype(float)), -1e9, value[mine].astype(float))
            right += count * roc_auc_score(event[mine], scores)
            pairs += count
    assert found == pytest.approx(right / pairs) if pairs else np.isnan(found)


def parts_of(blobs: Blobs, **spec: Any) -> Parts:
    city = made_city(8, rows=5, columns=5, per_area=60).with_spec(features=EVERYTHING, **spec)
    return make_parts(*city.seal(blobs), blobs)


def found(parts: Parts, values: Any, limit: float = 0.98) -> Any:
    column = FeatureColumn(RECORD, np.asarray(values, dtype=np.float32))
    made = replace(parts, features=(column,))
    leaks, strong = find_deciding(made, sample_rows(made), limit)
    return [leak.form for leak in leaks], [finding.code for finding in strong]


def label_of(parts: Parts) -> Any:
    return np.nan_to_num(parts.label.values)


def test_the_label_itself_is_found_in_either_direction_and_by_its_blanks_alone(blobs: Blobs) -> None:
    parts = parts_of(blobs)
    label = label_of(parts)
    noise = np.random.default_rng(1).normal(0, 0.2, label.shape)
    assert found(parts, label + noise)[0] == ["single_feature"]
    assert found(parts, noise - label)[0] == ["single_feature"]
    assert found(parts, np.where(label > 0, noise, np.nan))[0] == ["single_feature"]


def test_a_label_to_come_is_found_at_its_shift(blobs: Blobs) -> None:
    parts = parts_of(blobs)
    later = np.roll(label_of(parts), -3, axis=0)
    assert found(parts, later)[0] == ["shifted_label"]


def test_a_label_half_of_which_lies_ahead_is_found(blobs: Blobs) -> None:
    parts = parts_of(blobs)
    assert found(parts, np.roll(label_of(parts), 1, axis=0))[0] == ["shifted_label"]


def test_a_label_that_had_matured_is_honest_history(blobs: Blobs) -> None:
    parts = parts_of(blobs)
    assert found(parts, np.roll(label_of(parts), 2, axis=0)) == ([], [])


def test_counts_are_compared_with_the_units_own_median(blobs: Blobs) -> None:
    label = {**made_city(8).spec["label"], "kind": "count"}
    parts = parts_of(blobs, label=label)
    assert found(parts, label_of(parts))[0] == ["single_feature"]
    assert found(parts, np.roll(label_of(parts), 1, axis=0))[0] == ["shifted_label"]


def test_what_separates_places_but_not_dates_is_strong_and_no_leak(blobs: Blobs) -> None:
    """Half of the places are busy on every date: an honest place score separates nearly all rows."""
    parts = parts_of(blobs)
    random = np.random.default_rng(2)
    busy = np.arange(25) % 2 == 0
    happens = np.where(busy, random.random(parts.scope.shape) < 0.99, random.random(parts.scope.shape) < 0.01)
    values = np.where(np.isnan(parts.label.values), np.nan, happens.astype(float))
    made = replace(parts, label=replace(parts.label, values=values))
    assert found(made, busy[None, :]) == ([], ["strong_feature"])


def test_honest_features_are_neither(blobs: Blobs) -> None:
    parts = parts_of(blobs)
    leaks, strong = find_deciding(parts, sample_rows(parts), 0.98)
    assert leaks == []
    assert strong == ()


def test_rows_are_a_horizon_apart_matured_and_of_the_cohort(blobs: Blobs) -> None:
    parts = parts_of(blobs, cohort={"seen_within_days": 14})
    rows = sample_rows(parts)
    assert np.diff(np.unique(rows.date)).tolist() == [2] * (len(np.unique(rows.date)) - 1)
    assert parts.cohort[rows.date, rows.unit].all()
    for shift, happened in zip(rows.shifts, rows.happened, strict=True):
        label = parts.label.values[rows.date + shift, rows.unit]
        assert not np.isnan(label).any()
        assert (happened == (label > 0)).all()


def test_large_panels_are_thinned_by_unit(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = parts_of(blobs)
    every = sample_rows(parts)
    monkeypatch.setattr("civic_ai.panel.leak_scores.MOST_ROWS", len(every.unit) // 2)
    thinned = sample_rows(parts)
    assert len(thinned.unit) <= len(every.unit) // 2 + len(np.unique(every.date))
    assert len(np.unique(thinned.unit)) > 5
