"""The card has the shape of Model Card Toolkit 0.0.2: the names and types are facts, the schema is ours."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from civic_ai.cards.exports.model_card_toolkit import export_model_card_toolkit
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import TOKENS, publish_made

TEXT = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


DESCRIBED = _list(_object(description=TEXT))
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_object(
        schema_version=TEXT,
        model_details=_object(
            name=TEXT, overview=TEXT, owners=_list(_object(name=TEXT, contact=TEXT)),
            version=_object(name=TEXT, date=TEXT, diff=TEXT),
            licenses=_list(_object(identifier=TEXT, custom_text=TEXT)),
            references=_list(_object(reference={"type": "string", "pattern": r"^[a-z]+:\S+$"})),
        ),
        model_parameters=_object(
            model_architecture=TEXT, output_format=TEXT, data=_list(_object(name=TEXT, description=TEXT))
        ),
        quantitative_analysis=_object(
            performance_metrics=_list(
                _object(type=TEXT, value=TEXT, slice=TEXT,
                        confidence_interval=_object(lower_bound=TEXT, upper_bound=TEXT))
            )
        ),
        considerations=_object(
            users=DESCRIBED, use_cases=DESCRIBED, limitations=DESCRIBED, tradeoffs=DESCRIBED,
            ethical_considerations=_list(_object(name=TEXT, mitigation_strategy=TEXT)),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("texts", [{}, TOKENS], ids=["empty", "full"])
@pytest.mark.parametrize("city", [City(), City(known=False), City(question="demand")], ids=str)
def test_it_has_the_shape_of_the_schema(city: City, texts: dict[str, str]) -> None:
    card = json.loads(export_model_card_toolkit(publish_made(texts, city))["model_card.json"])
    jsonschema.Draft7Validator(SCHEMA).validate(card)
    assert card["schema_version"] == "0.0.2"


def test_an_empty_field_leaves_its_key_out() -> None:
    card = json.loads(export_model_card_toolkit(publish_made({}))["model_card.json"])
    assert "overview" not in card["model_details"]
    assert card["considerations"]["users"] == []


def test_it_names_the_record_by_a_link_that_is_no_web_page() -> None:
    published = publish_made(TOKENS)
    card = json.loads(export_model_card_toolkit(published)["model_card.json"])
    assert card["model_details"]["references"] == [{"reference": f"urn:sha256:{published.record.digest}"}]
