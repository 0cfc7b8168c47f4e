"""What is wrong with a ledger, each fault by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from civic_ai.core.messages import Message

Kind = Literal[
    "malformed",
    "altered",
    "reordered",
    "removed",
    "truncated",
    "repeated",
    "added",
    "leaf list",
    "log signature",
    "checkpoint mismatch",
    "rewritten",
    "cut back",
    "witness signature",
    "no witness",
    "old witness",
    "bad signature",
    "foreign key",
    "revoked key",
    "early key",
    "not entitled",
    "not allowed",
    "not in dossier",
    "policy",
    "counter",
    "too large",
    "database",
    "no statement",
    "clock",
]
WARNINGS: frozenset[Kind] = frozenset({"no witness", "old witness", "clock"})
"""What an honest ledger may show; a reader should know it."""


@dataclass(frozen=True)
class Finding:
    """One thing found: its kind, the number of the entry where it is one, and the sentence."""

    kind: Kind
    says: Message
    entry: int | None = None

    @property
    def is_fault(self) -> bool:
        """Whether the ledger cannot be believed because of it."""
        return self.kind not in WARNINGS
