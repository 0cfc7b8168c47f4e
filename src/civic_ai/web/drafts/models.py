"""A statement between its form and its signature."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from civic_ai.core.canonical import canonical_json
from civic_ai.records.action import Action, read_action
from civic_ai.review.statement import Statement, read_statement
from civic_ai.web.accounts.models import Member

MOST_LETTERS = 80


class Draft(models.Model):
    """What somebody is about to sign: the canonical JSON, byte for byte. Nobody else may see it.

    ``pilot``: whose case the step is about; empty for a statement about keys.
    """

    member: models.ForeignKey[Member, Member] = models.ForeignKey(Member, on_delete=models.CASCADE)
    pilot: models.CharField[str, str] = models.CharField(max_length=MOST_LETTERS, blank=True, default="")
    content: models.BinaryField[bytes, bytes] = models.BinaryField()
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    @property
    def statement(self) -> Statement:
        """The statement itself."""
        return read_statement(bytes(self.content))

    @property
    def action(self) -> Action | None:
        """The step that it takes; None where it is about keys."""
        return read_action(canonical_json(self.statement.predicate)) if self.pilot else None
