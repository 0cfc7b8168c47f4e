"""A statement between its form and its signature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from civic_ai.core.canonical import canonical_json
from civic_ai.records.action import Action, read_action
from civic_ai.review.statement import Statement, read_statement
from civic_ai.web.accounts.models import Member

MOST_LETTERS = 80
KEPT = timedelta(days=30)
"""So long a draft is kept, signed or not."""
MOST_WITH_FILES = 20
"""As many drafts of one member may wait with files; then the oldest goes."""


class Drafts(models.Manager["Draft"]):
    """Makes drafts."""

    def keep(
        self, member: Member, statement: Statement, pilot: str = "", enclosed: Iterable[bytes] = ()
    ) -> Draft:
        """A new draft with the files that it names; the member's old ones go."""
        self.filter(member=member, made_at__lt=timezone.now() - KEPT).delete()
        with transaction.atomic():
            made = self.create(member=member, pilot=pilot, content=statement.to_json())
            Enclosure.objects.bulk_create(Enclosure(draft=made, content=content) for content in enclosed)
            with_files = self.filter(member=member, enclosure__isnull=False).order_by("-pk").distinct()
            self.filter(pk__in=list(with_files.values_list("pk", flat=True)[MOST_WITH_FILES:])).delete()
        return made


class Draft(models.Model):
    """What somebody is about to sign: the canonical JSON, byte for byte. Nobody else may see it.

    ``pilot``: whose case the step is about; empty for a statement about keys.
    """

    member: models.ForeignKey[Member, Member] = models.ForeignKey(Member, on_delete=models.CASCADE)
    pilot: models.CharField[str, str] = models.CharField(max_length=MOST_LETTERS, blank=True, default="")
    content: models.BinaryField[bytes, bytes] = models.BinaryField()
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    entry: models.IntegerField[int | None, int | None] = models.IntegerField(null=True, default=None)
    """The number of the entry that holds it, once it is signed: who comes again is led there."""

    objects = Drafts()

    @property
    def statement(self) -> Statement:
        """The statement itself."""
        return read_statement(bytes(self.content))

    @property
    def action(self) -> Action | None:
        """The step that it takes; None where it is about keys."""
        return read_action(canonical_json(self.statement.predicate)) if self.pilot else None


class Enclosure(models.Model):
    """A file that a statement names, until that is signed; what nobody signs is kept no longer than it."""

    draft: models.ForeignKey[Draft, Draft] = models.ForeignKey(Draft, on_delete=models.CASCADE)
    content: models.BinaryField[bytes, bytes] = models.BinaryField()
