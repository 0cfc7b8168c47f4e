from __future__ import annotations

import pytest

from civic_ai.pilot.located import dotted, validate
from civic_ai.pilot.rules import RULES, broken_rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import parse_yaml
from tests.unit.pilot.written import SOUND

ALL = frozenset(PilotSpec.model_fields)
EXAMPLE = "areas: {example: {table: areas, seed: 1}, key: area_id, contract: contracts/a.yaml}"
AREAS = next(line.strip() for line in SOUND.splitlines() if line.startswith("  areas:"))


def broken(changes: dict[str, str]) -> list[tuple[str, str]]:
    text = SOUND
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    spec = validate(parse_yaml(text.encode(), "pilot.yaml"), PilotSpec)
    return [(dotted(place), str(says)) for place, says, _ in broken_rules(spec, ALL)]


def test_a_sound_pilot_breaks_none() -> None:
    assert broken({}) == []
    assert broken({AREAS: EXAMPLE}) == []


CASES = [
    (
        {"unit: {name: cell, from: requests": "unit: {name: cell, from: request"},
        "unit.from",
        "no source called",
    ),
    ({"label: {from: requests": "label: {from: tickets"}, "label.from", "no source called tickets"),
    ({"- {from: requests, count": "- {from: tickets, count"}, "features[0].from", "no source called tickets"),
    (
        {"income: {from: areas": "income: {from: tracts"},
        "audit.attributes.income.from",
        "no source called tracts",
    ),
    ({"path: data/requests.csv, ": ""}, "sources.requests", "either 'path' or 'example'"),
    ({", key: area_id": ""}, "sources.areas.polygons", "polygons need 'key'"),
    ({", inside: areas}": "}"}, "unit", "a grid needs 'inside'"),
    ({"inside: areas}": "inside: areas, area: area_id}"}, "unit", "either 'grid' (cells) or 'area'"),
    ({", polygons: data/areas.geojson": ""}, "unit.inside", "has no polygons"),
    ({", known_at: created_at": ""}, "label.from", "does not say when its rows became known"),
    ({", known_at: created_at": ""}, "features[0].from", "does not say when its rows became known"),
    ({"request_type == 'pothole'": "open('/etc/passwd')"}, "label.where", "is not a comparison"),
    ({"last: 2018-11-26": "last: 2016-01-04"}, "as_of.last", "must come after 'first'"),
    ({"splits: 3": "splits: 9"}, "validation", "days are needed, but as_of covers"),
    ({"lockbox_days: 182": "lockbox_days: 3"}, "validation.lockbox_days", "shorter than one step"),
    ({"America/Chicago": "Chicago"}, "time_zone", "is not a time zone"),
    ({"kind: event": "kind: count"}, "models.candidates[0]", "logistic_glm cannot predict"),
    (
        {"objective: recall_at_capacity": "objective: mean_poisson_deviance"},
        "objective",
        "cannot be used with",
    ),
    ({"[logistic_glm, lightgbm]": "[lightgbm, lightgbm]"}, "models.candidates", "lightgbm is given twice"),
    ({"languages: [en, es]": "languages: [en, en]"}, "review.languages", "en is given twice"),
    ({", quantiles: 4": ""}, "audit.attributes.income", "one of 'quantiles', 'categories: true' or 'shares'"),
    (
        {"column: median_income, quantiles: 4": "shares: {q4: a}"},
        "audit.attributes.income",
        "shares need 'of'",
    ),
    ({"column: median_income, ": ""}, "audit.attributes.income", "needs 'column'"),
    (
        {"reference_group: q4": "reference_group: rich"},
        "audit.attributes.income.reference_group",
        "no group called",
    ),
    ({"columns: [road_age]": "columns: [median_income]"}, "features[1].columns", "protected attribute"),
    ({"{method: none}": "{method: duplicates}"}, "audit.reporting", "needs 'incident'"),
    (
        {"{method: none}": "{method: duplicates, from: requests, incident: i, attribute: race}"},
        "audit.reporting.attribute",
        "no attribute called race",
    ),
    ({"who: crews": "who: crews, cost_per_unit: 5"}, "capacity.cost_per_unit", "needs 'currency'"),
    ({"languages: [en, es]": "languages: [en, pt]"}, "title", "is not written in pt"),
    ({"[enforcement]": "[{en: enforcement}]"}, "never_for[0]", "is not written in es"),
]


@pytest.mark.parametrize(
    ("changes", "place", "says"), CASES, ids=[f"{c[1]}-{i}" for i, c in enumerate(CASES)]
)
def test_each_rule_names_the_place(changes: dict[str, str], place: str, says: str) -> None:
    found = broken(changes)
    assert any(where == place and says in sentence for where, sentence in found), found


def test_a_rule_waits_for_its_parts() -> None:
    spec = validate(parse_yaml(SOUND.replace("Chicago", "Atlantis").encode(), "x"), PilotSpec)
    assert list(broken_rules(spec, ALL - {"time_zone"})) == []


def test_every_rule_needs_parts_that_exist() -> None:
    assert all(parts and parts <= ALL for parts, _ in RULES)
