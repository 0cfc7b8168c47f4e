"""Who belongs to which group, by area; nothing is dropped and nobody's group is guessed."""

from __future__ import annotations

import ibis
import numpy as np
import pytest

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.panel.groups import UNKNOWN, area_groupings
from tests.unit.audit.made import LANGUAGE, QUARTERS, pilot


def _groupings(attribute, columns, places):
    spec = pilot(audit={"attributes": {"a": attribute}})
    return area_groupings(spec, {"areas": ibis.memtable(columns)}, places)[0]


AREAS = [f"a{i}" for i in range(8)]
TWO_AREAS = {
    "area_id": ["a", "b"],
    "pop_major": [900, 10],
    "pop_minor": [100, 30],
    "population": [1000, 40],
}


def test_quantiles_put_equal_numbers_of_areas_in_each_group():
    made = _groupings(QUARTERS, {"area_id": AREAS, "income": [5, 1, 8, 2, 7, 3, 6, 4]}, AREAS)
    assert made.groups == ("q1", "q2", "q3", "q4")
    assert made.shares.sum(axis=0).tolist() == [2, 2, 2, 2]
    assert made.shares.argmax(axis=1).tolist() == [2, 0, 3, 0, 3, 1, 2, 1]


def test_equal_values_stay_in_one_group():
    made = _groupings(QUARTERS, {"area_id": AREAS, "income": [1, 1, 1, 1, 1, 2, 3, 4]}, AREAS)
    assert len({int(row.argmax()) for row in made.shares[:5]}) == 1


def test_categories_are_the_values_of_the_column():
    attribute = {"from": "areas", "column": "zone", "categories": True, "reference_group": "old"}
    made = _groupings(attribute, {"area_id": AREAS, "zone": ["old", "new"] * 4}, AREAS)
    assert made.groups == ("new", "old")
    assert made.reference == 1


@pytest.mark.parametrize(
    ("attribute", "columns"),
    [
        (QUARTERS, {"income": [1.0, 2, 3, 4, 5, 6, 7, None]}),
        (
            {"from": "areas", "column": "zone", "categories": True, "reference_group": "x"},
            {"zone": ["x", "y", "x", "y", "x", "y", "x", None]},
        ),
        (
            LANGUAGE,
            {
                "pop_major": [9, 8, 7, 6, 5, 4, 3, None],
                "pop_minor": [1, 2, 3, 4, 5, 6, 7, 5],
                "population": [10] * 8,
            },
        ),
    ],
    ids=["quantiles", "categories", "shares"],
)
def test_what_is_blank_or_outside_becomes_unknown_and_is_not_dropped(attribute, columns):
    made = _groupings(attribute, {"area_id": AREAS, **columns}, [*AREAS, None, "elsewhere"])
    assert made.groups[-1] == UNKNOWN
    assert made.shares[-3:, -1].tolist() == [1, 1, 1]
    np.testing.assert_allclose(made.shares.sum(axis=1), 1)
    assert not made.shares[:7, -1].any()


def test_a_city_that_writes_unknown_gets_one_group_of_that_name():
    """The city's own "unknown", a blank and a place outside of every area."""
    attribute = {"from": "areas", "column": "zone", "categories": True, "reference_group": "a"}
    columns = {"area_id": ["1", "2", "3"], "zone": ["a", "unknown", None]}
    made = _groupings(attribute, columns, ["1", "2", "3", None])
    assert made.groups == ("a", UNKNOWN)
    assert made.shares.tolist() == [[1, 0], [0, 1], [0, 1], [0, 1]]


def test_no_group_is_called_unknown_where_everything_is_known():
    made = _groupings(QUARTERS, {"area_id": AREAS, "income": range(8)}, AREAS)
    assert UNKNOWN not in made.groups


def test_each_resident_inherits_the_service_of_the_area():
    made = _groupings(LANGUAGE, TWO_AREAS, ["a", "a", "b"])
    service = np.array([0.2, 0.6, 0.9])
    by_area = {"a": (0.2 + 0.6) / 2, "b": 0.9}
    expected = [
        (900 * by_area["a"] + 10 * by_area["b"]) / 910,
        (100 * by_area["a"] + 30 * by_area["b"]) / 130,
    ]
    weights = made.weights
    np.testing.assert_allclose(service @ weights / weights.sum(axis=0), expected)
    assert made.weighted_by == "population"


def test_weights_are_as_large_as_the_shares_that_they_rest_on():
    made = _groupings(LANGUAGE, TWO_AREAS, ["a", "b", "b"])
    np.testing.assert_allclose(made.weights.sum(axis=0), made.shares.sum(axis=0))


def test_residents_in_no_declared_group_are_unknown_unless_it_is_rounding():
    columns = {
        "area_id": ["a", "b", "c"],
        "pop_major": [60, 998, 5],
        "pop_minor": [20, 0, 5],
        "population": [100, 1000, 8],
    }
    made = _groupings(LANGUAGE, columns, ["a", "b", "c"])
    np.testing.assert_allclose(made.shares, [[0.6, 0.2, 0.2], [1, 0, 0], [0.5, 0.5, 0]])


def test_an_area_where_nobody_lives_is_unknown():
    columns = {"area_id": ["a", "b"], "pop_major": [60, 0], "pop_minor": [40, 0], "population": [100, 0]}
    made = _groupings(LANGUAGE, columns, ["a", "b"])
    assert made.shares[1].tolist() == [0, 0, 1]
    assert np.isfinite(made.weights).all()


def test_area_numbers_match_the_names_of_units():
    made = _groupings(QUARTERS, {"area_id": range(1, 9), "income": range(8)}, ["1", "8"])
    assert made.shares.argmax(axis=1).tolist() == [0, 3]


def test_a_reference_group_that_does_not_occur_is_refused_with_the_groups_that_do():
    with pytest.raises(ConfigError, match="q9") as refused:
        _groupings(QUARTERS | {"reference_group": "q9"}, {"area_id": AREAS, "income": range(8)}, AREAS)
    assert "q1, q2, q3, q4" in str(refused.value)


def test_an_area_that_stands_twice_is_refused():
    with pytest.raises(DataError, match="more than once"):
        _groupings(QUARTERS, {"area_id": ["a", "a"], "income": [1, 2]}, ["a"])


def test_a_source_without_a_key_is_refused():
    sources = {
        "requests": {"path": "requests.csv", "contract": "c.yaml", "known_at": "created_at"},
        "areas": {"path": "areas.csv", "contract": "a.yaml"},
    }
    table = ibis.memtable({"area_id": AREAS, "income": range(8)})
    with pytest.raises(ConfigError, match="which column names the area"):
        area_groupings(pilot(sources=sources), {"areas": table}, AREAS)


def test_the_record_says_how_units_came_by_their_groups():
    record = _groupings(QUARTERS, {"area_id": AREAS, "income": range(8)}, AREAS).record()
    assert (record.name, record.level, record.weighted_by) == ("a", "area", None)


@pytest.mark.parametrize(("unknown", "decides"), [(5, False), (6, True)])
def test_a_small_unknown_group_does_not_decide(unknown, decides):
    made = _groupings(QUARTERS, {"area_id": AREAS, "income": range(8)}, [*AREAS, None])
    events = np.array([20.0, 20, 20, 40 - unknown, unknown])
    assert made.unknown_share(events) == pytest.approx(unknown / 100)
    assert (UNKNOWN in made.deciding_groups(events)) is decides
    assert made.deciding_groups(events)[:4] == ("q1", "q2", "q3", "q4")


def test_without_cases_nothing_is_unknown():
    made = _groupings(QUARTERS, {"area_id": AREAS, "income": range(8)}, [*AREAS, None])
    assert made.unknown_share(np.zeros(5)) == 0
