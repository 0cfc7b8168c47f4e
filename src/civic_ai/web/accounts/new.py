"""A new account, made by whoever runs the desk."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.review.key_names import is_plain
from civic_ai.web.accounts.models import Member


def make_account(who: tuple[str, str, str], password: str) -> Member:
    """The account of ``who`` (name, person, address for notices).

    Raises :class:`ConfigError` where a name is taken or cannot be read, or the password is weak.
    """
    name, person, email = who
    if not (is_plain(name) and is_plain(person)):
        raise ConfigError.because(
            say("the name has characters that nobody sees, or an unusual spelling"), about=name
        )
    require_password(name, password)
    try:
        with transaction.atomic():
            return Member.objects.add(name, person, password, email)
    except IntegrityError as error:
        raise ConfigError.because(
            say("an account of this name or person stands already"), about=name
        ) from error


def require_password(name: str, password: str) -> None:
    """Raise :class:`ConfigError` where this password is weak."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise ConfigError.because(
            say("this password is too short, or too many people use it"),
            about=name,
            remedy=say("Use a sentence of 12 letters or more."),
        ) from error
