"""Single sign-on by OpenID Connect: the city's login server says who somebody is, the desk which account.

The flow is mozilla-django-oidc's (code, state, nonce, PKCE). Added here: the token must be meant for this
desk and come from this server; no account is made by signing on; and an account belongs to the first subject
that came with its confirmed address, so that an address that changes hands leaves the account behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jwt
import requests
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import import_from_settings
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from civic_ai.core.messages import say
from civic_ai.web.accounts.models import Member
from civic_ai.web.accounts.provider import SECONDS, provider_of, silent
from civic_ai.web.accounts.views import refuse_login, safe_next
from civic_ai.web.settings import SignOn

ALGORITHM = "RS256"
"""Every OpenID provider signs with it (OpenID Connect Core 15.1)."""
CALLBACK = "signed_on"
UNKNOWN = say("The city's login server knows you, but no account at this desk has your confirmed address.")
FAILED = say("Signing in with the city's login server did not work. Try again.")

Claims = Mapping[str, Any]
_FIXED: Mapping[str, Any] = {
    "OIDC_RP_SIGN_ALGO": ALGORITHM,
    "OIDC_RP_SCOPES": "openid email",
    "OIDC_USE_PKCE": True,
    "OIDC_CREATE_USER": False,
    "OIDC_TIMEOUT": SECONDS,
    "OIDC_AUTHENTICATION_CALLBACK_URL": CALLBACK,
}
_OF_DESK: Mapping[str, Callable[[SignOn], Any]] = {
    "OIDC_RP_CLIENT_ID": lambda sign_on: sign_on.client_id,
    "OIDC_RP_CLIENT_SECRET": lambda sign_on: sign_on.secret_file.read_text("utf-8").strip(),
    "OIDC_OP_AUTHORIZATION_ENDPOINT": lambda sign_on: provider_of(sign_on.issuer).authorization_endpoint,
    "OIDC_OP_TOKEN_ENDPOINT": lambda sign_on: provider_of(sign_on.issuer).token_endpoint,
    "OIDC_OP_USER_ENDPOINT": lambda sign_on: provider_of(sign_on.issuer).userinfo_endpoint,
    "OIDC_OP_JWKS_ENDPOINT": lambda sign_on: provider_of(sign_on.issuer).jwks_uri,
}


def setting(name: str, *default: Any) -> Any:
    """What the library asks, answered by the desk's own record."""
    if name in _FIXED:
        return _FIXED[name]
    if name in _OF_DESK:
        return _OF_DESK[name](declared())
    return import_from_settings(name, *default)


def declared() -> SignOn:
    """The login server of this desk; 404 where the city has named none."""
    found: SignOn | None = settings.CIVIC_AI.sign_on
    if found is None:
        raise Http404
    return found


class SignOnBackend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """From the answer of the login server to an account."""

    get_settings = staticmethod(setting)
    get_user = ModelBackend.get_user
    UserModel = Member

    def __init__(self) -> None:
        """Nothing is asked before somebody signs on: a login server that is down must not stop passwords."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("OIDC_"):
            return setting(name, None)
        raise AttributeError(name)

    def authenticate(
        self, request: HttpRequest | None, nonce: str, code_verifier: str | None = None
    ) -> Member | None:
        """The account, for an answer to a question that this desk asked (it then has a nonce)."""
        if request is None:
            return None
        found: Member | None = super().authenticate(request, nonce=nonce, code_verifier=code_verifier)
        return found

    def verify_token(self, token: str, nonce: str | None = None) -> Claims:
        """What the token says. Raises :class:`SuspiciousOperation` where it is not for this desk."""
        told: Claims = super().verify_token(token, nonce=nonce)
        meant_for = told.get("aud")
        audience = [meant_for] if isinstance(meant_for, str) else meant_for or []
        sign_on = declared()
        if told.get("iss") != sign_on.issuer or audience != [sign_on.client_id] or not told.get("sub"):
            raise SuspiciousOperation("a token from elsewhere, or for somebody else")
        return told

    def get_or_create_user(self, access_token: str, id_token: str, payload: Claims) -> Member | None:
        """The account of the subject; the first time that of the confirmed address. None is ever made."""
        told = self.get_userinfo(access_token, id_token, payload)
        if told.get("sub") != payload["sub"]:
            raise SuspiciousOperation("two answers about two people")
        subject = f"{payload['iss']} {payload['sub']}"
        known = Member.objects.filter(subject=subject).first()
        found = known or _first_time(subject, _confirmed(told) or _confirmed(payload))
        return found if found is not None and found.is_active else None


def begin(request: HttpRequest) -> HttpResponse:
    """To the login server, to come back to :func:`back`."""
    declared()
    answer: HttpResponse = _Begin.as_view()(request)
    return answer


def back(request: HttpRequest) -> HttpResponse:
    """From the login server: signed in, or told why not."""
    sign_on = declared()
    if request.GET.get("state") not in request.session.get("oidc_states", {}):
        return refuse_login(request, FAILED)  # this browser asked nothing, or was answered already
    try:
        answer: HttpResponse = _Back.as_view()(request)
    except (requests.RequestException, jwt.PyJWTError, KeyError, ValueError) as error:
        raise silent(sign_on.issuer) from error
    return answer


class _Begin(OIDCAuthenticationRequestView):  # type: ignore[misc]
    get_settings = staticmethod(setting)


class _Back(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    get_settings = staticmethod(setting)

    @property
    def success_url(self) -> str:
        """Where the reader wanted to go."""
        return str(self.request.session.pop("oidc_login_next", None) or safe_next(self.request))

    def login_failure(self) -> HttpResponse:
        """The login page, with the reason."""
        return refuse_login(self.request, FAILED if self.request.GET.get("error") else UNKNOWN)


def _confirmed(told: Claims) -> str:
    """The address that one and the same answer gives and calls confirmed; else none."""
    return str(told.get("email") or "") if told.get("email_verified") is True else ""


def _first_time(subject: str, address: str) -> Member | None:
    """The one account with this confirmed address that belongs to no subject yet; from now on to this one.

    Only A to Z count as a to z: a database may also take a dotless i, and Python the sign for kelvin, as a
    letter that stands in somebody else's address.
    """
    if not address:
        return None
    with transaction.atomic():
        unbound = Member.objects.filter(subject=None)
        found = [each for each in unbound if each.email.encode().lower() == address.encode().lower()]
        if len(found) != 1:
            return None
        found[0].subject = subject
        found[0].save(update_fields=["subject"])
        return found[0]
