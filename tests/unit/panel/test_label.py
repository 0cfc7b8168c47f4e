from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from civic_ai.core.errors import DataError
from civic_ai.panel.known import day_numbers
from civic_ai.panel.label import Label, incident_column, label_rows, make_label
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.blobs import Blobs
from tests.unit.panel import cities
from tests.unit.panel.cities import FIRST, made_city, spec_of
from tests.unit.panel.test_known import opened
from tests.unit.panel.test_units import units_of

MIDNIGHT = datetime(FIRST.year, FIRST.month, FIRST.day)
LAST = ("end", "light", MIDNIGHT + timedelta(days=400), "a00", None, None)


def city_with(*reports: tuple[float, str], kind: str = "event", **parts: Any) -> cities.City:
    """Potholes so many days after the first as-of date's beginning, in an area; data to day 400."""
    rows = [
        (f"q{i}", "pothole", MIDNIGHT + timedelta(days=day), area, None, None)
        for i, (day, area) in enumerate(reports)
    ]
    city = made_city(1, rows=1, columns=2)
    label = {**city.spec["label"], "kind": kind}
    table = cities.Table(cities.REQUESTS, [*rows, LAST])
    return city.with_table("requests", table).with_spec(label=label, **parts)


def label_of(city: cities.City, blobs: Blobs, days: int = 1) -> Label:
    dates = day_numbers([FIRST]) + 7 * np.arange(days)
    return make_label(opened(city, blobs), units_of(city, blobs), dates)


@pytest.mark.parametrize(
    ("day", "happened"), [(0.0, 0), (0.999, 0), (1.0, 1), (14.0, 1), (14.999, 1), (15.0, 0), (-1, 0)]
)
def test_the_window_runs_from_the_day_after_to_the_end_of_the_horizon(
    blobs: Blobs, day: float, happened: int
) -> None:
    """The as-of day itself is known; a horizon of 14 days ends with day 14."""
    assert label_of(city_with((day, "a01")), blobs).values.tolist() == [[0, happened]]


def test_an_event_is_one_however_often_and_a_count_is_how_often(blobs: Blobs) -> None:
    reports = [(1, "a00"), (2, "a00"), (2.5, "a00"), (3, "a01")]
    assert label_of(city_with(*reports), blobs).values.tolist() == [[1, 1]]
    assert label_of(city_with(*reports, kind="count"), blobs).values.tolist() == [[3, 1]]


@pytest.mark.parametrize(("last_day", "matured"), [(20, 1), (21, 2), (27, 2), (28, 3)])
def test_a_label_is_blank_until_its_horizon_has_passed(blobs: Blobs, last_day: int, matured: int) -> None:
    city = city_with((1, "a00"))
    requests = city.tables["requests"]
    end = (*LAST[:2], MIDNIGHT + timedelta(days=last_day), *LAST[3:])
    early = requests.with_rows([*requests.rows[:-1], end])
    values = label_of(city.with_table("requests", early), blobs, days=3).values
    assert np.isnan(values).tolist() == [[n >= matured] * 2 for n in range(3)]


def test_when_nothing_has_matured_there_is_too_little_data(blobs: Blobs) -> None:
    city = city_with((1, "a00"))
    early = city.tables["requests"].with_rows(city.tables["requests"].rows[:-1])
    with pytest.raises(DataError, match="no label has matured") as raised:
        label_of(city.with_table("requests", early), blobs)
    assert raised.value.exit_code == 4
    with pytest.raises(DataError, match="no label has matured"):
        label_of(city.with_table("requests", early.with_rows([])), blobs)


def with_incidents(city: cities.City, names: list[str | None]) -> cities.City:
    table = city.tables["requests"].with_column("incident", {"type": "text", "blank": "missing"}, names)
    reporting = {"method": "duplicates", "from": "requests", "incident": "incident"}
    return city.with_table("requests", table).with_spec(audit={**city.spec["audit"], "reporting": reporting})


def test_an_incident_known_before_is_no_new_event(blobs: Blobs) -> None:
    city = city_with((-3, "a00"), (2, "a00"), (3, "a01"), kind="count")
    assert label_of(with_incidents(city, ["n1", "n1", "n2", None]), blobs).values.tolist() == [[0, 1]]
    assert label_of(city, blobs).values.tolist() == [[1, 1]]


def test_an_incident_counts_once_at_the_place_of_its_first_report(blobs: Blobs) -> None:
    city = city_with((5, "a01"), (2, "a00"), (9, "a01"), kind="count")
    assert label_of(with_incidents(city, ["n1", "n1", "n1", None]), blobs).values.tolist() == [[1, 0]]


def test_rows_without_an_incident_each_stand_for_themselves(blobs: Blobs) -> None:
    city = city_with((2, "a00"), (2, "a00"), (3, "a00"), kind="count")
    assert label_of(with_incidents(city, [None, None, None, None]), blobs).values.tolist() == [[3, 0]]


def test_only_rows_that_satisfy_the_condition_are_first_reports(blobs: Blobs) -> None:
    city = city_with((2, "a00"), (3, "a00"))
    rows = city.tables["requests"].rows
    rows = [(rows[0][0], "light", *rows[0][2:]), *rows[1:]]
    city = with_incidents(
        city.with_table("requests", city.tables["requests"].with_rows(rows)), ["n", "n", None]
    )
    kept = label_rows(opened(city, blobs)).request_id.to_pyarrow().to_pylist()
    assert kept == ["q1"]


def test_the_incident_column_is_that_of_the_labels_source() -> None:
    def column(reporting: dict[str, Any]) -> str | None:
        audit = {**spec_of()["audit"], "reporting": reporting}
        return incident_column(PilotSpec.model_validate(spec_of(audit=audit)))

    assert column({"method": "duplicates", "incident": "parent"}) == "parent"
    assert column({"method": "duplicates", "incident": "parent", "from": "requests"}) == "parent"
    assert column({"method": "duplicates", "incident": "parent", "from": "weather"}) is None
    assert column({"method": "none"}) is None


def test_the_period_is_that_of_all_rows_of_the_source(blobs: Blobs) -> None:
    label = label_of(city_with((-30, "a00"), (1, "a00")), blobs)
    first = day_numbers([FIRST])[0]
    assert (label.first_day, label.last_day) == (first - 30, first + 400)


def test_steps_are_windows_one_after_another(blobs: Blobs) -> None:
    city = city_with((1, "a00"), (7, "a00"), (8, "a00"), (21, "a01"), (22, "a00"), kind="count")
    city = city.with_spec(label={**city.spec["label"], "horizon_days": 7, "steps": 3})
    start = int(day_numbers([FIRST])[0])
    label = make_label(opened(city, blobs), units_of(city, blobs), start + np.array([0, 7, 14]))
    assert label.values.tolist() == [[2, 0], [1, 0], [0, 1]]
    assert label.is_matured.all()


@pytest.mark.parametrize(
    ("first", "last", "blank"),
    [(-5, 0, False), (-5, 1, True), (5, 6, True), (14, 20, True), (15, 20, False)],
)
def test_a_window_that_touches_a_gap_has_no_label(blobs: Blobs, first: int, last: int, blank: bool) -> None:
    label = label_of(cities.with_gaps(city_with((1, "a00")), (first, last, [])), blobs)
    assert np.isnan(label.values).all() == label.in_gap.all() == blank
    assert np.isnan(label.values).any() == label.in_gap.any() == blank
    assert label.is_matured.all()


def test_a_gap_of_one_type_leaves_the_others_their_label(blobs: Blobs) -> None:
    city = city_with((1, "a00"), (2, "a01")).with_spec(unit=cities.TYPED)
    label = label_of(cities.with_gaps(city, (3, 3, ["water"])), blobs)
    values = dict(zip(units_of(city, blobs).frame["unit"], label.values[0].tolist(), strict=True))
    assert (values["a00/pothole"], values["a01/pothole"]) == (1, 1)
    assert np.isnan([values["a00/water"], values["a01/water"]]).all()


def test_rows_of_other_types_are_no_label_rows(blobs: Blobs) -> None:
    city = city_with((1, "a00")).with_spec(unit=cities.TYPED)
    label = {name: value for name, value in city.spec["label"].items() if name != "where"}
    rows = label_rows(opened(city.with_spec(label=label), blobs))
    assert rows.request_type.to_pyarrow().to_pylist() == ["pothole"]
