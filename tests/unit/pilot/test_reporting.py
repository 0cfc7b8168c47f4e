"""What a pilot may say about reporting, and what it may not leave out."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.pilot.describe import describe
from civic_ai.pilot.reporting import Linkage, Reporting
from tests.unit.pilot.written import broken

PLACE, EVENT = "audit.reporting", "audit.reporting.event.last"
DAY = "{first: 2024-01-01, last: 2024-01-01}"
LINKAGE = "linkage: {lat: lat, lon: lon, metres: 100, days: 14}"


@pytest.mark.parametrize(
    ("reporting", "place", "says"),
    [
        ("{method: linkage, from: requests, attribute: income}", PLACE, "'linkage' needs 'linkage'"),
        (f"{{method: linkage, attribute: income, {LINKAGE}}}", PLACE, "'linkage' needs 'from'"),
        ("{method: neighbours, from: requests, attribute: income}", PLACE, "'neighbours' needs 'event'"),
        ("{method: none, condition: {from: requests, column: c, higher_is_worse: true}}",
         "audit.reporting.condition.from", "needs 'key'"),
        ("{method: none, condition: {from: roads, column: c, higher_is_worse: true}}",
         "audit.reporting.condition.from", "no source called roads"),
        ("{method: none, event: {first: 2024-02-01, last: 2024-01-01}}", EVENT, "ends before"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_where(reporting: str, place: str, says: str) -> None:
    found = broken({"{method: none}": reporting})
    assert any(where == place and says in sentence for where, sentence in found), found


@pytest.mark.parametrize(
    "reporting",
    [
        f"{{method: linkage, from: requests, attribute: income, {LINKAGE}}}",
        f"{{method: neighbours, from: requests, attribute: income, event: {DAY}}}",
    ],
)
def test_what_is_whole_is_accepted(reporting: str) -> None:
    assert broken({"{method: none}": reporting}) == []


@pytest.mark.parametrize("changes", [{"metres": 0}, {"metres": 6000}, {"days": 0}])
def test_settings_of_linkage_have_limits(changes: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Linkage.model_validate({"lat": "lat", "lon": "lon", "metres": 100, "days": 14} | changes)


def test_every_field_is_described() -> None:
    said = {line.name: line.about for line in describe("audit")}
    for name, field in Reporting.model_fields.items():
        assert said[f"audit.reporting.{field.alias or name}"]
    assert said["audit.reporting.linkage.by_type.<name>.metres"]
