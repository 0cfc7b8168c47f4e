"""Another password for the reader's own account: whoever made the account knew the first one."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.core.messages import say
from civic_ai.web.accounts.models import Member
from civic_ai.web.accounts.new import require_password
from civic_ai.web.page import show
from civic_ai.web.reader import reader_of
from civic_ai.web.refusals import Placed

WRONG = 422
LABELS = {
    "password": say("Your password now"),
    "new": say("The new password"),
    "again": say("The new password, once more"),
}
"""The fields of the form."""


def page(request: HttpRequest) -> HttpResponse:
    """The form; once it is right, every other session of the account ends."""
    member = reader_of(request)
    if not member.has_usable_password():
        raise Http404  # who signs in at the city's login server alone changes it there
    if request.method != "POST":
        return _form(request, ())
    if wrong := tuple(_wrong(request, member)):
        return _form(request, wrong)
    member.set_password(request.POST["new"])
    member.save(update_fields=("password",))
    update_session_auth_hash(request, member)
    return HttpResponseRedirect(f"{reverse('keys')}?changed=password")


def _wrong(request: HttpRequest, member: Member) -> Iterator[Placed]:
    """What is wrong with the form. A wrong password counts as one at signing in does."""
    now, new, again = (request.POST.get(name, "") for name in LABELS)
    if authenticate(request, name=member.name, password=now) != member:
        yield "password", LABELS["password"], Mistake("", say("This is not your password."))
        return
    try:
        require_password(member.name, new)
    except ConfigError as error:
        yield from (("new", LABELS["new"], mistake) for mistake in error.mistakes)
    if new != again:
        yield "again", LABELS["again"], Mistake("", say("This is not the same as above."))


def _form(request: HttpRequest, wrong: tuple[Placed, ...]) -> HttpResponse:
    view = {"labels": LABELS, "errors": wrong, "at_field": {place: mistake for place, _, mistake in wrong}}
    return show(request, "password.html", view, WRONG if wrong else 200)
