"""The city's own login server: what it says of itself (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from functools import cache

import requests
from pydantic import ConfigDict, ValidationError

from civic_ai.core.errors import CivicError, DataError
from civic_ai.core.messages import say
from civic_ai.records.record import Record

SECONDS = 5.0
"""As long as a reader waits for the login server."""


class Provider(Record):
    """Where the login server answers."""

    model_config = ConfigDict(extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str


@cache
def provider_of(issuer: str) -> Provider:
    """What the login server at ``issuer`` says of itself; asked again only after a failure.

    Raises :class:`DataError` where it does not answer, or speaks for somebody else.
    """
    try:
        answer = requests.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=SECONDS)
        answer.raise_for_status()
        found = Provider.model_validate(answer.json())
    except (requests.RequestException, ValidationError) as error:
        raise silent(issuer) from error
    if found.issuer != issuer:
        raise silent(issuer)
    return found


def silent(issuer: str) -> CivicError:
    """The login server cannot be asked."""
    return DataError.because(
        say("the city's login server does not answer as it should"),
        about=issuer,
        remedy=say("Try again soon, or sign in with a password if you have one."),
    )
