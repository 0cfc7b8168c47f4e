"""What a decision makes of a pilot's models in the scientists' registry."""

from __future__ import annotations

from pydantic import Field

from civic_ai.records.people import Digest, Word
from civic_ai.records.record import Record


class AliasMove(Record):
    """Where the aliases of a pilot's registered models belong after entry ``number`` of the ledger.

    ``approved``: the dossier at work, ``retired``: the last one that was; None: no version carries the alias.
    """

    pilot: Word
    number: int = Field(ge=0)
    approved: Digest | None
    retired: Digest | None
