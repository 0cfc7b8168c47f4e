"""What stays in the workspace when a tracking store has all of a dossier."""

from __future__ import annotations

from civic_ai.records.record import Record


class SentRun(Record):
    """The run's name in that store, and the store's address without credentials."""

    run_id: str
    store: str
