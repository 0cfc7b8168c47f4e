"""The sealed dossier: every file with its role, size and digest. Its digest is what people sign."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.record import Record

Role = Literal["record", "card", "bundle", "spec", "contract", "policy"]
Audience = Literal["board", "public"]


class SealedFile(Record):
    """One file, by its path inside the dossier."""

    path: str
    role: Role
    audience: Audience
    sha256: str
    size: int

    named_by = ("path",)


class Dossier(Record):
    """The manifest. Nothing in it carries a clock time, a host, a path outside, or a person."""

    schema_version: Literal["dossier/1"] = "dossier/1"
    pilot: str
    evidence: str
    gates: str
    is_ready: bool
    languages: tuple[str, ...]
    files: tuple[SealedFile, ...]
