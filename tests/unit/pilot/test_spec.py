from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.pilot.feature_blocks import CalendarFeature, ColumnFeature, CountFeature, TrailingFeature
from civic_ai.pilot.located import validate
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import parse_yaml
from tests.unit.pilot.written import SOUND


def sound() -> PilotSpec:
    return validate(parse_yaml(SOUND.encode(), "pilot.yaml"), PilotSpec)


def test_a_spec_survives_its_own_json() -> None:
    spec = sound()
    assert PilotSpec.model_validate_json(spec.to_json()) == spec
    assert PilotSpec.model_validate_json(spec.to_json()).digest == spec.digest


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        sound().seed = 8  # type: ignore[misc]


def test_a_feature_block_is_what_its_own_key_says() -> None:
    kinds = [type(block) for block in sound().features]
    assert kinds == [CountFeature, ColumnFeature, CalendarFeature]
    text = SOUND.replace("{calendar: [season]}", "{from: areas, trailing_days: [7], mean: [rain]}")
    spec = validate(parse_yaml(text.encode(), "pilot.yaml"), PilotSpec)
    assert isinstance(spec.features[2], TrailingFeature)


def test_another_value_is_another_digest() -> None:
    other = validate(parse_yaml(SOUND.replace("seed: 7", "seed: 8").encode(), "pilot.yaml"), PilotSpec)
    assert other.digest != sound().digest
