"""What stands at an office, read from the exported ledger alone, against what people were told."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from civic_ai.review.history import faults_of
from civic_ai.review.ledger_export import ExportedLedger, entries_of, export
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.office import Office
from tests.laws.office_writers import Word
from tests.unit.review.made_ledger import START, TRUST


@dataclass(frozen=True)
class Judged:
    """How many steps people were told stand, or are refused, and what is wrong with that."""

    acknowledged: int
    refused: int
    lost: int
    """Acknowledged, and not on the ledger."""
    doubled: int
    """On the ledger more than once."""
    stands_though_refused: int
    """Refused, and on the ledger by no other acknowledgement."""
    without_reason: int
    stands_unnoted: int
    """On the ledger, and nobody lived to note it."""
    ledger_is_good: bool
    """The exported ledger verifies, and every case on it folds again."""

    @property
    def is_right(self) -> bool:
        """Nothing is wrong."""
        wrong = self.lost + self.doubled + self.stands_though_refused + self.without_reason
        return self.ledger_is_good and not wrong


def judge(office: Office, told: Iterable[Word], before: int) -> Judged:
    """What people were told against the entries from number ``before`` on."""
    words, exported = list(told), export(office.ledger.snapshot())
    stands = Counter(payload for payload, _ in statements(exported)[before:])
    acknowledged = {word.payload for word in words if not word.refusal}
    refused = [word for word in words if word.refusal]
    return Judged(
        acknowledged=sum(not word.refusal for word in words),
        refused=len(refused),
        lost=len(acknowledged - stands.keys()),
        doubled=sum(count - 1 for count in stands.values())
        + sum(not word.refusal for word in words) - len(acknowledged),
        stands_though_refused=len({word.payload for word in refused} & stands.keys() - acknowledged),
        without_reason=sum(not word.refusal.strip() for word in refused),
        stands_unnoted=len(stands.keys() - acknowledged),
        ledger_is_good=_is_good(office, exported),
    )  # fmt: skip


def _is_good(office: Office, exported: ExportedLedger) -> bool:
    found = verify_ledger(exported, TRUST, START + timedelta(days=36500))
    return found.is_good and not list(faults_of(entries_of(exported), office.policy_of))


def statements(exported: ExportedLedger) -> list[tuple[str, dict[str, Any]]]:
    """Payload and predicate of every entry, without any of our readers."""
    envelopes = [json.loads(line.partition(b" ")[2]) for line in exported.entries.splitlines()]
    return [(one["payload"], json.loads(b64decode(one["payload"]))["predicate"]) for one in envelopes]


def votes_by_hand(exported: ExportedLedger) -> dict[str, str]:
    """Who voted what at the one meeting: each first vote, without those who left before it was closed."""
    votes: dict[str, str] = {}
    for _, said in statements(exported):
        if said.get("kind") == "vote":
            assert said["by"] not in votes, "a second vote stands"
            votes[said["by"]] = said["verdict"]
        elif said.get("kind") == "declare_conflict":
            votes.pop(said["person"], None)
        elif said.get("kind") == "close_vote":
            break
    return votes
