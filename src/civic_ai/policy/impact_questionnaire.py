"""Read the board's questions on how much harm is possible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.core.messages import Message, governance_folder, say
from civic_ai.pilot.located import mistake_at, validate
from civic_ai.records.impact_questions import (
    UNSURE,
    ImpactFrame,
    ImpactPage,
    ImpactQuestion,
    ImpactQuestionnaire,
    Phase,
)
from civic_ai.store.yaml import Path_, load_yaml

IMPACT_FILE = "questionnaires/impact.yaml"
ANY_PHASE = "{phase}"


@cache
def shipped_questionnaire() -> ImpactQuestionnaire:
    """The questions of this installation's ``governance/``."""
    return load_questionnaire(governance_folder() / IMPACT_FILE)


def load_questionnaire(path: Path) -> ImpactQuestionnaire:
    """The questions at ``path`` and, one file a page, in the folder of the same name beside it.

    Raises :class:`ConfigError` with every mistake: ids given twice, choices without words, a question
    that is asked because of one that does not stand above it, cuts that do not rise.
    """
    document = replace(load_yaml(path), part="")
    frame = validate(document, ImpactFrame)
    mistakes = [mistake_at(document, place, says) for place, says in _broken_frame(frame)]
    pages: list[ImpactPage] = []
    known = {screen.id for screen in (*frame.scope, *frame.stop, *frame.floors)}
    for name in frame.pages:
        mistakes.extend(_add_page(path.with_suffix("") / f"{name}.yaml", frame, pages, known))
    if mistakes:
        raise ConfigError(mistakes)
    return ImpactQuestionnaire(frame=frame, pages=tuple(pages))


def _broken_frame(frame: ImpactFrame) -> Iterator[tuple[Path_, Message]]:
    cuts = frame.scoring.cuts
    if list(cuts) != sorted(set(cuts)):
        yield ("scoring", "cuts"), say("each cut must be greater than the one before")
    seen: set[str] = set()
    for part in ("scope", "stop", "floors"):
        for at, screen in enumerate(getattr(frame, part)):
            if screen.id in seen:
                yield (part, at, "id"), say("{name} is given twice", name=screen.id)
            seen.add(screen.id)
    if UNSURE not in frame.words:
        yield ("words",), say("there is no word for {choice}", choice=UNSURE)


def _add_page(path: Path, frame: ImpactFrame, pages: list[ImpactPage], known: set[str]) -> list[Mistake]:
    """Append the page at ``path``, once or once in each phase; what is wrong in it."""
    document = replace(load_yaml(path), part="")
    page = validate(document, ImpactPage)
    written = list(_written_out(page, frame))
    mistakes = [
        mistake_at(document, *broken) for one in written for broken in _broken_page(one, frame, known)
    ]
    pages.extend(written)
    return list(dict.fromkeys(mistakes))


def _broken_page(page: ImpactPage, frame: ImpactFrame, known: set[str]) -> Iterator[tuple[Path_, Message]]:
    """What is wrong in a page; its ids join those ``known`` from further up."""
    above: dict[str, ImpactQuestion] = {}
    for at, question in enumerate(page.questions):
        place: Path_ = ("questions", at)
        if question.id in known:
            yield (*place, "id"), say("{name} is given twice", name=question.id)
        for choice in question.points:
            if choice not in question.words and choice not in frame.words:
                yield (*place, "points", choice), say("there is no word for {choice}", choice=choice)
        for name, choices in question.asked_when.items():
            if name not in above:
                yield (*place, "asked_when"), say("{name} must be a question further up", name=name)
            for choice in set(choices) - set(above[name].points if name in above else choices):
                yield (*place, "asked_when"), say("{choice} is no answer to {name}", choice=choice, name=name)
        known.add(question.id)
        above[question.id] = question


def _written_out(page: ImpactPage, frame: ImpactFrame) -> Iterator[ImpactPage]:
    """The page itself, or one for each phase where its name holds a place for the phase."""
    if ANY_PHASE not in page.page:
        yield page
        return
    for phase, word in frame.phases.items():
        questions = tuple(_in_phase(question, phase, word) for question in page.questions)
        yield page.model_copy(update={"page": page.page.replace(ANY_PHASE, word), "questions": questions})


def _in_phase(question: ImpactQuestion, phase: Phase, word: str) -> ImpactQuestion:
    asked_when = {name.replace(ANY_PHASE, word): choices for name, choices in question.asked_when.items()}
    update = {"id": question.id.replace(ANY_PHASE, word), "phase": phase, "asked_when": asked_when}
    return question.model_copy(update=update)
