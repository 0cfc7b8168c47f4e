"""The demonstration's desk: founded, with an account for everybody, ready to answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from civic_ai.web.demo.found import found_demo
from civic_ai.web.demo.people import PLAYERS
from civic_ai.web.settings import DeskSettings
from civic_ai.web.start import prepare

LETTERS = 12
"""Bytes of chance in a password; it is shown once and kept nowhere in plain."""


def open_demo(home: Path, address: str) -> tuple[Any, Mapping[str, str]]:
    """The application, and the password of each account, on a demonstration founded in ``home``.

    Raises :class:`RefusedError` where something stands in ``home``.
    """
    found_demo(home, datetime.now(UTC).date())
    application = prepare(DeskSettings(home=home, pilots=home / "pilots", address=address))
    from civic_ai.web.accounts.new import make_account
    from civic_ai.web.demo.talk import talk
    from civic_ai.web.desk import the_desk

    passwords = {player.account: secrets.token_urlsafe(LETTERS) for player in PLAYERS}
    for player in PLAYERS:
        make_account(
            (player.account, player.person, f"{player.account}@example.org"), passwords[player.account]
        )
    talk(the_desk())
    return application, passwords
