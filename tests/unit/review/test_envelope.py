from __future__ import annotations

import json

from civic_ai.core.base64 import base64_bytes
from civic_ai.review.envelope import pre_authentication_encoding, signed_bytes, to_sign
from civic_ai.review.statement import state
from tests.unit.review.made_ledger import ANA, DOSSIER, said


def test_the_published_vector_of_dsse() -> None:
    made = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert made == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_lengths_are_those_of_bytes() -> None:
    assert pre_authentication_encoding("ñ", "é".encode() * 3) == "DSSEv1 2 ñ 6 ééé".encode()


def test_an_envelope_carries_the_statement_and_its_signatures() -> None:
    statement = state("vote", "pilot", DOSSIER, {"text": "añadir"})
    envelope = said(statement, ANA)
    stands = json.loads(envelope.to_json())
    assert list(stands) == ["payload", "payloadType", "signatures"]
    assert base64_bytes(stands["payload"]) == statement.to_json()
    assert stands["signatures"][0]["keyid"] == ANA.public_key.id
    assert signed_bytes(envelope) == to_sign(statement)
    ANA.key.public_key().verify(base64_bytes(stands["signatures"][0]["sig"]), to_sign(statement))
