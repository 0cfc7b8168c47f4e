from __future__ import annotations

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.panel.case_columns import own_numbers, own_texts, select_cases, settled_column
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import (
    DURATION,
    EVENT,
    UNIT,
    case_spec,
    duration_spec,
    few_cases,
    made_cases,
    scope_of,
)
from tests.unit.panel.cities import City


def selected(city: City, blobs: Blobs) -> list[dict[str, object]]:
    seen, _ = scope_of(city, blobs)
    rows = select_cases(PilotSpec.model_validate(city.spec), seen).to_pyarrow().to_pylist()
    return sorted(rows, key=lambda row: str(row["unit"]))


def test_several_columns_name_a_case_and_a_blank_one_does_not(blobs: Blobs) -> None:
    unit = {**UNIT, "case": ["case_id", "office"]}
    city = few_cases({"office": "web"}, {"office": None}, **case_spec(unit=unit))
    assert [row["unit"] for row in selected(city, blobs)] == [None, "c0/web"]


def test_the_outcome_is_never_blank(blobs: Blobs) -> None:
    city = few_cases({"late": True}, {"late": False}, {"late": None})
    assert [row["happened"] for row in selected(city, blobs)] == [True, False, False]


def test_a_duration_is_of_the_rows_that_the_condition_chooses(blobs: Blobs) -> None:
    label = {**DURATION, "where": "kind == 'tree'"}
    city = few_cases({"kind": "tree"}, {"kind": "road"}, **duration_spec(label=label))
    assert [(row["unit"], row["happened"]) for row in selected(city, blobs)] == [("c0", True)]


def test_features_the_rule_and_the_observer_are_read() -> None:
    spec = PilotSpec.model_validate(case_spec())
    assert own_numbers(spec) == {"size"}
    assert own_texts(spec) == {"kind", "office"}


def test_coordinates_are_read_where_they_are_named(blobs: Blobs) -> None:
    plain = few_cases({"lat": 1.5, "lon": 2.5})
    assert selected(plain, blobs)[0]["lat"] is None
    gridded = plain.with_spec(unit={**UNIT, "grid": {"lat": "lat", "lon": "lon", "size_m": 500}})
    assert (selected(gridded, blobs)[0]["lat"], selected(gridded, blobs)[0]["lon"]) == (1.5, 2.5)


@pytest.mark.parametrize(
    ("label", "says"),
    [
        (
            {name: part for name, part in EVENT.items() if name != "known_at"},
            "when the outcome of a case is known",
        ),
        ({name: part for name, part in EVENT.items() if name != "where"}, "nothing says which cases count"),
        ({**EVENT, "known_at": "nowhere"}, "no column called nowhere"),
    ],
)
def test_what_is_not_declared_is_asked_for(label: dict[str, object], says: str, blobs: Blobs) -> None:
    with pytest.raises(ConfigError, match=says):
        selected(made_cases(1, per_day=0.1).with_spec(label=label), blobs)


def test_each_kind_of_label_has_its_own_moment() -> None:
    assert settled_column(PilotSpec.model_validate(case_spec())) == "closed_at"
    never = {name: part for name, part in DURATION.items() if name != "ended_at"}
    with pytest.raises(ConfigError, match=r"label\.ended_at"):
        settled_column(PilotSpec.model_validate(duration_spec(label=never)))
