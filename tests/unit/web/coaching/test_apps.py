"""The tables of comments and scores are called by their label."""

from __future__ import annotations

from django.apps import apps

from civic_ai.web.coaching.apps import CoachingConfig


def test_the_app_is_installed_under_its_label() -> None:
    assert isinstance(apps.get_app_config("coaching"), CoachingConfig)
