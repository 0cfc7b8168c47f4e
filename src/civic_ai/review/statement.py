"""An in-toto Statement (v1, 2023): what is said (predicate) about what (subject, by digest)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationError

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.ledger import Sha256
from civic_ai.records.record import Record

StatementType = Literal["https://in-toto.io/Statement/v1"]
STATEMENT: StatementType = "https://in-toto.io/Statement/v1"
_PREDICATES = "https://civic-ai.dev"


class Digests(Record):
    """The digests of a subject; ours is always SHA-256."""

    sha256: Sha256


class Subject(Record):
    """What a statement is about: a dossier or a key, by its digest."""

    name: str
    digest_of_it: Digests = Field(alias="digest")


class Statement(Record):
    """A statement; the ledger keeps its predicate and does not read it."""

    type: StatementType = Field(alias="_type", default=STATEMENT)
    subject: tuple[Subject, ...] = Field(min_length=1)
    predicate_type: str = Field(alias="predicateType", min_length=1)
    predicate: dict[str, Any]


def predicate_type(kind: str) -> str:
    """The address of one kind of predicate: ``https://civic-ai.dev/decision/v1``."""
    return f"{_PREDICATES}/{kind}/v1"


def state(kind: str, name: str, sha256: str, predicate: dict[str, Any]) -> Statement:
    """A statement of ``kind`` about the subject ``name`` with the digest ``sha256``."""
    subject = Subject(name=name, digest_of_it=Digests(sha256=sha256))
    return Statement(subject=(subject,), predicate_type=predicate_type(kind), predicate=predicate)


def read_statement(content: bytes) -> Statement:
    """The statement that ``content`` holds.

    Raises :class:`RefusedError` unless it is an in-toto Statement v1 in canonical JSON: what people sign has
    one spelling.
    """
    try:
        statement = Statement.model_validate_json(content)
        is_canonical = statement.to_json() == content
    except (ValidationError, ValueError) as error:
        raise _no_statement() from error
    if not is_canonical:
        raise _no_statement()
    statement.__dict__["digest"] = digest_of_bytes(content)  # else it would be spelt again
    return statement


def _no_statement() -> RefusedError:
    made = RefusedError.because(
        say("what was signed is no in-toto statement in canonical JSON"),
        remedy=say("Sign what civic-ai wrote, unchanged."),
    )
    assert isinstance(made, RefusedError)
    return made
