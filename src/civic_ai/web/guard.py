"""Who may open a route: each says so itself, and nobody else comes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from civic_ai.core.errors import CivicError
from civic_ai.review.ledger_readers import reads_ledger
from civic_ai.review.standing import is_custodian
from civic_ai.web.desk import the_desk
from civic_ai.web.reader import reader_of
from civic_ai.web.refusals import forbidden, no_such_way, refused, signed_out

Who = Literal["anyone", "signed in", "in the case", "auditor", "custodian", "drafter", "by the workflow"]
"""``in the case``: who holds a role in the case of the path. ``auditor``: of any case. ``custodian``: whose
key enrols others now. ``drafter``: who began the statement of the path. ``by the workflow``: whoever may take
the step of the path now. The page itself asks the last two: of its drafts, and of the domain layer."""
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Route:
    """One page: where it is, how it is called, what makes it, how it may be asked for, and by whom."""

    path: str
    name: str
    view: View
    who: Who
    methods: tuple[str, ...] = ("GET",)

    def answer(self, request: HttpRequest, **named: str) -> HttpResponse:
        """The page, or why not: signed out, not in the case, not by this method, or refused."""
        try:
            return self._answer(request, named)
        except CivicError as error:
            return refused(request, error)

    def _answer(self, request: HttpRequest, named: Mapping[str, str]) -> HttpResponse:
        allowed = (*self.methods, "HEAD") if "GET" in self.methods else self.methods
        if request.method not in allowed:
            return no_such_way(request, allowed)
        if self.who == "anyone":
            return self.view(request, **named)
        if not request.user.is_authenticated:
            return self._sign_in_first(request)
        mays = _ASKED.get(self.who)
        if mays is not None and not mays(reader_of(request).person, named):
            return forbidden(request)
        return self.view(request, **named)

    def _sign_in_first(self, request: HttpRequest) -> HttpResponse:
        """To the sign-in page and back here; a form that came too late is said not to have been taken."""
        if request.method == "POST":
            return signed_out(request, request.get_full_path() if "GET" in self.methods else reverse("queue"))
        return redirect_to_login(request.get_full_path())


def _takes_part(person: str, named: Mapping[str, str]) -> bool:
    return any(holder.person == person for holder in the_desk().standing().case(named["pilot"]).people)


def _audits(person: str, named: Mapping[str, str]) -> bool:
    return reads_ledger(the_desk().standing(), person)


def _keeps_keys(person: str, named: Mapping[str, str]) -> bool:
    return is_custodian(person, the_desk().standing())


_ASKED: Mapping[Who, Callable[[str, Mapping[str, str]], bool]] = {
    "in the case": _takes_part,
    "auditor": _audits,
    "custodian": _keeps_keys,
}
