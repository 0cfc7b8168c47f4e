"""Who takes part in a case: persons, the roles they hold, and the duties they have done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from civic_ai.records.record import Record

BoardRole = Literal[
    "owner",
    "developer",
    "data_steward",
    "technical_reviewer",
    "equity_reviewer",
    "privacy_reviewer",
    "governance_officer",
    "chair",
    "member",
    "approver",
    "coach",
    "auditor",
]
Duty = Literal["build", "own", "request", "review", "approve", "deploy"]
"""What a person does to a model; the policy says which two no one person may do."""

Person = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
"""The name that the person's enrolled key stands for."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
Said = Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"\S")]
"""A sentence that may not be blank."""


class Holder(Record):
    """One person in one role. ``is_community`` marks a member's seat that speaks for residents."""

    person: Person
    role: BoardRole
    is_community: bool = False

    named_by = ("role", "person")
