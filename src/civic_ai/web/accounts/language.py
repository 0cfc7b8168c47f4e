"""In which language somebody reads the desk, so that letters come in the same."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from civic_ai.web.accounts.models import Member
from civic_ai.web.speech import language_of


def remember_language(signal: Any, sender: Any, request: HttpRequest, user: Member) -> None:
    """Somebody has signed in; Django calls it, by these names."""
    keep_language(user, language_of(request))


def keep_language(member: Member, language: str) -> None:
    """This person reads this language from now on."""
    if member.language != language:
        member.language = language
        member.save(update_fields=("language",))
