"""The Django app of accounts."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Its label is what tables and settings call it."""

    name = "civic_ai.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
