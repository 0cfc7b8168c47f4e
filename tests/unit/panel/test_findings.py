from __future__ import annotations

import string
from typing import Any

import pytest

from civic_ai.panel.build import make_parts
from civic_ai.panel.findings import find_oddities, panel_finding
from civic_ai.records.findings import PANEL_FINDINGS, say_finding
from civic_ai.records.snapshot import Finding
from civic_ai.store.blobs import Blobs
from tests.unit.panel import cities
from tests.unit.panel.cities import EVERYTHING, GRID, TYPED, City, made_city, with_gaps


def oddities(city: City, blobs: Blobs) -> dict[str, Finding]:
    return {found.code: found for found in find_oddities(make_parts(*city.seal(blobs), blobs))}


def places_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_a_sound_city_has_nothing_odd(blobs: Blobs) -> None:
    assert oddities(made_city(1).with_spec(features=EVERYTHING), blobs) == {}


def test_rows_without_a_moment_are_said(blobs: Blobs) -> None:
    city = made_city(1)
    requests = city.tables["requests"]
    rows = [(*row[:2], None, *row[3:]) if i < 7 else row for i, row in enumerate(requests.rows)]
    assert (
        oddities(city.with_table("requests", requests.with_rows(rows)), blobs)["rows_without_known_at"].count
        == 7
    )


def test_events_outside_of_every_unit_are_said(blobs: Blobs) -> None:
    city = made_city(1)
    requests = city.tables["requests"]
    rows = [(*row[:3], "elsewhere", *row[4:]) if i < 20 else row for i, row in enumerate(requests.rows)]
    potholes = sum(row[1] == "pothole" for row in rows[:20])
    found = oddities(city.with_table("requests", requests.with_rows(rows)), blobs)
    assert found["events_outside_units"].count == potholes


def test_cells_say_how_wrong_their_width_is_and_which_areas_they_miss(blobs: Blobs) -> None:
    features = [cities.square("big", 0, 0, 0.06), cities.square("dot", 300, 0, 0.0001)]
    content = cities.json.dumps({"features": features}).encode()
    city = made_city(1).with_spec(unit=GRID)
    found = oddities(City(city.spec, city.tables, {"areas": content}), blobs)
    assert found["areas_without_cells"].count == 1
    assert 0 < float(found["cell_width_error"].values["percent"]) < 3


def test_data_that_begins_too_late_for_a_window_is_said(blobs: Blobs) -> None:
    city = made_city(1, days=600)
    long = [{"from": "requests", "count_days": [7, 400]}]
    found = oddities(city.with_spec(features=long), blobs)["short_history"]
    parts = make_parts(*city.seal(blobs), blobs)
    assert found.values["days"] == parts.label.first_day - (int(parts.scope.dates[0]) - 399)


def test_a_feature_that_is_mostly_unknown_is_said(blobs: Blobs) -> None:
    city = made_city(1)
    weather = city.tables["weather"].with_rows(city.tables["weather"].rows[:380])
    found = oddities(city.with_table("weather", weather).with_spec(features=EVERYTHING), blobs)
    assert found["mostly_unknown"].column in {"rain_mean_7d", "rain_sum_7d", "rain_mean_30d", "rain_sum_30d"}
    assert 50 < float(found["mostly_unknown"].values["percent"]) <= 100


@pytest.mark.parametrize("code", PANEL_FINDINGS)
def test_every_sentence_can_be_said_with_its_values(code: str) -> None:
    values: dict[str, Any] = dict.fromkeys(places_of(PANEL_FINDINGS[code]), 3)
    found = panel_finding(code, "requests", "note", values=values)
    said = str(say_finding(found))
    assert "{" not in said
    assert said.endswith(".")


def test_a_finding_that_has_no_sentence_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="unheard"):
        panel_finding("unheard", "requests", "note", values={})


def test_what_was_not_handed_over_is_said(blobs: Blobs) -> None:
    found = oddities(with_gaps(made_city(1), (30, 40, [])), blobs)["not_handed_over"]
    assert found.values == {"first": "2020-02-05", "last": "2020-02-15"}
    typed = with_gaps(made_city(1).with_spec(unit=TYPED), (30, 40, ["water"]))
    found = oddities(typed, blobs)["not_handed_over_of_types"]
    assert (found.values["types"], found.severity) == ("water", "warning")


def test_a_value_that_no_row_has_is_said(blobs: Blobs) -> None:
    """``TYPED`` counts 'hole' as a pothole, and the made city never writes that."""
    found = oddities(made_city(1).with_spec(unit=TYPED), blobs)["type_never_seen"]
    assert found.values == {"type": "pothole", "value": "hole"}
    assert found.column == "request_type"
