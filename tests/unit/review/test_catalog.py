"""The catalogue against DCAT-AP 3.0.1: what it makes mandatory, and of what kind each value is.

The rules stand in ``dcat_ap.ttl`` as SHACL; pyshacl judges. The official shapes are not on PyPI.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF

from civic_ai.records.public_register import Register, RegisterRow
from civic_ai.review.catalog import catalog

SHAPES = Graph().parse(Path(__file__).with_name("dcat_ap.ttl"))
SITE = "https://city.example/models/catalog.jsonld"


def row(**changed: Any) -> RegisterRow:
    given = {
        "pilot": "streets", "title": {"en": "Which streets?", "es": "¿Qué calles?"},
        "use": {"en": "Crews look there first."}, "owner": "Public Works", "contact": "roads@city.example",
        "state": "in_use", "level": "II", "dossier": "ab" * 32, "is_ready": True, "gates_passed": 3,
        "gates_failed": 0, "gates_unknown": 1, "data_up_to": date(2026, 1, 1), "holds_until": None,
        "comment_days": 0, "decisions": (), "withheld": (), "cards": (),
    }  # fmt: skip
    return RegisterRow.model_validate({**given, **changed})


def made(*rows: RegisterRow) -> dict[str, Any]:
    register = Register(on=date(2026, 1, 2), publisher="city.example/ledger", ledger_size=4, rows=rows)
    found: dict[str, Any] = json.loads(catalog(register, [2026]))
    return found


def graph(document: dict[str, Any]) -> Graph:
    return Graph().parse(data=json.dumps(document), format="json-ld", publicID=SITE)


def judged(document: dict[str, Any]) -> tuple[bool, str]:
    conforms, _, text = pyshacl.validate(graph(document), shacl_graph=SHAPES)
    return bool(conforms), str(text)


@pytest.mark.parametrize("rows", [(), (row(),), (row(contact="+1 555", title="Streets"), row(pilot="bus"))])
def test_it_has_all_that_the_profile_makes_mandatory(rows: tuple[RegisterRow, ...]) -> None:
    conforms, text = judged(made(*rows))
    assert conforms, text


@pytest.mark.parametrize(
    ("node", "name", "value"),
    [
        ((), "dct:title", None),
        ((), "dct:description", None),
        ((), "dct:publisher", None),
        ((), "dct:publisher", "the city"),
        ((), "dct:modified", "2026-01-02"),
        (("dcat:dataset", 1), "dct:description", None),
        (("dcat:dataset", 1), "dcat:contactPoint", "roads@city.example"),
        (("dcat:dataset", 0, "dcat:distribution", 0), "dcat:accessURL", "register.json"),
        (("dcat:dataset", 1, "dcat:distribution", 0), "dct:language", "en"),
        (("dcat:dataset", 1, "dcat:distribution", 0), "dcat:mediaType", "text/html"),
        (("dcat:dataset", 1, "dct:publisher"), "foaf:name", None),
    ],
)
def test_what_is_left_out_or_of_the_wrong_kind_would_be_found(
    node: tuple[str | int, ...], name: str, value: str | None
) -> None:
    document = made(row())
    part: Any = document
    for step in node:
        part = part[step]
    if value is None:
        del part[name]
    else:
        part[name] = value
    assert not judged(document)[0]


def test_addresses_are_those_of_the_server_that_it_stands_on() -> None:
    found = graph(made(row()))
    page = URIRef("https://city.example/models/es/streets/index.html")
    assert (None, DCAT.accessURL, page) in found
    assert (URIRef(f"{SITE}#pilot-streets"), DCTERMS.title, Literal("¿Qué calles?", lang="es")) in found
    assert len(list(found.subjects(RDF.type, DCAT.Dataset))) == 2


def test_a_title_in_no_named_language_has_none() -> None:
    found = graph(made(row(title="Streets")))
    assert (URIRef(f"{SITE}#pilot-streets"), DCTERMS.title, Literal("Streets")) in found
