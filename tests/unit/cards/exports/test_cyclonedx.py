"""The bill of materials passes the strict validator of OWASP's own library (schema 1.6)."""

from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft7Validator
from rfc3986_validator import validate_rfc3986

from civic_ai.cards.exports.cyclonedx import export_cyclonedx
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import TOKENS, publish_made

CITIES = (City(), City(known=False), City(winner="rule"), City(groups="small"), City(question="demand"))


@Draft7Validator.FORMAT_CHECKER.checks("iri-reference")
def is_reference(value: object) -> bool:
    """Every URI is an IRI; ours are written as URIs (RFC 3987 3.1)."""
    return not isinstance(value, str) or validate_rfc3986(value, rule="URI_reference") is not None


VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


@pytest.mark.parametrize("city", CITIES, ids=str)
@pytest.mark.parametrize("texts", [{}, TOKENS], ids=["empty", "full"])
def test_the_strict_validator_accepts_it(city: City, texts: dict[str, str]) -> None:
    bill = export_cyclonedx(publish_made(texts, city))["bom.cdx.json"].decode()
    assert VALIDATOR.validate_str(bill) is None


def test_the_validator_would_refuse_a_metric_that_is_a_number() -> None:
    bill = json.loads(export_cyclonedx(publish_made(TOKENS))["bom.cdx.json"])
    card = bill["metadata"]["component"]["modelCard"]
    card["quantitativeAnalysis"]["performanceMetrics"][0]["value"] = 0.4
    assert VALIDATOR.validate_str(json.dumps(bill)) is not None


def test_the_validator_would_refuse_an_address_that_is_none() -> None:
    bill = json.loads(export_cyclonedx(publish_made(TOKENS))["bom.cdx.json"])
    bill["externalReferences"] = [{"type": "website", "url": "https://city.example/a b"}]
    assert VALIDATOR.validate_str(json.dumps(bill)) is not None


def test_figures_data_and_libraries_are_those_of_the_dossier() -> None:
    published = publish_made(TOKENS)
    bill = json.loads(export_cyclonedx(published)["bom.cdx.json"])
    metrics = bill["metadata"]["component"]["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    shown = {(m["type"], m.get("slice")): m for m in metrics}
    assert shown["precision_at_capacity", None]["value"] == "0.41"
    assert set(shown["precision_at_capacity", None]["confidenceInterval"]) == {"lowerBound", "upperBound"}
    data = [part for part in bill["components"] if part["type"] == "data"]
    snapshot = published.sealed.records.snapshot
    assert [part["hashes"][0]["content"] for part in data] == [s.raw_digest for s in snapshot.sources]
    references = {part["bom-ref"] for part in bill["components"]}
    datasets = bill["metadata"]["component"]["modelCard"]["modelParameters"]["datasets"]
    assert {entry["ref"] for entry in datasets} <= references
    assert {"name": "numpy", "version": "2.4.0"}.items() <= next(
        part for part in bill["components"] if part["type"] == "library"
    ).items()
