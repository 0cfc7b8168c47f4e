"""What is wrong with a ledger, each fault by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from civic_ai.core.messages import Message, say

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
KINDS: Mapping[Kind, Message] = {
    "malformed": say("malformed"),
    "altered": say("altered"),
    "reordered": say("reordered"),
    "removed": say("removed"),
    "truncated": say("truncated"),
    "repeated": say("repeated"),
    "added": say("added"),
    "leaf list": say("leaf list"),
    "log signature": say("log signature"),
    "checkpoint mismatch": say("checkpoint mismatch"),
    "rewritten": say("rewritten"),
    "cut back": say("cut back"),
    "witness signature": say("witness signature"),
    "no witness": say("no witness"),
    "old witness": say("old witness"),
    "bad signature": say("bad signature"),
    "foreign key": say("foreign key"),
    "revoked key": say("revoked key"),
    "early key": say("early key"),
    "not entitled": say("not entitled"),
    "not allowed": say("not allowed"),
    "not in dossier": say("not in dossier"),
    "policy": say("policy"),
    "counter": say("counter"),
    "too large": say("too large"),
    "database": say("database"),
    "no statement": say("no statement"),
    "clock": say("clock"),
}
"""What people call each kind; programs read the kind itself."""
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
