"""What masking forgot: every count in an audit, found by walking it, held against what the public sees."""

from __future__ import annotations

from civic_ai.audit.protection import is_small
from civic_ai.audit.told import told_in
from civic_ai.records.record import Record


def forgotten_counts(full: Record, masked: Record, minimum: int) -> list[str]:
    """The dotted names of small counts that the ``masked`` record shows, wherever they stand."""
    return [
        told.name
        for told in told_in(full, masked)
        if told.is_shown and any(is_small(count, minimum) for count in told.cells.values())
    ]
