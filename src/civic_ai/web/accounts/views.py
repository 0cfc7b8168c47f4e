"""Sign in, sign out, choose a language."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from civic_ai.core.errors import Mistake
from civic_ai.core.messages import LANGUAGES, Message, say
from civic_ai.web.accounts.language import keep_language
from civic_ai.web.accounts.models import Member
from civic_ai.web.page import show
from civic_ai.web.refusals import unplaced
from civic_ai.web.security import BEGAN
from civic_ai.web.settings import LOCKED_FOR
from civic_ai.web.speech import COOKIE

WRONG = say("This name and this password do not belong together, or the account is closed.")
LOCKED = say("Too many tries. Wait {minutes} minutes, or ask whoever runs the desk.",
             minutes=int(LOCKED_FOR.total_seconds() // 60))  # fmt: skip
_A_YEAR = 365 * 24 * 3600


def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what was typed there. A name that nobody has takes as long as a wrong password."""
    if request.method != "POST":
        return _form(request)
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    member = authenticate(request, name=name, password=password)
    if member is None:
        return _form(request, error=WRONG, status=401)
    login(request, member)
    request.session[BEGAN] = int(time.time())
    return HttpResponseRedirect(safe_next(request))


def sign_out(request: HttpRequest) -> HttpResponse:
    """The session ends, and the page says so."""
    logout(request)
    return show(request, "signed_out.html", {"sign_on": settings.CIVIC_AI.sign_on, "path": reverse("login")})


def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language, on this machine and for letters, then back to the page."""
    response = HttpResponseRedirect(safe_next(request))
    wanted = request.POST.get("language", "")
    if wanted in LANGUAGES:
        if isinstance(request.user, Member):
            keep_language(request.user, wanted)
        response.set_cookie(
            COOKIE, wanted, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=settings.CIVIC_AI.is_secure
        )
    return response


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """What axes answers after too many tries."""
    return _form(request, error=LOCKED, status=429)


def refuse_login(request: HttpRequest, why: Message) -> HttpResponse:
    """The form again, and why signing in elsewhere did not lead here."""
    return _form(request, error=why, status=401)


def safe_next(request: HttpRequest) -> str:
    """Where the reader wanted to go, if that is a page of this desk; else the queue."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=settings.CIVIC_AI.is_secure
    )
    return wanted if is_ours else reverse("queue")


def _form(request: HttpRequest, error: Message | None = None, status: int = 200) -> HttpResponse:
    errors = [] if error is None else unplaced([Mistake("", error)])
    wanted = safe_next(request)
    view = {
        "errors": errors,
        "name": request.POST.get("name", ""),
        "next": wanted,
        "sign_on": settings.CIVIC_AI.sign_on,
        "path": f"{reverse('login')}?{urlencode({'next': wanted})}",
    }
    return show(request, "login.html", view, status)
