"""Who may open a route: each says so itself, and nobody else comes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from civic_ai.core.errors import CivicError
from civic_ai.web.desk import the_desk
from civic_ai.web.reader import reader_of
from civic_ai.web.refusals import forbidden, refused

Who = Literal["anyone", "signed in", "in the case"]
"""``in the case``: who holds a role in the case of the path; what they may do there, the domain says."""
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
            return HttpResponseNotAllowed(allowed)
        if self.who == "anyone":
            return self.view(request, **named)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if self.who == "in the case" and not _takes_part(reader_of(request).person, named["pilot"]):
            return forbidden(request)
        return self.view(request, **named)


def _takes_part(person: str, pilot: str) -> bool:
    return any(holder.person == person for holder in the_desk().standing().case(pilot).people)
