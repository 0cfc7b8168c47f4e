"""What the ledger's browser shows of an entry: when, who signed, what it says, by which keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from civic_ai.core.messages import Message, say
from civic_ai.records.ledger import KeySpan, LedgerEntry, read_entry
from civic_ai.records.workflow_words import DEEDS
from civic_ai.review.history import is_step
from civic_ai.review.keys import ENROLLED, REVOKED, KeyRegister
from civic_ai.review.log_keys import ROTATED
from civic_ai.review.merkle import leaf_hash
from civic_ai.review.statement import Statement, read_statement

KEY_WORDS = {
    ENROLLED: say("enrol a key"),
    REVOKED: say("revoke a key"),
    ROTATED: say("change the log's key"),
}


@dataclass(frozen=True)
class Shown:
    """One entry. ``pilot``: None for an entry about keys."""

    number: int
    moment: datetime
    says: Message
    pilot: str | None
    signers: tuple[KeySpan, ...]
    leaf: str
    statement: str
    content: str
    """The statement as it was signed, spread over lines."""

    @property
    def names(self) -> tuple[str, ...]:
        """Who signed."""
        return tuple(span.key.holder for span in self.signers)


def shown(lines: Iterable[bytes], first: int, register: KeyRegister) -> list[Shown]:
    """The entries of these lines, the first with the number ``first``. Raises ``ValueError`` at no entry."""
    return [_shown(read_entry(number, line), register) for number, line in enumerate(lines, start=first)]


def _shown(entry: LedgerEntry, register: KeyRegister) -> Shown:
    statement = read_statement(entry.envelope.content)
    spans = (register.spans.get(one.keyid) for one in entry.envelope.signatures)
    return Shown(
        number=entry.number,
        moment=entry.moment,
        says=_words(statement),
        pilot=statement.subject[0].name if is_step(statement) else None,
        signers=tuple(span for span in spans if span is not None),
        leaf=leaf_hash(entry.line).hex(),
        statement=statement.digest,
        content=json.dumps(json.loads(entry.envelope.content), indent=1, ensure_ascii=False),
    )


def _words(statement: Statement) -> Message:
    if is_step(statement):
        return DEEDS[str(statement.predicate["kind"])]
    return KEY_WORDS[statement.predicate_type]
