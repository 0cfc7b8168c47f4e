"""The Django app of accounts."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    """Its label is what tables and settings call it."""

    name = "civic_ai.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whoever signs in, by whichever way, is known to read the language of that page."""
        from civic_ai.web.accounts.language import remember_language

        user_logged_in.connect(remember_language, dispatch_uid="language")
