from __future__ import annotations

import pytest

from civic_ai.pilot.describe import CONTRACT, EXAMPLES, UnknownPart, describe, example, json_schema
from civic_ai.pilot.located import read_parts, validate
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import Contract
from civic_ai.store.yaml import parse_yaml


def test_every_part_has_a_line_a_meaning_and_an_example() -> None:
    lines = describe()
    assert [line.name for line in lines] == list(PilotSpec.model_fields)
    assert set(EXAMPLES) == {*PilotSpec.model_fields, CONTRACT}
    assert all(line.about for line in lines)


@pytest.mark.parametrize("part", sorted(set(EXAMPLES) - {CONTRACT}))
def test_each_example_is_sound(part: str) -> None:
    reading = read_parts(parse_yaml(example(part).encode(), "example.yaml"), PilotSpec)
    assert part in reading.parts, [mistake.text() for mistake in reading.mistakes if part in mistake.about]


def test_the_example_of_a_contract_is_sound() -> None:
    assert validate(parse_yaml(example(CONTRACT).encode(), "contract.yaml"), Contract).columns


@pytest.mark.parametrize("part", sorted(EXAMPLES))
def test_everything_inside_a_part_is_explained(part: str) -> None:
    assert [line.name for line in describe(part) if not line.about] == []


def test_limits_types_and_defaults_are_said() -> None:
    lines = {line.name: line for line in describe("capacity")}
    assert lines["capacity.units_per_period"].type == "whole number (>= 1)"
    assert lines["capacity.units_per_period"].default == "none"
    assert lines["capacity.who"].default is None
    assert lines["capacity.hours_per_unit"].default == "none"
    features = {line.name: line.type for line in describe("features")}
    assert features["features[].calendar"].startswith("list of one of season, month, trend")


def test_a_part_of_a_part_is_described_with_what_is_inside_it() -> None:
    lines = describe("audit.reporting")
    assert lines[0].name == "audit.reporting"
    assert {"audit.reporting.life_days", "audit.reporting.linkage.metres"} <= {line.name for line in lines}
    assert all(line.name.startswith("audit.reporting") for line in lines)
    assert lines == [line for line in describe("audit") if line in lines]
    assert example("audit.reporting") == example("audit")


@pytest.mark.parametrize("part", ["capacidad", "audit.rep", "capacity.", "nothing.reporting"])
def test_an_unknown_part_is_refused(part: str) -> None:
    with pytest.raises(UnknownPart):
        describe(part)


def test_the_schema_for_editors_knows_the_keys_as_they_are_written() -> None:
    schema = json_schema()
    assert "from" in schema["$defs"]["Label"]["properties"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["seed"]["description"] == "Makes the run repeatable."
