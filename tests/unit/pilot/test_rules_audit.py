from __future__ import annotations

import pytest

from tests.unit.pilot.written import CASES, DEMAND, assert_only, broken

QUARTERS = "column: median_income, quantiles: 4"


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({", quantiles: 4": ""}, "income", "one of 'quantiles', 'categories: true' or 'shares'"),
        ({QUARTERS: "shares: {q4: a}"}, "income", "shares need 'of'"),
        ({"column: median_income, ": ""}, "income", "needs 'column'"),
        ({"reference_group: q4": "reference_group: rich"}, "income.reference_group", "no group called rich"),
        ({"income: {from: areas": "income: {from: requests"}, "income.from", "needs 'key'"),
    ],
)
def test_an_attribute_is_whole(changes: dict[str, str], place: str, says: str) -> None:
    assert_only(broken(changes), f"audit.attributes.{place}", says)


@pytest.mark.parametrize("form", ["columns", "categories"])
def test_a_protected_column_is_no_feature(form: str) -> None:
    found = broken({"columns: [road_age]": f"{form}: [road_age, median_income]"})
    assert_only(found, f"features[1].{form}", "median_income is a protected attribute")


def test_a_share_of_people_is_protected_too() -> None:
    shares = {QUARTERS: "shares: {q4: rich, q1: poor}, of: people"}
    found = broken(shares, {"columns: [road_age]": "columns: [poor]"})
    assert_only(found, "features[1].columns", "poor is a protected attribute")


def test_a_protected_column_is_no_exposure_and_no_rate() -> None:
    found = broken(DEMAND, {"column: road_km": "column: median_income"})
    assert_only(found, "label.exposure.column", "median_income is a protected attribute")
    own = {"income: {from: areas, column: median_income": "income: {from: requests, column: kind"}
    found = broken(CASES, {"known_at: created_at}": "known_at: created_at, key: area_id}"}, own)
    assert_only(found, "models.rate_by", "kind is a protected attribute")


def test_the_number_of_people_itself_may_be_an_exposure() -> None:
    shares = {QUARTERS: "shares: {q4: rich, q1: poor}, of: people"}
    assert broken(DEMAND, shares, {"column: road_km": "column: people"}) == []


@pytest.mark.parametrize(
    ("reporting", "place", "says"),
    [
        ("{method: duplicates}", "audit.reporting", "needs 'incident'"),
        (
            "{method: duplicates, from: requests, incident: i, attribute: race}",
            "audit.reporting.attribute",
            "no attribute called race",
        ),
    ],
)
def test_reporting_is_whole(reporting: str, place: str, says: str) -> None:
    found = broken({"{method: none}": reporting})
    assert any(where == place and says in sentence for where, sentence in found), found


@pytest.mark.parametrize("method", ["none", "neighbours"])
def test_a_life_says_nothing_without_repeat_reports(method: str) -> None:
    found = broken({"{method: none}": f"{{method: {method}, life_days: 120}}"})
    assert any(where == "audit.reporting.life_days" and "only repeat" in says for where, says in found), found


@pytest.mark.parametrize("method", ["duplicates", "linkage"])
def test_a_life_goes_with_repeat_reports(method: str) -> None:
    found = broken({"{method: none}": f"{{method: {method}, life_days: 120}}"})
    assert all(where != "audit.reporting.life_days" for where, _ in found), found
