"""How far a dossier is from the board: the rubric, what the facts propose, and the coach's scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from civic_ai.core.errors import Mistake
from civic_ai.core.messages import Message, say
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.policy.rubric import shipped_rubric
from civic_ai.records.rubric import BEST, Criterion
from civic_ai.records.text import Text
from civic_ai.records.workflow_words import ROLES
from civic_ai.review.publication_words import CARDS
from civic_ai.review.readiness import Proposal, propose, readiness
from civic_ai.review.remarks import may_score
from civic_ai.web.coaching.listening import Listening
from civic_ai.web.coaching.models import Score
from civic_ai.web.desk import the_desk
from civic_ai.web.page import show
from civic_ai.web.pages.comments import WRONG, said_in, what_is_wrong
from civic_ai.web.papers import papers_of
from civic_ai.web.reader import reader_of
from civic_ai.web.refusals import Placed, forbidden
from civic_ai.web.sealed_files import sealed_files
from civic_ai.web.speech import language_of

MARK, REASON = say("Score"), say("Reason")


@dataclass(frozen=True)
class Line:
    """One criterion: what the facts propose and why, and the score if there is one."""

    asked: Criterion
    card: Message
    proposal: Proposal
    why: tuple[tuple[Message, tuple[str, ...]], ...]
    score: Score | None


def page(request: HttpRequest, pilot: str, digest: str) -> HttpResponse:
    """The rubric on one dossier; a score of one criterion comes back to it."""
    desk = the_desk()
    files = sealed_files(desk.dossier_folder(pilot, digest), digest)
    if files is None:
        raise Http404
    listening = Listening(desk, pilot, reader_of(request).person)
    if request.method != "POST":
        return _page(request, listening, files.digest)
    if not may_score(listening.case, listening.person):
        return forbidden(request)
    name, mark, text = request.POST.get("criterion", ""), request.POST.get("mark", ""), said_in(request)
    if shipped_rubric().criterion(name) is None:
        raise Http404
    if wrong := _wrong(name, mark, text):
        return _page(request, listening, files.digest, *wrong)
    said = listening.said(files.digest, language_of(request), text)
    Score.objects.create(rubric=shipped_rubric().digest, criterion=name, mark=int(mark), **said)
    return HttpResponseRedirect(f"{request.path}#{name}")


def _wrong(name: str, mark: str, text: str) -> list[Placed]:
    found: list[Placed] = []
    if mark not in [str(each) for each in range(BEST + 1)]:
        found.append((f"{name}-mark", MARK, Mistake("", say("Choose one score."))))
    if wrong := what_is_wrong(text):
        found.append((f"{name}-text", REASON, wrong))
    return found


def _page(request: HttpRequest, listening: Listening, digest: str, *wrong: Placed) -> HttpResponse:
    rubric, language = shipped_rubric(), language_of(request)
    papers = papers_of(listening.desk, listening.pilot, digest)
    assert papers.sealed is not None, "its manifest stands"
    scores = listening.scores(digest, rubric)
    asks = {gate.id: gate.asks for gate in papers.sealed.records.policy.gates}
    lines = [
        _line(each, propose(each, papers.sealed.gates, papers.record), asks, scores.get(each.id), language)
        for each in rubric.criteria
    ]
    view = {
        "pilot": listening.pilot,
        "begins": listening.desk.dossier_at_hand(listening.pilot, digest),
        "digest": digest,
        "is_this_case": listening.case.dossier == digest,
        "rubric": rubric,
        "best": BEST,
        "lines": lines,
        "readiness": readiness(rubric, {name: score.mark for name, score in scores.items()}),
        "holding_up": sum(each.holds_up for each in listening.threads(digest)),
        "may_score": may_score(listening.case, listening.person),
        "roles": ROLES,
        "sent": {name: request.POST.get(name, "") for name in ("criterion", "mark", "text")},
        "errors": list(wrong),
        "at_field": {place: mistake for place, _, mistake in wrong},
    }
    return show(request, "readiness.html", view, WRONG if wrong else 200)


def _line(
    asked: Criterion, proposal: Proposal, asks: Mapping[str, Text], score: Score | None, language: str
) -> Line:
    """Gates by their question and fields by their name."""
    fields = shipped_crosswalk().fields
    causes = (
        (say("Fails:"), [asks[gate].in_language(language) for gate in proposal.failed]),
        (say("Not known:"), [asks[gate].in_language(language) if gate in asks else gate
                             for gate in proposal.unknown]),
        (say("Nothing stands here:"), [fields[name].name.in_language(language) for name in proposal.gaps]),
        (say("Answered without evidence:"),
         [fields[name].name.in_language(language) for name in proposal.unproven]),
    )  # fmt: skip
    why = tuple((word, tuple(names)) for word, names in causes if names)
    return Line(asked, CARDS[asked.card], proposal, why, score)
