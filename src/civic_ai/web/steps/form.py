"""The first screen of a step: its form. What is wrong is said at its field; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from civic_ai.core.errors import CivicError, ConfigError, Mistake, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.action import ACTIONS, Action
from civic_ai.records.people import BoardRole
from civic_ai.records.workflow_words import DEEDS, ROLES
from civic_ai.records.workflow_words import QUESTIONS as WORDS
from civic_ai.review.small_numbers import SmallNumbersError, require_no_small_numbers
from civic_ai.review.statement import Statement
from civic_ai.review.step_evidence import by_name, digests_of
from civic_ai.review.step_maker import StepMaker, Taking
from civic_ai.review.verdicts import QUESTIONS
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.drafts.models import Draft
from civic_ai.web.evidence import KEPT, require_evidence
from civic_ai.web.page import show
from civic_ai.web.reader import reader_of, uploaded
from civic_ai.web.refusals import Placed, forbidden, unplaced
from civic_ai.web.speech import language_of
from civic_ai.web.steps.fields import Around, FormField, fields_of
from civic_ai.web.steps.offers import roles_for
from civic_ai.web.steps.reading import Sent, given, rows_to_show, sent_of

NEW = "new"
"""Stands for the pilot of a case that is not open yet: its form asks for the name."""
WRONG = 422
_NUMBER = re.compile("[0-9]{1,12}")
Files = Mapping[str, bytes]
NOTHING_YET = say("Nothing is entered before you have signed.")
NOTHING_TO_FILL = say(
    "There is nothing to fill in. What you sign is read from the pilot's files, and shown first."
)
CHECKED = "numbers-checked"
"""Ticked by whoever looked at the small numbers in what the public will read."""


ON_THE_QUESTION = frozenset({"vote", "endorse", "close_vote"})
"""Steps that answer the board's question."""


@dataclass(frozen=True)
class Asked:
    """One form: which step of which case, and the roles in which the reader may take it."""

    desk: Desk
    pilot: str
    kind: str
    roles: tuple[BoardRole, ...]
    fields: tuple[FormField, ...]
    around: Around


def page(request: HttpRequest, pilot: str, kind: str) -> HttpResponse:
    """The form of a step, or what came back from it."""
    asked = _asked(reader_of(request).person, pilot, kind)
    if not asked.roles:
        return forbidden(request)
    if request.method != "POST":
        return _form(request, asked, _begun(request, asked))
    sent = Sent(
        {name: str(value) for name, value in request.POST.items()}, tuple(request.POST.getlist("present"))
    )
    if "more" in sent.typed:
        return _form(request, asked, sent)
    try:
        return _drafted(request, asked, sent)
    except (ConfigError, RefusedError) as error:
        return _form(request, asked, sent, error)


def _begun(request: HttpRequest, asked: Asked) -> Sent:
    """What the reader gave before, where the address names a draft of theirs of this step; else nothing."""
    named = request.GET.get("draft", "")
    mine = Draft.objects.filter(member=reader_of(request))
    found = mine.filter(pk=named).first() if _NUMBER.fullmatch(named) else None
    action = None if found is None else found.action
    if found is None or action is None or action.kind != asked.kind:
        return Sent({})
    return sent_of(action) if found.pilot == asked.pilot or asked.kind == "open_case" else Sent({})


def _asked(person: str, pilot: str, kind: str) -> Asked:
    desk = the_desk()
    if kind not in ACTIONS:
        raise Http404
    standing = desk.standing()
    case = standing.case(pilot)
    roster = dict.fromkeys(
        span.key.holder for span in standing.register.spans.values() if span.holds(standing.size)
    )
    roles = roles_for(case, person, kind, desk.policy)
    around = Around(case, desk.policy, tuple(sorted(roster)), desk.dossiers(pilot), roles)
    return Asked(desk, pilot, kind, roles, fields_of(kind, around), around)


def _drafted(request: HttpRequest, asked: Asked, sent: Sent) -> HttpResponse:
    """Keep the statement for its signature. Raises where the step may not be taken."""
    files = _files(request, asked)
    pilot, action = _action(request, asked, sent, files)
    if CHECKED not in sent.typed:
        require_no_small_numbers(action, asked.desk.policy)
    statement: Statement = asked.desk.office.prepare(pilot, action)
    enclosed = [content for field, content in files.items() if field in KEPT]
    draft = Draft.objects.keep(reader_of(request), statement, pilot, enclosed)
    return HttpResponseRedirect(reverse("sign", args=(draft.pk,)))


def _files(request: HttpRequest, asked: Asked) -> dict[str, bytes]:
    """The files that came, by field. Raises :class:`ConfigError` for one that the desk does not take."""
    sent = ((each.name, uploaded(request, each.name)) for each in asked.fields if each.widget == "file")
    files = {name: content for name, content in sent if content is not None}
    for field, content in files.items():
        require_evidence(field, content)
    return files


def _action(request: HttpRequest, asked: Asked, sent: Sent, files: Files) -> tuple[str, Action]:
    desk, kind = asked.desk, asked.kind
    pilot = sent.value("pilot").strip() if kind == "open_case" else asked.pilot
    if not pilot:
        raise ConfigError.because(say("is missing"), about="pilot")
    named = digests_of(kind, files) if files else {}
    role = sent.value("role") if len(asked.roles) > 1 else asked.roles[0]
    taking = Taking(
        pilot, reader_of(request).person, role, desk.today(), desk.pilot_folder(pilot), _dossier(asked, sent)
    )
    fields = given(asked.fields, sent, asked.around) | named
    return pilot, StepMaker(desk.office, desk.settings.workspace).make(kind, fields, taking)


def _dossier(asked: Asked, sent: Sent) -> Path | None:
    """The dossier that is handed in: one of those that the workspace holds."""
    chosen = sent.value("dossier")
    return asked.desk.dossier_folder(asked.pilot, chosen) if chosen in asked.around.dossiers else None


def _form(request: HttpRequest, asked: Asked, sent: Sent, error: CivicError | None = None) -> HttpResponse:
    language = language_of(request)
    wrong = () if error is None else error.mistakes
    errors = _in_order([_place(by_name(each, language), asked) for each in wrong], asked)
    more = sent.value("more")
    view = {
        "pilot": asked.pilot,
        "is_new": asked.kind == "open_case",
        **_about(asked, language),
        "kind": asked.kind,
        "deed": DEEDS[asked.kind],
        "explains": NOTHING_YET if asked.fields else NOTHING_TO_FILL,
        "roles": [(role, ROLES[role]) for role in asked.roles],
        "fields": asked.fields,
        "rows": {each.name: rows_to_show(each, sent, more == each.name) for each in asked.fields},
        "sent": sent,
        "errors": errors,
        "asks_numbers": isinstance(error, SmallNumbersError) or CHECKED in sent.typed,
        "at_field": {place: mistake for place, _, mistake in errors if place},
    }
    return show(request, "step.html", view, WRONG if wrong else 200)


def _about(asked: Asked, language: str) -> Mapping[str, Any]:
    """What the step is about: the pilot's question, what the board is asked, and the dossier."""
    case, desk = asked.around.case, asked.desk
    answers = asked.kind in ON_THE_QUESTION and case.state in QUESTIONS
    return {
        "title": desk.title(asked.pilot, case, language),
        "question": WORDS[QUESTIONS[case.state]] if answers else None,
        "dossier": desk.dossier_at_hand(asked.pilot, case.dossier),
    }


def _place(mistake: Mistake, asked: Asked) -> Placed:
    """A mistake with name and label of the field of the form that it is about, if it is one.

    What is said of a part that has no field of its own is about the whole.
    """
    name = mistake.about.removeprefix(f"{asked.kind}.")
    whole, _, rest = name.partition(".")
    found = next((each for each in asked.fields if each.name == whole), None)
    if found is None:
        return "", None, mistake
    part = next((each for each in found.parts if each.name == rest.rpartition(".")[2]), None)
    return (whole, found.label, mistake) if part is None else (name, part.label, mistake)


def _in_order(errors: list[Placed], asked: Asked) -> list[Placed]:
    """The mistakes as their fields follow one another; what is at no field comes first."""
    places = {each.name: at for at, each in enumerate(asked.fields)}
    return sorted(errors, key=lambda error: places.get(error[0].partition(".")[0], -1))


def explained(error: CivicError) -> Mapping[str, Any]:
    """An error for a page: its mistakes, none of them at a field."""
    return {"errors": unplaced(error.mistakes)}
