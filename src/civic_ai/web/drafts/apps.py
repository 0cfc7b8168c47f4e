"""The Django app of drafts."""

from __future__ import annotations

from django.apps import AppConfig


class DraftsConfig(AppConfig):
    """Its label is what tables and settings call it."""

    name = "civic_ai.web.drafts"
    label = "drafts"
    default_auto_field = "django.db.models.BigAutoField"
