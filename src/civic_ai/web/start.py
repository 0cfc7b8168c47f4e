"""Start the desk: Django with our settings, its tables made or brought up to date, the office opened."""

from __future__ import annotations

import os
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from civic_ai.web.settings import DeskSettings, desk_settings_from, django_settings


def configure(desk: DeskSettings) -> None:
    """Tell Django all it needs; once in a process."""
    settings.configure(**django_settings(desk))
    django.setup()


def prepare(desk: DeskSettings) -> Any:
    """A desk that can answer: the WSGI application.

    Raises :class:`ConfigError` where the ledger, its key or the policy cannot be read.
    """
    configure(desk)
    call_command("migrate", verbosity=0, interactive=False)
    from civic_ai.web.desk import the_desk

    the_desk().standing()
    return get_wsgi_application()


def from_environment() -> Any:
    """The application for a server's worker: ``gunicorn 'civic_ai.web.start:from_environment()'``."""
    return prepare(desk_settings_from(os.environ))


def add_account(desk: DeskSettings, who: tuple[str, str, str], password: str) -> None:
    """Make the account of ``who`` (name, person, address for notices).

    Raises :class:`ConfigError` where the name is taken, or the password is weak.
    """
    configure(desk)
    call_command("migrate", verbosity=0, interactive=False)
    from civic_ai.web.accounts.new import make_account

    make_account(who, password)
