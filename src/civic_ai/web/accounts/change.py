"""An account that stands: another password, or no way in any more. Sessions that are open end with either.

What the person signed stays, and so do the roles on the ledger: those are released there.
"""

from __future__ import annotations

from axes.utils import reset

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.web.accounts.models import Member
from civic_ai.web.accounts.new import require_password


def change_password(name: str, password: str) -> None:
    """Another password; wrong tries are forgotten, and an account that was closed is open again.

    Raises :class:`ConfigError` where there is no such account, or the password is weak.
    """
    member = _member(name)
    require_password(name, password)
    member.set_password(password)
    member.is_active = True
    member.save(update_fields=("password", "is_active"))
    reset(username=name)


def close_account(name: str) -> None:
    """Nobody signs in to it, in any way. Raises :class:`ConfigError` where there is no such account."""
    member = _member(name)
    member.is_active = False
    member.save(update_fields=("is_active",))


def _member(name: str) -> Member:
    found = Member.objects.filter(name=name).first()
    if found is None:
        raise ConfigError.because(
            say("there is no account of this name"),
            about=name,
            remedy=say("Give the name that is typed to sign in."),
        )
    return found
