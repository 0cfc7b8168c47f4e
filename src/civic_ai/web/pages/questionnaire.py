"""The questionnaire: what only the city can say of its pilot, what the run has said, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from civic_ai.cards.pilot_record import FILLED_BY, GROUP_WORDS, MEASURED, STATUS_WORDS
from civic_ai.core.errors import Mistake
from civic_ai.core.messages import Message
from civic_ai.pilot.answers import ANSWERS_FILE
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.crosswalk import GROUPS, RecordField
from civic_ai.records.pilot_record import ANSWERED_BY_STEPS, FieldEntry, PilotRecord
from civic_ai.records.workflow_words import DEEDS, GATES
from civic_ai.review.queue import asked_later, what_is_missing
from civic_ai.review.remarks import may_answer_for_city
from civic_ai.web.coaching.listening import Listening
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.page import show
from civic_ai.web.papers import papers_of
from civic_ai.web.reader import reader_of
from civic_ai.web.speech import language_of
from civic_ai.web.steps.offers import roles_for

SHOWN = ("missing", "city", "all")
HANDS_IN = ("submit", "appeal", "request_renewal")


@dataclass(frozen=True)
class Asked:
    """One field: what it is called and asks, and what stands there. ``word``: its state."""

    name: str
    field: RecordField
    entry: FieldEntry
    word: Message

    @property
    def comes_later(self) -> bool:
        """Whether a step of the workflow fills it, once the pilot runs."""
        return self.name in ANSWERED_BY_STEPS


@dataclass(frozen=True)
class Before:
    """What is missing before one step: fields, each as the crosswalk knows it (None: only the policy does),
    and needs."""

    step: Message
    gate: Message | None
    fields: tuple[tuple[str, RecordField | None], ...]
    needs: tuple[Mistake, ...]


def page(request: HttpRequest, pilot: str) -> HttpResponse:
    """Where the answers stand, and what is missing before the next step."""
    listening = Listening(the_desk(), pilot, reader_of(request).person)
    desk, case, language = listening.desk, listening.case, language_of(request)
    digest = latest_dossier(desk, pilot)
    papers = papers_of(desk, pilot, digest)
    shown = request.GET.get("show", SHOWN[0])
    fields = [_asked(entry) for entry in papers.record.fields]
    city = [each for each in fields if each.entry.filled_by == "city" and each.entry.status != "not_needed"]
    view = {
        "pilot": pilot,
        "title": desk.title(pilot, case, language),
        "begins": desk.dossier_at_hand(pilot, digest),
        "is_this_case": case.dossier == digest,
        "is_at_hand": papers.is_at_hand,
        "shown": shown if shown in SHOWN else SHOWN[0],
        "groups": list(_groups(fields, shown)),
        "answered": sum(not each.entry.is_gap for each in city),
        "asked": len(city),
        "with_evidence": sum(each.entry.status == "answered_with_evidence" for each in city),
        "before": list(before_next(desk, listening, papers.record)),
        "later": list(before_later(desk, listening, papers.record)),
        "coverage": [(part, shipped_crosswalk().standards[part.standard]) for part in papers.record.coverage],
        "filled_by": FILLED_BY,
        "proposed": {} if papers.sealed is None else proposals(papers.sealed.records.spec, language),
        "written": next((each.name for each in fields if each.name == request.GET.get("written")), None),
        "may_answer": papers.is_at_hand and may_answer_for_city(case, listening.person),
        "open": sum(each.is_open for each in listening.threads()),
        "holding_up": sum(each.holds_up for each in listening.threads()),
        "hands_in": [(kind, DEEDS[kind]) for kind in HANDS_IN
                     if roles_for(case, listening.person, kind, desk.policy)],
    }  # fmt: skip
    return show(request, "questionnaire.html", view)


def download(request: HttpRequest, pilot: str) -> HttpResponse:
    """The city's answers as they stand in its file, byte for byte."""
    file = the_desk().pilot_folder(pilot) / ANSWERS_FILE
    if not file.is_file():
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{pilot}-{ANSWERS_FILE}"'}
    return HttpResponse(file.read_bytes(), content_type="application/yaml; charset=utf-8", headers=headers)


def latest_dossier(desk: Desk, pilot: str) -> str | None:
    """The newest dossier at hand: what the team would hand in next. None where none stands here."""
    return next(iter(desk.dossiers(pilot)), None)


def proposals(spec: PilotSpec, language: str) -> Mapping[str, str]:
    """What the sealed pilot's own file says already, by the field that asks for it."""
    attributes = spec.audit.attributes.items()
    called = [part.called.in_language(language) if part.called else name.replace("_", " ")
              for name, part in attributes]  # fmt: skip
    found = {
        "A04": spec.owner,
        "A06": spec.contact,
        "B02": spec.decision.in_language(language),
        "B04": "; ".join(use.in_language(language) for use in spec.never_for),
        "C01": ", ".join(spec.sources),
        "F01": ", ".join(called),
    }
    return {name: text for name, text in found.items() if text}


def _asked(entry: FieldEntry) -> Asked:
    is_measured = entry.filled_by == "run" and entry.status == "answered_with_evidence"
    word = MEASURED if is_measured else STATUS_WORDS[entry.status]
    return Asked(entry.field, shipped_crosswalk().fields[entry.field], entry, word)


def _groups(fields: list[Asked], shown: str) -> Iterator[tuple[Message, list[Asked], int]]:
    """Each group with the fields to show and how many of all are open; a group without any is left out."""
    for group in GROUPS:
        of_group = [each for each in fields if each.field.group == group]
        chosen = [each for each in of_group if _is_shown(each, shown)]
        if chosen:
            yield GROUP_WORDS[group], chosen, sum(each.entry.is_gap for each in of_group)


def _is_shown(asked: Asked, shown: str) -> bool:
    if shown == "all":
        return True
    if shown == "city":
        return asked.entry.filled_by == "city"
    return asked.entry.is_gap and asked.entry.filled_by != "board"


def before_next(desk: Desk, listening: Listening, record: PilotRecord) -> Iterator[Before]:
    """For each step that would take the case further what it lacks, once where several lack the same."""
    fields, said = shipped_crosswalk().fields, set[tuple[object, ...]]()
    for each in what_is_missing(listening.case, record.answered, desk.today(), desk.policy):
        lacks = (each.kind, each.fields, tuple(str(need.says) for need in each.needs))
        if lacks not in said:
            said.add(lacks)
            gate = None if each.gate is None else GATES[each.gate]
            named = tuple((name, fields.get(name)) for name in each.fields)
            yield Before(DEEDS[each.kind], gate, named, each.needs)


def before_later(
    desk: Desk, listening: Listening, record: PilotRecord
) -> Iterator[tuple[Message, tuple[tuple[str, RecordField | None], ...]]]:
    """Each gate after the next one, up to the decision on use, with the fields that it will ask for."""
    fields = shipped_crosswalk().fields
    for gate, names in asked_later(listening.case, record.answered, desk.policy).items():
        yield GATES[gate], tuple((name, fields.get(name)) for name in names)
