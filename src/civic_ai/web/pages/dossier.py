"""A dossier: the board brief first, then every card and the evidence; as sealed, figure for figure.

Who takes part in the case reads the board's version. Anybody else who has signed in reads the public's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from markupsafe import Markup

from civic_ai.cards.numbers import locale_for
from civic_ai.cards.sealed import Sealed
from civic_ai.core.messages import Message, say
from civic_ai.records.dossier import Audience
from civic_ai.records.evidence import Evidence
from civic_ai.records.workflow_words import DEEDS
from civic_ai.review.publication_words import CARDS
from civic_ai.web.desk import SHORT, Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.reader import reader_of
from civic_ai.web.scientist import tracked_run
from civic_ai.web.sealed_files import SealedFiles, sealed_files
from civic_ai.web.sealed_html import body_of, headings_of
from civic_ai.web.sources import TOLD, may_read, read
from civic_ai.web.speech import language_of
from civic_ai.web.titles import read_title

FIRST = "board_brief"
ORDER = (FIRST, "model_card", "audit_report", "data_card", "change_note", "public_notice")
"""As people read them: what is asked of the board, then ever deeper; what residents are told last."""
SOURCES = "sources"
"""Asked for, each figure of a card is a link to where it comes from."""
MANY = 5
"""A card with as many sections has its contents beside it."""
RESTS_ON = (
    "spec", "policy", "snapshot", "panel", "predictions", "evaluation", "audit", "explanation", "bundle"
)  # fmt: skip
EVIDENCE: Mapping[str, Message] = {
    **{name: TOLD[name] for name in RESTS_ON},
    "answers": say("The answered questionnaire"),
    "after": say("The earlier version"),
}
"""The parts of the evidence, by what they tell."""


@dataclass(frozen=True)
class Opened:
    """One dossier as one reader may see it."""

    desk: Desk
    pilot: str
    begins: str
    audience: Audience
    files: SealedFiles
    language: str

    @property
    def sealed(self) -> Sealed:
        """Its records, read once."""
        return read(self.files.folder, self.files.digest, self.audience)

    @property
    def locale(self) -> Locale:
        """How its cards write numbers for this reader."""
        return locale_for(self.sealed.records.spec.locale, self.language)

    def card(self, name: str) -> tuple[str, str]:
        """The language and the HTML of a card as it was sealed. Raises 404 where there is none."""
        found = self.files.card(name, self.language, self.audience) if name in CARDS else None
        if found is None:
            raise Http404
        return found

    def body(self, name: str, has_sources: bool = False) -> Markup:
        """A card between its head and its foot; with ``has_sources`` each figure leads to its source."""
        source = self.source_of if has_sources else None
        return body_of(self.card(name)[1], self.card_at, source)

    def card_at(self, name: str) -> str:
        """The page of a card of this dossier."""
        return reverse("card", args=(self.pilot, self.begins, name))

    def source_of(self, fact: str) -> str:
        """The page that says where a figure comes from."""
        return f"{reverse('source', args=(self.pilot, self.begins))}?{urlencode({'fact': fact})}"

    @cached_property
    def view(self) -> dict[str, Any]:
        """What every page of a dossier shows."""
        case = self.desk.standing().case(self.pilot)
        title = read_title(self.files.folder / "spec.json")
        return {
            "pilot": self.pilot,
            "begins": self.begins,
            "digest": self.files.digest,
            "audience": self.audience,
            "asks": (self.pilot, "") if title is None else title.in_language(self.language),
            "known_on": date.fromisoformat(self.sealed.records.panel.last_known_on),
            "cards": list(_cards(self.files, self.audience)),
            "is_this_case": case.dossier == self.files.digest,
            "opened": self,
        }


def open_dossier(request: HttpRequest, pilot: str, digest: str) -> Opened:
    """The dossier of an address, for its reader. Raises 404 where it does not stand here."""
    desk = the_desk()
    files = sealed_files(desk.dossier_folder(pilot, digest), digest)
    if files is None:
        raise Http404
    audience = audience_of(desk, reader_of(request).person, pilot)
    return Opened(desk, pilot, digest, audience, files, language_of(request))


def page(request: HttpRequest, pilot: str, digest: str, name: str = FIRST) -> HttpResponse:
    """One card of the dossier, the board brief unless another is named."""
    opened = open_dossier(request, pilot, digest)
    has_sources = request.GET.get("numbers") == SOURCES
    body = opened.body(name, has_sources)
    headings = headings_of(body)
    view = {
        **opened.view,
        "name": name,
        "title": CARDS[name],
        "written_in": opened.card(name)[0],
        "body": body,
        "headings": headings if len(headings) >= MANY else [],
        "has_sources": has_sources,
        "next": list(_next(opened, reader_of(request).person)),
        **(_first(opened) if name == FIRST else {"evidence": []}),
    }
    return show(request, "dossier.html", view)


def download(request: HttpRequest, pilot: str, digest: str, name: str) -> HttpResponse:
    """A card as it was sealed, byte for byte: one file that needs no connection."""
    language, card = open_dossier(request, pilot, digest).card(name)
    headers = {"Content-Disposition": f'attachment; filename="{pilot}-{name}.{language}.html"'}
    return HttpResponse(card, content_type="text/html; charset=utf-8", headers=headers)


def audience_of(desk: Desk, person: str, pilot: str) -> Audience:
    """The board's version for who takes part in the case, the public's for anybody else."""
    takes_part = any(holder.person == person for holder in desk.standing().case(pilot).people)
    return "board" if takes_part else "public"


def _next(opened: Opened, person: str) -> Iterator[tuple[str, Message]]:
    """The steps that wait for this reader, where the case is about this dossier."""
    if opened.view["is_this_case"]:
        turns = opened.desk.turns_in(opened.pilot)
        for kind in dict.fromkeys(turn.kind for turn in turns if turn.person == person):
            yield kind, DEEDS[kind]


def _first(opened: Opened) -> dict[str, Any]:
    """What stands below the board brief alone: evidence, the version before, the scientist's run."""
    evidence, desk, digest = opened.files.evidence(), opened.desk, opened.files.digest
    earlier = [one for one in desk.dossiers(opened.pilot) if one != digest]
    run = tracked_run(desk.settings.workspace, digest, desk.settings.mlflow)
    may_see = opened.audience == "board"
    return {
        "evidence": list(_evidence(opened, evidence)),
        "code": evidence.code,
        "follows": evidence.after,
        "earlier": [one[:SHORT] for one in earlier] if may_see else [],
        "run": run if may_see else None,
    }


def _cards(files: SealedFiles, audience: Audience) -> Iterator[tuple[str, Message]]:
    held = {file.path for file in files.manifest.files}
    for name in ORDER:
        if any(f"{audience}/{name}.{language}.html" in held for language in files.manifest.languages):
            yield name, CARDS[name]


def _evidence(opened: Opened, evidence: Evidence) -> Iterator[tuple[Message, str, str | None]]:
    """What each part tells, its digest, and its file where this reader may take it."""
    files = {one.sha256: one for one in opened.files.manifest.files}

    def part(told: Message, digest: str) -> tuple[Message, str, str | None]:
        file = files.get(digest)
        may_take = file is not None and may_read(opened.audience, file.audience)
        return told, digest, file.path if file is not None and may_take else None

    for name, told in EVIDENCE.items():
        if digest := getattr(evidence, name):
            yield part(told, digest)
    for source, digest in evidence.contracts.items():
        yield part(say("What was promised about {source}", source=source), digest)
