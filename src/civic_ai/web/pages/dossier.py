"""A dossier: the board brief first, then every card and the evidence; as sealed, figure for figure.

Who takes part in the case reads the board's version. Anybody else who has signed in reads the public's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from civic_ai.core.messages import Message, say
from civic_ai.records.dossier import Audience
from civic_ai.records.evidence import Evidence
from civic_ai.review.publication_words import CARDS
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.reader import reader_of
from civic_ai.web.sealed_files import SealedFiles, sealed_files
from civic_ai.web.sealed_html import body_of
from civic_ai.web.speech import language_of

FIRST = "board_brief"
EVIDENCE: Mapping[str, Message] = {
    "spec": say("What the city promised"),
    "policy": say("The board's policy"),
    "snapshot": say("The data handed over"),
    "panel": say("What was known when"),
    "predictions": say("What each would have predicted"),
    "evaluation": say("How good it is"),
    "audit": say("For whom it works"),
    "explanation": say("Why it says so"),
    "bundle": say("The model"),
    "answers": say("The answered questionnaire"),
    "after": say("The earlier version"),
}
"""The parts of the evidence, by what they tell."""


def page(request: HttpRequest, pilot: str, digest: str, name: str = FIRST) -> HttpResponse:
    """One card of the dossier, the board brief unless another is named."""
    audience, files = _read(request, pilot, digest)
    found = files.card(name, language_of(request), audience) if name in CARDS else None
    if found is None:
        raise Http404
    language, card = found
    view = {
        "pilot": pilot,
        "begins": digest,
        "digest": files.digest,
        "audience": audience,
        "name": name,
        "title": CARDS[name],
        "written_in": language,
        "cards": list(_cards(files, audience, language)),
        "body": body_of(card, lambda other: reverse("card", args=(pilot, digest, other))),
        "evidence": list(_evidence(files.evidence())) if name == FIRST else [],
        "code": files.evidence().code,
        "is_this_case": the_desk().standing().case(pilot).dossier == files.digest,
    }
    return show(request, "dossier.html", view)


def download(request: HttpRequest, pilot: str, digest: str, name: str) -> HttpResponse:
    """A card as it was sealed, byte for byte: one file that needs no connection."""
    audience, files = _read(request, pilot, digest)
    found = files.card(name, language_of(request), audience) if name in CARDS else None
    if found is None:
        raise Http404
    language, card = found
    headers = {"Content-Disposition": f'attachment; filename="{pilot}-{name}.{language}.html"'}
    return HttpResponse(card, content_type="text/html; charset=utf-8", headers=headers)


def audience_of(desk: Desk, person: str, pilot: str) -> Audience:
    """The board's version for who takes part in the case, the public's for anybody else."""
    takes_part = any(holder.person == person for holder in desk.standing().case(pilot).people)
    return "board" if takes_part else "public"


def _read(request: HttpRequest, pilot: str, digest: str) -> tuple[Audience, SealedFiles]:
    desk = the_desk()
    files = sealed_files(desk.dossier_folder(pilot, digest), digest)
    if files is None:
        raise Http404
    return audience_of(desk, reader_of(request).person, pilot), files


def _cards(files: SealedFiles, audience: Audience, language: str) -> Iterator[tuple[str, Message]]:
    held = {file.path for file in files.manifest.files}
    for name, told in CARDS.items():
        if f"{audience}/{name}.{language}.html" in held:
            yield name, told


def _evidence(evidence: Evidence) -> Iterator[tuple[Message, str]]:
    for name, told in EVIDENCE.items():
        if digest := getattr(evidence, name):
            yield told, digest
    for source, digest in evidence.contracts.items():
        yield say("What was promised about {source}", source=source), digest
