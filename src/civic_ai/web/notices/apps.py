"""The app, as Django lists it."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What was told to whom."""

    name = "civic_ai.web.notices"
    label = "notices"
