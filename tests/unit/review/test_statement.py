from __future__ import annotations

import json

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.review.statement import STATEMENT, predicate_type, read_statement, state
from tests.unit.review.made_ledger import DOSSIER

MADE = state("decision", "example-potholes", DOSSIER, {"verdict": "approve", "by": "Ana", "seen": 3})


def test_a_statement_is_canonical_in_toto() -> None:
    assert MADE.to_json().decode() == (
        '{"_type":"https://in-toto.io/Statement/v1",'
        '"predicate":{"by":"Ana","seen":3,"verdict":"approve"},'
        '"predicateType":"https://civic-ai.dev/decision/v1",'
        f'"subject":[{{"digest":{{"sha256":"{DOSSIER}"}},"name":"example-potholes"}}]}}'
    )
    assert STATEMENT in MADE.to_json().decode()
    assert predicate_type("decision") == "https://civic-ai.dev/decision/v1"
    assert read_statement(MADE.to_json()) == MADE


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"subject": []},
        {"subject": [{"name": "x", "digest": {"sha256": DOSSIER[:-1]}}]},
        {"subject": [{"name": "x", "digest": {"sha256": DOSSIER.upper()}}]},
        {"subject": [{"name": "x", "digest": {"sha512": DOSSIER}}]},
        {"predicateType": ""},
        {"predicate": []},
        {"more": 1},
    ],
)
def test_what_is_no_such_statement_is_refused(change: dict[str, object]) -> None:
    content = json.dumps(json.loads(MADE.to_json()) | change, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(RefusedError, match="no in-toto statement"):
        read_statement(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        MADE.to_json() + b"\n",
        MADE.to_json().replace(b":3", b": 3"),
        MADE.to_json().replace(b":3", b":3.0"),
        MADE.to_json().replace(b":3", b":9007199254740993"),
        MADE.to_json().replace(b'"seen":3', b'"seen":4,"seen":3'),
        MADE.to_json().replace(b"Ana", b"\\u0041na"),
        MADE.to_json().replace(b'"digest"', b'"digest_of_it"'),
    ],
)
def test_it_has_one_spelling(content: bytes) -> None:
    with pytest.raises(RefusedError, match="no in-toto statement"):
        read_statement(content)
