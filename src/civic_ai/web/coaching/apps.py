"""The Django app of comments and scores."""

from __future__ import annotations

from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """Its label is what tables and settings call it."""

    name = "civic_ai.web.coaching"
    label = "coaching"
    default_auto_field = "django.db.models.BigAutoField"
