"""What was told to whom, so that nobody is told twice."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class Notice(models.Model):
    """Somebody was told one thing (``notices.news.News``): that a step waits, or what happened."""

    person: models.CharField[str, str] = models.CharField(max_length=80)
    pilot: models.CharField[str, str] = models.CharField(max_length=61)
    kind: models.CharField[str, str] = models.CharField(max_length=40)
    about: models.CharField[str, str] = models.CharField(max_length=64, blank=True, default="")
    sent_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One of each."""

        constraints = (
            models.UniqueConstraint(fields=("person", "pilot", "kind", "about"), name="one_notice_of_each"),
        )
