"""Start the desk: Django with our settings, its tables made or brought up to date, the office opened."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

from civic_ai.core.errors import StoreError
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.web.settings import DeskSettings, django_settings
from civic_ai.web.settings_file import settings_of


def configure(desk: DeskSettings) -> None:
    """Tell Django all it needs; once in a process."""
    settings.configure(**django_settings(desk))
    _keep_private(settings.DATABASES["default"])
    django.setup()


def _keep_private(database: Mapping[str, Any]) -> None:
    """SQLite's file holds sessions, hashes of passwords and blind reviews: it is for its owner only."""
    if database["ENGINE"].endswith("sqlite3"):
        place = Path(database["NAME"])
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(0o600)
        with suppress(PermissionError):  # whoever made it decided otherwise
            place.chmod(0o600)


def prepare(desk: DeskSettings) -> Any:
    """A desk that can answer: the WSGI application.

    Raises :class:`ConfigError` where the ledger, its key or the policy cannot be read.
    """
    gc.disable()  # what is read here stays: the collector need not look for what could go
    try:
        return _prepared(desk)
    finally:
        gc.freeze()  # nor look at it later, nor touch what workers share
        gc.enable()


def _prepared(desk: DeskSettings) -> Any:
    configure(desk)
    call_command("migrate", verbosity=0, interactive=False)
    from civic_ai.web.desk import the_desk

    opened = the_desk()
    opened.waited_for()
    with suppress(StoreError):  # on a full disk the next start verifies what this one has verified
        opened.verified.keep(opened.office.reader.verified_so_far())
    opened.office.ledger.register()  # what the next step would have to read first
    call_command("clearsessions", verbosity=0)
    opened.office.ledger.engine.dispose()
    connections.close_all()  # a server's workers are forked from here and each opens its own
    made = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)  # else each worker would read every page's code by itself,
    shipped_crosswalk()  # and the fields of a pilot's record
    return made


def from_environment() -> Any:
    """The application for a server's workers; :mod:`civic_ai.web.server` says how they are started."""
    return prepare(settings_of(os.environ))


def add_account(desk: DeskSettings, who: tuple[str, str, str], password: str) -> None:
    """Make the account of ``who`` (name, person, address for notices).

    Raises :class:`ConfigError` where the name is taken, or the password is weak.
    """
    _open_accounts(desk)
    from civic_ai.web.accounts.new import make_account

    make_account(who, password)


def renew_password(desk: DeskSettings, name: str, password: str) -> None:
    """As :func:`civic_ai.web.accounts.change.change_password`."""
    _open_accounts(desk)
    from civic_ai.web.accounts.change import change_password

    change_password(name, password)


def end_account(desk: DeskSettings, name: str) -> None:
    """As :func:`civic_ai.web.accounts.change.close_account`."""
    _open_accounts(desk)
    from civic_ai.web.accounts.change import close_account

    close_account(name)


def _open_accounts(desk: DeskSettings) -> None:
    """Django with its tables, in a process that serves no page."""
    configure(desk)
    call_command("migrate", verbosity=0, interactive=False)
