"""Comments on sections of cards, in threads, and the coach's scores. Who reads what: ``review.remarks``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

PERSON, PILOT, DIGEST, WORD, ROLES, LANGUAGE = 80, 80, 64, 80, 300, 2
MOST_LETTERS = 5_000
"""As long as a comment or a reason may be."""


class Spoken(models.Model):
    """Something that a person said about a dossier.

    ``held``: the roles that the person held then, with blanks between. ``after``: how many entries the ledger
    had by then, so that what came first is told by the ledger and not by a clock.
    """

    pilot: models.CharField[str, str] = models.CharField(max_length=PILOT)
    dossier: models.CharField[str, str] = models.CharField(max_length=DIGEST)
    by: models.CharField[str, str] = models.CharField(max_length=PERSON)
    held: models.CharField[str, str] = models.CharField(max_length=ROLES, blank=True)
    after: models.IntegerField[int, int] = models.IntegerField()
    language: models.CharField[str, str] = models.CharField(max_length=LANGUAGE)
    text: models.TextField[str, str] = models.TextField()
    said_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Two tables, one for each thing that is said."""

        abstract = True

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that the person held when it was said."""
        return tuple(self.held.split())


class Remarks(models.Manager["Remark"]):
    """Keeps what is said."""

    def keep(self, said: Mapping[str, Any]) -> None:
        """A new remark with these fields; a form that came twice is one remark."""
        place = {name: said.get(name) for name in ("pilot", "dossier", "card", "section", "under")}
        with transaction.atomic():
            last = self.filter(**place).order_by("pk").last()
            if last is None or (last.by, last.text) != (said["by"], said["text"]):
                self.create(**said)


class Remark(Spoken):
    """A comment, or an answer in its thread.

    ``section``: the id of a heading of the card. ``under``: what an answer belongs to; None for what begins a
    thread, which alone is marked as a needed change, and alone is settled.
    """

    card: models.CharField[str, str] = models.CharField(max_length=WORD)
    section: models.CharField[str, str] = models.CharField(max_length=WORD)
    under: models.ForeignKey[Remark | None, Remark | None] = models.ForeignKey(
        "self", null=True, default=None, on_delete=models.PROTECT
    )
    asks_change: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    settled_by: models.CharField[str, str] = models.CharField(max_length=PERSON, blank=True, default="")
    settled_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, default=None
    )

    objects = Remarks()

    class Meta:
        """Read by dossier."""

        indexes = (models.Index(fields=("pilot", "dossier")),)


class Score(Spoken):
    """A coach's score of one criterion, with its reason (``text``). The last one counts; all are kept."""

    rubric: models.CharField[str, str] = models.CharField(max_length=DIGEST)
    criterion: models.CharField[str, str] = models.CharField(max_length=WORD)
    mark: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField()

    class Meta:
        """Read by dossier and rubric; a score is one of those that a rubric knows."""

        indexes = (models.Index(fields=("pilot", "dossier", "rubric")),)
        constraints = (
            models.CheckConstraint(condition=models.Q(mark__lte=3), name="a_score_is_at_most_three"),
        )
