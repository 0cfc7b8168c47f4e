"""The register as a DCAT 3 catalogue (W3C, 2024), with all that DCAT-AP 3.0.1 (SEMIC, 2025) makes mandatory.

Addresses are relative to the file, so that a city may put the site on any server.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from civic_ai.core.messages import LANGUAGES, Message, say
from civic_ai.records.public_register import Register, RegisterRow
from civic_ai.records.text import Text

TITLE = say("Public register of predictive models")
DESCRIPTION = say("What the city tries, what its board decided, and until when.")
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/language"
_LANGUAGE = {"en": f"{_AUTHORITY}/ENG", "es": f"{_AUTHORITY}/SPA", "pt": f"{_AUTHORITY}/POR"}
_MEDIA = "https://www.iana.org/assignments/media-types"
Node = dict[str, Any]


def catalog(register: Register, reports: Iterable[int]) -> bytes:
    """The catalogue as JSON-LD: the register, a yearly report of each of those years, and every pilot."""
    made = {
        "@context": CONTEXT,
        "@id": "#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _said(TITLE),
        "dct:description": _said(DESCRIPTION),
        "dct:publisher": _agent(register.publisher),
        "dct:modified": _day(register),
        "dct:language": [_language(language) for language in LANGUAGES],
        "dcat:dataset": [_register(register, reports), *(_pilot(row, register) for row in register.rows)],
    }
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def _register(register: Register, reports: Iterable[int]) -> Node:
    files = [("register.json", "application/json"), ("register.csv", "text/csv")]
    files += [(f"years/{year}.json", "application/json") for year in reports]
    return {
        "@id": "#register",
        "@type": "dcat:Dataset",
        "dct:identifier": "register",
        "dct:title": _said(TITLE),
        "dct:description": _said(DESCRIPTION),
        "dct:publisher": _agent(register.publisher),
        "dct:modified": _day(register),
        "dcat:distribution": [_file(path, media) for path, media in files],
    }


def _pilot(row: RegisterRow, register: Register) -> Node:
    return {
        "@id": f"#pilot-{row.pilot}",
        "@type": "dcat:Dataset",
        "dct:identifier": row.pilot,
        "dct:title": _written(row.title),
        "dct:description": _written(row.use),
        "dct:publisher": _agent(row.owner),
        "dcat:contactPoint": _contact(row),
        "dct:modified": _day(register),
        "dcat:distribution": list(_pages(row)),
    }


def _pages(row: RegisterRow) -> Iterator[Node]:
    for language in LANGUAGES:
        spoken = {"dct:language": _language(language)}
        yield _file(f"{language}/{row.pilot}/index.html", "text/html") | spoken


def _file(path: str, media: str) -> Node:
    return {
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": path},
        "dcat:downloadURL": {"@id": path},
        "dcat:mediaType": {"@id": f"{_MEDIA}/{media}", "@type": "dct:MediaType"},
    }


def _agent(name: str) -> Node:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _contact(row: RegisterRow) -> Node:
    named: Node = {"@type": "vcard:Kind", "vcard:fn": row.owner}
    return named | ({"vcard:hasEmail": {"@id": f"mailto:{row.contact}"}} if "@" in row.contact else {})


def _language(language: str) -> Node:
    return {"@id": _LANGUAGE[language], "@type": "dct:LinguisticSystem"}


def _day(register: Register) -> Node:
    return {"@type": "xsd:date", "@value": str(register.on)}


def _said(message: Message) -> list[Node]:
    return [{"@language": language, "@value": message.text(language)} for language in LANGUAGES]


def _written(text: Text) -> list[Node]:
    """The city's own text: each language that it wrote; without a language where it did not say which."""
    given = [(language, getattr(text, language)) for language in LANGUAGES]
    named = [{"@language": language, "@value": value} for language, value in given if value]
    return named or [{"@value": text.in_language("en")}]
