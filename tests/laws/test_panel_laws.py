"""What every panel must obey, whatever the city: nothing of a date looks beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from civic_ai.core.dates import add_days
from civic_ai.core.errors import ConfigError
from civic_ai.panel.build import build_panel, make_parts
from civic_ai.panel.parts import Parts, panel_table
from civic_ai.panel.split import make_splits, matured_on
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.blobs import Blobs
from tests.unit.panel.cities import (
    EVERYTHING,
    FIRST,
    GRID,
    OWN,
    TYPED,
    City,
    Table,
    lenient,
    made_city,
    spec_of,
    with_gaps,
)  # fmt: skip
from tests.unit.panel.reference import Reference

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)
COUNT = {"from": "requests", "where": "request_type == 'pothole'", "horizon_days": 14, "kind": "count",
         "called": "a pothole"}  # fmt: skip
DATED = {"from": "visits", "columns": ["score"]}
LINKED = {"method": "duplicates", "from": "requests", "incident": "incident"}
WEEKS = {**COUNT, "horizon_days": 7, "steps": 3, "exposure": {"from": "areas", "column": "population"}}
DEMAND: dict[str, Any] = {"label": WEEKS, "capacity": {"who": "a crew"}}
OF_TYPE = {key: value for key, value in WEEKS.items() if key != "where"}
SHAPES: dict[str, dict[str, Any]] = {
    "areas": {},
    "cells": {"unit": GRID},
    "counts": {"label": COUNT},
    "demand": DEMAND,
    "types": {"unit": TYPED, "label": {key: COUNT[key] for key in COUNT if key != "where"}},
    "demand of types": {**DEMAND, "unit": TYPED, "label": OF_TYPE},
    "cohort": {"cohort": {"seen_within_days": 21}},
    "incidents": {"audit": {**spec_of()["audit"], "reporting": LINKED}},
}  # fmt: skip


@contextmanager
def _blobs() -> Iterator[Blobs]:
    with TemporaryDirectory() as folder:
        yield Blobs(Path(folder))


def _parts(city: City) -> Parts:
    with _blobs() as blobs:
        return make_parts(*city.seal(blobs), blobs)


def _frame(parts: Parts) -> pd.DataFrame:
    return panel_table(parts).to_pandas().set_index(["as_of", "step", "unit"], drop=False)


def _final(frame: pd.DataFrame, day: date, horizon: int) -> Any:
    """Rows whose label is final by a day."""
    ends = matured_on(frame["as_of"].to_numpy(), frame["step"].to_numpy(), horizon)
    return ends <= np.datetime64(day)


def _city(seed: int, shape: str) -> City:
    """A small city with incidents, visits that score areas, and something known on every single day."""
    random = np.random.default_rng(seed)
    city = made_city(seed, rows=2, columns=2, per_area=90, days=330).with_spec(
        features=[*EVERYTHING, OWN, DATED], **SHAPES[shape]
    )
    requests = city.tables["requests"]
    days = [FIRST + timedelta(days=n) for n in range(-60, 239)]
    daily = [
        (f"d{day}", "streetlight", datetime.combine(day, time(23, 59)), "a00", None, None) for day in days
    ]
    table = requests.with_rows([*requests.rows, *daily])
    names = [f"n{random.integers(60)}" if random.random() < 0.8 else None for _ in table.rows]
    table = table.with_column("incident", {"type": "text", "blank": "missing"}, names)
    visits = [
        (f"a{random.integers(4):02d}", days[random.integers(299)], float(random.normal())) for _ in range(60)
    ]
    columns = {"area_id": "text", "day": "date", "score": "number"}
    source = {"path": "v.csv", "contract": "v.yaml", "known_at": "day", "key": "area_id"}
    return (
        city.with_table("requests", table)
        .with_table("visits", Table(columns, visits))
        .with_spec(sources={**city.spec["sources"], "visits": source})
    )


def _known_on(row: tuple[Any, ...], table: Table, column: str) -> date:
    known = row[list(table.columns).index(column)]
    return known.date() if isinstance(known, datetime) else known


def _poison(city: City, day: date, seed: int) -> City:
    """Every row known after ``day`` dropped, changed, doubled or moved to another later day."""
    random = np.random.default_rng(seed)
    for source, column in (("requests", "created_at"), ("weather", "day"), ("visits", "day")):
        table = city.tables[source]
        kept = [row for row in table.rows if _known_on(row, table, column) <= day]
        later = [row for row in table.rows if _known_on(row, table, column) > day]
        for row in later:
            kept += [_changed(row, table, column, day, random) for _ in range(random.integers(3))]
        city = city.with_table(source, table.with_rows(kept))
    return city


def _changed(row: Any, table: Table, column: str, day: date, random: Any) -> tuple[Any, ...]:
    values = dict(zip(table.columns, row, strict=True))
    after = timedelta(days=int(random.integers(1, 120)))
    moved = datetime.combine(day + after, time(0)) if isinstance(values[column], datetime) else day + after
    values[column] = moved if random.random() < 0.5 else values[column]
    for name in ("request_type", "area_id", "incident"):
        if name in values and random.random() < 0.5:
            values[name] = table.rows[random.integers(len(table.rows))][list(table.columns).index(name)]
    for name in ("rain", "score"):
        if name in values:
            values[name] = float(random.normal(100, 50))
    return tuple(values.values())


@pytest.mark.parametrize("shape", SHAPES)
@given(seed=st.integers(0, 10**6), position=st.integers(4, 29))
@settings(SLOW, max_examples=3)
def test_nothing_known_after_a_date_changes_what_the_panel_says_of_it(
    shape: str, seed: int, position: int
) -> None:
    city = _city(seed, shape)
    day = FIRST + timedelta(days=7 * position)
    before, after = _frame(_parts(city)), _frame(_parts(_poison(city, day, seed)))
    upto, also = before["as_of"] <= day, after["as_of"] <= day
    features = before.columns.drop("label")
    pd.testing.assert_frame_equal(before.loc[upto, features], after.loc[also, features], check_exact=True)
    horizon = city.spec["label"]["horizon_days"]
    final = _final(before, day, horizon)
    pd.testing.assert_series_equal(before.label[final], after.label[_final(after, day, horizon)])
    assert not before.label[final].isna().any()
    assert final.any()


def test_the_poison_is_felt_after_the_date() -> None:
    """The law above could hold because nothing changes anything; so later rows must differ."""
    city = _city(5, "areas")
    day = FIRST + timedelta(days=70)
    before, after = _frame(_parts(city)), _frame(_parts(_poison(city, day, 5)))
    later = before["as_of"] > day + timedelta(days=28)
    differs = (before[later] != after[later]) & before[later].notna()
    fixed = {"unit", "as_of", "step", "road_age", "population", "month", "trend", "season_sin", "season_cos"}
    a_year_ago = {
        "pothole_last_year_14d",
        "requests_last_year_14d",
        "baseline_season_index",
        "baseline_seasonal_naive",
    }
    assert set(differs.columns[differs.any()]) >= set(before.columns) - fixed - a_year_ago


@st.composite
def gaps(draw: Any, types: list[str]) -> list[tuple[int, int, list[str]]]:
    """Up to two stretches without rows, in order, of some types or of all; days from the first date on."""
    made = []
    for _ in range(draw(st.integers(0, 2))):
        first = draw(st.integers(-490, 150))
        lost = draw(st.lists(st.sampled_from(types), unique=True)) if types else []
        made.append((first, min(150, first + draw(st.sampled_from([0, 6, 30, 120, 400]))), lost))
    return sorted(made, key=lambda gap: gap[:2])


def test_a_row_on_the_edge_of_the_grid_counts_as_in_brute_force() -> None:
    """City 3526 has a request at the westernmost longitude to the last digit."""
    city = made_city(3526, rows=2, columns=2, per_area=15, days=900).with_spec(
        features=[*EVERYTHING, OWN], unit=GRID
    )
    parts = _parts(city)
    reference, table = Reference.of(city, parts.scope), _frame(parts)
    for (day, step, unit), index in table["baseline_season_index"].iloc[::10].items():  # every row tells
        expected = np.float32(reference.value("baseline_season_index", unit, day, step))
        np.testing.assert_allclose(index, expected, rtol=2e-6)


@pytest.mark.parametrize("shape", ["areas", "cells", "counts", "demand", "types", "demand of types"])
@given(data=st.data(), seed=st.integers(0, 10**6))
@settings(SLOW, max_examples=3)
def test_every_value_is_what_brute_force_finds(shape: str, data: Any, seed: int) -> None:
    city = made_city(seed, rows=2, columns=2, per_area=15, days=900).with_spec(
        features=[*EVERYTHING, OWN], **SHAPES[shape]
    )
    names = sorted(SHAPES[shape].get("unit", {}).get("types", {}).get("values", {}))
    city = with_gaps(city, *data.draw(gaps(names)))
    parts = _parts(city)
    reference, table = Reference.of(city, parts.scope), _frame(parts)
    for (day, step, unit), row in table.sample(12, random_state=seed % 1000).iterrows():
        np.testing.assert_equal(row["label"], reference.label(unit, day, step), f"{day} {step} {unit}")
        for name in row.index.drop(["unit", "as_of", "label"]):
            expected = np.float32(reference.value(name, unit, day, step))
            np.testing.assert_allclose(
                row[name], expected, rtol=2e-6, atol=1e-6, err_msg=f"{name} {day} {step} {unit}"
            )


@pytest.mark.parametrize("shape", ["counts", "demand of types"])
@given(seed=st.integers(0, 10**6), position=st.integers(4, 20), days=st.integers(0, 80))
@settings(SLOW, max_examples=3)
def test_a_gap_changes_nothing_that_the_panel_says_of_dates_before_it(
    shape: str, seed: int, position: int, days: int
) -> None:
    city = _city(seed, shape)
    lost = (7 * position + 1, 7 * position + 1 + days, [])
    before, after = _frame(_parts(city)), _frame(_parts(with_gaps(city, lost)))
    upto = before["as_of"] <= FIRST + timedelta(days=7 * position)
    features = before.columns.drop("label")
    pd.testing.assert_frame_equal(before.loc[upto, features], after.loc[upto, features], check_exact=True)
    assert not before.loc[~upto, features].equals(after.loc[~upto, features])


@pytest.mark.parametrize("shape", SHAPES)
@given(seed=st.integers(0, 10**6))
@settings(SLOW, max_examples=1)
def test_the_order_of_rows_changes_no_byte(shape: str, seed: int) -> None:
    city, random = _city(seed, shape), np.random.default_rng(seed)
    shuffled = city
    for name, table in city.tables.items():
        order = random.permutation(len(table.rows))
        shuffled = shuffled.with_table(name, table.with_rows([table.rows[i] for i in order]))
    with _blobs() as blobs:
        spec, one = city.seal(blobs)
        _, other = shuffled.seal(blobs)
        made = [build_panel(spec, snapshot, lenient(), blobs) for snapshot in (one, other)]
    assert one.digest != other.digest
    assert made[0].model_dump(exclude={"snapshot"}) == made[1].model_dump(exclude={"snapshot"})


@st.composite
def specs(draw: Any) -> PilotSpec:
    every = draw(st.integers(1, 40))
    return PilotSpec.model_validate(
        spec_of(
            as_of={
                "first": FIRST,
                "last": FIRST + timedelta(days=draw(st.integers(every, 1500))),
                "every_days": every,
            },
            validation={
                "splits": draw(st.integers(1, 6)),
                "test_days": draw(st.integers(1, 300)),
                "lockbox_days": draw(st.integers(1, 300)),
            },
            label={**COUNT, "horizon_days": draw(st.integers(1, 120))},
        )
    )


@given(spec=specs())
@example(spec=PilotSpec.model_validate(spec_of()))
@settings(max_examples=300, deadline=None)
def test_splits_train_on_what_had_matured_and_never_test_twice(spec: PilotSpec) -> None:
    dates = spec.as_of.dates
    try:
        splits = make_splits(spec)
    except ConfigError:
        return
    assert len(splits) == spec.validation.splits + 1
    assert [split.is_lockbox for split in splits] == [False] * spec.validation.splits + [True]
    tested = [day for split in splits for day in split.test_dates]
    assert tested == sorted(set(tested))
    assert tested[-1] == dates[-1]
    for split in splits:
        assert split.cutoff == split.test_dates[0]
        last_label_days = [add_days(day, spec.label.horizon_days) for day in split.training_dates]
        assert max(last_label_days) <= split.cutoff
        could = [day for day in dates if add_days(day, spec.label.horizon_days) <= split.cutoff]
        assert list(split.training_dates) == could
    lengths = [(split.test_dates[-1] - split.test_dates[0]).days for split in splits]
    assert all(length < spec.validation.test_days for length in lengths[:-1])
    assert lengths[-1] < spec.validation.lockbox_days
