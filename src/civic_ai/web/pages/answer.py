"""One field of the questionnaire: its answer is written into the city's own file, whole or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from filelock import FileLock

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import CivicError, ConfigError, Mistake, RefusedError
from civic_ai.core.messages import LANGUAGES, say
from civic_ai.pilot.answering import SAID, Said, write_answer
from civic_ai.pilot.answers import Beside, load_answers
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.answers import Answer
from civic_ai.records.crosswalk import RecordField
from civic_ai.records.workflow_words import ROLES
from civic_ai.review.remarks import may_answer_for_city, roles_of
from civic_ai.review.steps import TEAM
from civic_ai.store.blobs import store_error, write_file
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.evidence import require_evidence
from civic_ai.web.page import show
from civic_ai.web.pages.comments import WRONG, said_in
from civic_ai.web.pages.questionnaire import latest_dossier, proposals
from civic_ai.web.papers import sealed_at
from civic_ai.web.reader import reader_of, uploaded
from civic_ai.web.refusals import Placed, forbidden
from civic_ai.web.speech import OWN_NAMES, language_of

NOTHING = ""
"""What an answer is called that nobody has given."""
ENCLOSED = "evidence-file"
LABELS = {
    "text": say("The answer"),
    "evidence": say("What it rests on"),
    ENCLOSED: say("A file that shows it"),
    "answered-by": say("Who answers"),
}


@dataclass(frozen=True)
class Question:
    """One field of one pilot, and the answer that stands in the city's file now."""

    desk: Desk
    beside: Beside
    name: str
    field: RecordField
    answer: Answer | None

    @property
    def seen(self) -> str:
        """Which answer a form was made from: its digest."""
        return NOTHING if self.answer is None else self.answer.digest


def page(request: HttpRequest, pilot: str, field: str) -> HttpResponse:
    """The field's form, or what came back from it."""
    desk, person = the_desk(), reader_of(request).person
    case = desk.standing().case(pilot)
    asked = shipped_crosswalk().fields.get(field)
    folder = desk.pilot_folder(pilot)
    if asked is None or asked.filled_by != "city" or not folder.is_dir():
        raise Http404
    if not may_answer_for_city(case, person):
        return forbidden(request)
    beside = Beside(shipped_crosswalk(), pilot, folder)
    if request.method != "POST":
        return _form(request, _question(desk, beside, field))
    try:
        _write(request, desk, beside, field)
    except (ConfigError, RefusedError) as error:
        return _form(request, _question(desk, beside, field), error)
    return HttpResponseRedirect(f"{reverse('questionnaire', args=(pilot,))}?written={field}")


def _question(desk: Desk, beside: Beside, field: str) -> Question:
    answers = load_answers(beside)
    answer = None if answers is None else answers.answers.get(field)
    return Question(desk, beside, field, beside.crosswalk.fields[field], answer)


def _write(request: HttpRequest, desk: Desk, beside: Beside, field: str) -> None:
    """Write what was sent, unless somebody else has answered since the form was made.

    Raises :class:`ConfigError` for an answer that the file may not hold, :class:`RefusedError` where another
    one stands there now.
    """
    locks = desk.settings.home / "locks"
    locks.mkdir(exist_ok=True)
    with FileLock(locks / f"{beside.pilot}.answers"):
        question = _question(desk, beside, field)
        if question.seen != request.POST.get("seen", NOTHING):
            raise RefusedError.because(
                say("Somebody answered this after you opened the page."),
                remedy=say("Read the answer that stands there now, then send yours again."),
            )
        write_answer(_with_file(request, question, _said(request, question)), beside)


def _said(request: HttpRequest, question: Question) -> Said:
    """What the form says; evidence that is the same stays as it is, with its days.

    Raises :class:`ConfigError` for what is left empty.
    """
    text, by = said_in(request), request.POST.get("answered-by", "").strip()
    language = request.POST.get("language", "")
    given = {"text": text, "answered-by": by}
    wrong = [Mistake(name, say("Nothing was written.")) for name, value in given.items() if not value]
    if any("\0" in each for each in (text, by, request.POST.get("evidence", ""))):
        wrong.append(Mistake("text", say("It holds a letter that no keyboard writes.")))
    if wrong:
        raise ConfigError(wrong)
    evidence = [line.strip() for line in request.POST.get("evidence", "").splitlines() if line.strip()]
    before = question.answer
    is_same = before is not None and any(evidence == _evidence(before, each) for each in LANGUAGES)
    new = () if is_same else tuple(evidence)
    spoken = language if language in LANGUAGES else language_of(request)
    return Said(question.name, text, spoken, new, by, question.desk.today())


def _with_file(request: HttpRequest, question: Question, said: Said) -> Said:
    """The same, resting also on the file that came: kept in the pilot's own folder, by its digest.

    Raises :class:`ConfigError` for a file that the desk does not take.
    """
    content = uploaded(request, ENCLOSED)
    if content is None:
        return said
    name = f"evidence/{digest_of_bytes(content)}.{require_evidence(ENCLOSED, content)}"
    _keep(question.beside.folder / name, content)
    before = said.evidence or (() if question.answer is None else tuple(_evidence(question.answer, "en")))
    return replace(said, evidence=tuple(dict.fromkeys((*before, name))))


def _keep(path: Path, content: bytes) -> None:
    """Write a file of the city's own: the umask says who may read it."""
    try:
        write_file(path, content, mode=0o666)
    except OSError as error:
        raise store_error(path, error) from error


def _form(request: HttpRequest, question: Question, error: CivicError | None = None) -> HttpResponse:
    language, pilot = language_of(request), question.beside.pilot
    case = question.desk.standing().case(pilot)
    wrong: list[Placed] = [] if error is None else [_placed(each, question.name) for each in error.mistakes]
    sent, answer = request.POST, question.answer
    given = None if answer is None or not answer.is_given else answer
    proposed = _proposed(question, language)
    mine = next(role for role in roles_of(case, reader_of(request).person) if role in TEAM)
    view = {
        "pilot": pilot,
        "name": question.name,
        "field": question.field,
        "answer": given,
        "texts": [] if given is None or given.answer is None else
                 [(each, getattr(given.answer, each)) for each in LANGUAGES if getattr(given.answer, each)],
        "plain": None if given is None or given.answer is None else given.answer.any,
        "proposed": None if given is not None else proposed,
        "seen": question.seen,
        "text": sent.get("text", _standing(given, language) or ("" if given else proposed or "")),
        "files": [] if answer is None else [each for each in answer.evidence if each.file and each.sha256],
        "evidence": sent.get("evidence", "" if answer is None else "\n".join(_evidence(answer, language))),
        "answered_by": sent.get("answered-by", (given.answered_by if given else None) or ""),
        "role": ROLES[mine],
        "chosen": sent.get("language", language),
        "own_names": OWN_NAMES,
        "errors": wrong,
        "at_field": {place: mistake for place, _, mistake in wrong if place},
    }  # fmt: skip
    return show(request, "answer.html", view, WRONG if wrong else 200)


def _standing(given: Answer | None, language: str) -> str | None:
    """The answer that stands there in the reader's language."""
    if given is None or given.answer is None:
        return None
    return getattr(given.answer, language) or given.answer.any


def _evidence(answer: Answer, language: str) -> list[str]:
    """The evidence as a form in this language takes it, a line each."""
    return [proof.file or proof.link or f"{SAID[language]}{proof.statement}" for proof in answer.evidence]


def _proposed(question: Question, language: str) -> str | None:
    """What the sealed pilot's own file says of this field; None where it says nothing."""
    desk, pilot = question.desk, question.beside.pilot
    digest = latest_dossier(desk, pilot)
    if digest is None:
        return None
    sealed = sealed_at(desk.dossier_folder(pilot, digest), digest, "board")
    return proposals(sealed.records.spec, language).get(question.name)


def _placed(mistake: Mistake, field: str) -> Placed:
    """A mistake at the field of the form that it is about."""
    about = mistake.about.removeprefix(f"answers.{field}").removeprefix(".")
    part = re.split(r"[.\[]", about, maxsplit=1)[0]
    name = {"answer": "text", "answered_by": "answered-by"}.get(part, part)
    return (name, LABELS[name], mistake) if name in LABELS else ("", None, mistake)
