"""The tables are what the models say."""

from __future__ import annotations

from django.core.management import call_command


def test_no_change_of_the_models_waits_for_a_migration() -> None:
    call_command("makemigrations", "coaching", check=True, dry_run=True, verbosity=0)
