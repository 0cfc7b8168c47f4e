"""Comments: all threads on a dossier, a card with its threads section by section, one thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from civic_ai.core.errors import Mistake
from civic_ai.core.messages import in_other_language, say
from civic_ai.policy.glossary import terms_in
from civic_ai.records.workflow_words import ROLES
from civic_ai.review.publication_words import CARDS
from civic_ai.review.remarks import may_ask_change, may_settle, may_speak
from civic_ai.web.coaching.listening import Listening, Thread
from civic_ai.web.coaching.models import MOST_LETTERS, WORD, Remark
from civic_ai.web.desk import the_desk
from civic_ai.web.page import show
from civic_ai.web.pages.dossier import FIRST
from civic_ai.web.reader import reader_of
from civic_ai.web.refusals import Placed, forbidden
from civic_ai.web.sealed_files import SealedFiles, sealed_files
from civic_ai.web.sealed_html import TOP, Section, sections_of
from civic_ai.web.speech import language_of

WRONG = 422
COMMENT = say("Your comment")


@dataclass(frozen=True)
class Read:
    """A card as one reader comments on it. ``written_in``: the language in which it stands."""

    name: str
    written_in: str
    languages: tuple[str, ...]
    sections: tuple[Section, ...]

    def has(self, section: str) -> bool:
        """Whether the card has a section of that name, of a length that can be kept."""
        return len(section) <= WORD and any(each.name == section for each in self.sections)


def overview(request: HttpRequest, pilot: str, digest: str) -> HttpResponse:
    """Every thread on one dossier: those that ask for a change first, then the open ones."""
    listening, files = _here(request, pilot, digest)
    threads = sorted(listening.threads(files.digest), key=_weight)
    view = {
        **_frame(listening, digest, files),
        "threads": threads,
        "headings": _headings(files, {each.first.card for each in threads}, language_of(request)),
        "open": sum(each.is_open for each in threads),
        "holding_up": sum(each.holds_up for each in threads),
        "roles": ROLES,
        "elsewhere": _elsewhere(listening, files.digest),
    }
    return show(request, "comments.html", view)


def card(request: HttpRequest, pilot: str, digest: str, name: str) -> HttpResponse:
    """A card with its threads, each below its section, and what is commented anew."""
    listening, files = _here(request, pilot, digest)
    read = _read(request, files, name)
    if request.method != "POST":
        return _card(request, listening, digest, files, read)
    if not may_speak(listening.case, listening.person):
        return forbidden(request)
    section, text = request.POST.get("section", ""), said_in(request)
    if not read.has(section):
        raise Http404
    if wrong := what_is_wrong(text):
        return _card(request, listening, digest, files, read, ("text", COMMENT, wrong))
    asks = "asks-change" in request.POST and may_ask_change(listening.case, listening.person)
    said = listening.said(files.digest, language_of(request), text)
    Remark.objects.keep({"card": name, "section": section, "asks_change": asks, **said})
    return HttpResponseRedirect(f"{request.path}?in={read.written_in}#{section}")


def thread(request: HttpRequest, pilot: str, number: int) -> HttpResponse:
    """One thread; an answer to it, and its end."""
    listening = Listening(the_desk(), pilot, reader_of(request).person)
    found = listening.thread(number)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _thread(request, listening, found)
    way = request.POST.get("way", "")
    if way in ("settle", "open"):
        return _settle(request, listening, found, way)
    if not may_speak(listening.case, listening.person):
        return forbidden(request)
    text = said_in(request)
    if wrong := what_is_wrong(text):
        return _thread(request, listening, found, ("text", COMMENT, wrong))
    first = found.first
    said = listening.said(first.dossier, language_of(request), text)
    Remark.objects.keep({"card": first.card, "section": first.section, "under": first, **said})
    return HttpResponseRedirect(request.path)


def said_in(request: HttpRequest) -> str:
    """The text of a form, with the line ends of a file."""
    return request.POST.get("text", "").replace("\r\n", "\n").strip()


def what_is_wrong(text: str) -> Mistake | None:
    """Why this cannot be said; None: it can."""
    if not text:
        return Mistake("", say("Nothing was written."))
    if "\0" in text:
        return Mistake("", say("It holds a letter that no keyboard writes."))
    if len(text) > MOST_LETTERS:
        return Mistake(
            "", say("has {given} characters; at most {limit} fit", given=len(text), limit=MOST_LETTERS)
        )
    return None


def _settle(request: HttpRequest, listening: Listening, found: Thread, way: str) -> HttpResponse:
    if not may_settle(listening.case, listening.person, found.first):
        return forbidden(request)
    is_end = way == "settle"
    found.first.settled_by = listening.person if is_end else ""
    found.first.settled_at = datetime.now(UTC) if is_end else None
    found.first.save(update_fields=("settled_by", "settled_at"))
    return HttpResponseRedirect(request.path)


def _here(request: HttpRequest, pilot: str, digest: str) -> tuple[Listening, SealedFiles]:
    desk = the_desk()
    files = sealed_files(desk.dossier_folder(pilot, digest), digest)
    if files is None:
        raise Http404
    return Listening(desk, pilot, reader_of(request).person), files


def _read(request: HttpRequest, files: SealedFiles, name: str) -> Read:
    """The card in the language that the address asks for, else the reader's, else the first that it has."""
    wished = request.GET.get("in", "")
    language = wished if wished in files.manifest.languages else language_of(request)
    found = files.card(name, language, "board") if name in CARDS else None
    if found is None:
        raise Http404
    written_in, content = found
    path = request.path.removesuffix(f"{name}/")
    sections = sections_of(content, lambda other: f"{path}{other}/")
    return Read(name, written_in, files.manifest.languages, sections)


def _card(
    request: HttpRequest, listening: Listening, digest: str, files: SealedFiles, read: Read,
    *wrong: Placed,
) -> HttpResponse:  # fmt: skip
    language = language_of(request)
    threads = [each for each in listening.threads(files.digest) if each.first.card == read.name]
    chosen = request.POST.get("section") or request.GET.get("section", "")
    view = {
        **_frame(listening, digest, files),
        "read": read,
        "sections": [(each, _beside(each, read, language), _of(threads, each)) for each in read.sections],
        "chosen": chosen if read.has(chosen) else "",
        "text": request.POST.get("text", ""),
        "asks": "asks-change" in request.POST,
        "terms": _terms(read, language),
        "roles": ROLES,
        "errors": list(wrong),
    }
    return show(request, "card_comments.html", view, WRONG if wrong else 200)


def _thread(request: HttpRequest, listening: Listening, found: Thread, *wrong: Placed) -> HttpResponse:
    desk, first = listening.desk, found.first
    view = {
        "pilot": listening.pilot,
        "thread": found,
        "begins": desk.dossier_at_hand(listening.pilot, first.dossier),
        "digest": first.dossier,
        "card": CARDS.get(first.card, say("Card")),
        "roles": ROLES,
        "may_speak": may_speak(listening.case, listening.person),
        "may_settle": may_settle(listening.case, listening.person, first),
        "text": request.POST.get("text", ""),
        "errors": list(wrong),
    }
    return show(request, "thread.html", view, WRONG if wrong else 200)


def _frame(listening: Listening, digest: str, files: SealedFiles) -> dict[str, object]:
    """What both pages of a dossier's comments say around them."""
    threads = listening.threads(files.digest)
    said = Counter(each.first.card for each in threads if each.is_open)
    held = {file.path for file in files.manifest.files}
    cards = [
        name
        for name in CARDS
        if any(f"board/{name}.{each}.html" in held for each in files.manifest.languages)
    ]
    return {
        "pilot": listening.pilot,
        "begins": digest,
        "digest": files.digest,
        "first_card": FIRST,
        "cards": [(name, CARDS[name], said[name]) for name in cards],
        "card_words": CARDS,
        "is_this_case": listening.case.dossier == files.digest,
        "may_speak": may_speak(listening.case, listening.person),
        "may_ask_change": may_ask_change(listening.case, listening.person),
    }


def _headings(files: SealedFiles, cards: set[str], language: str) -> dict[tuple[str, str], str]:
    """What the sections of these cards are called, by card and section."""
    found = {name: files.card(name, language, "board") for name in cards}
    return {
        (name, section.name): section.heading
        for name, card in found.items()
        if card is not None
        for section in sections_of(card[1], lambda other: other)
    }


def _of(threads: list[Thread], section: Section) -> list[Thread]:
    return [each for each in threads if each.first.section == section.name]


def _beside(section: Section, read: Read, language: str) -> str | None:
    """The heading in the reader's language, where the card stands in another."""
    if read.written_in == language or section.name == TOP:
        return None
    return in_other_language(section.heading, read.written_in, language)


def _terms(read: Read, language: str) -> list[tuple[str, str, str]]:
    """The terms of the card as it says them, as the reader does, and what each means to the reader."""
    if read.written_in == language:
        return []
    text = " ".join(section.body.striptags() for section in read.sections)
    return [
        (
            term.says.in_language(read.written_in),
            term.says.in_language(language),
            term.means.in_language(language),
        )
        for term in terms_in(text, read.written_in)
    ]


def _weight(thread: Thread) -> tuple[bool, bool, int]:
    return not thread.holds_up, not thread.is_open, thread.first.pk


def _elsewhere(listening: Listening, digest: str) -> Mapping[str, int]:
    """How many open threads stand on the pilot's other dossiers, by how those are named in addresses."""
    desk, pilot = listening.desk, listening.pilot
    found = Counter(
        each.first.dossier for each in listening.threads() if each.is_open and each.first.dossier != digest
    )
    named = ((desk.dossier_at_hand(pilot, dossier), many) for dossier, many in found.items())
    return {begins: many for begins, many in named if begins is not None}
