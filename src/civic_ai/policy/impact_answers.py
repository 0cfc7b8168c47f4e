"""Read a city's answers on how much harm is possible, every mistake with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.core.messages import Message, say
from civic_ai.pilot.load import SPEC_FILE
from civic_ai.pilot.located import by_line, mistake_at, validate
from civic_ai.records.impact_level import Answer, ImpactAnswers
from civic_ai.records.impact_questions import UNSURE, ImpactQuestionnaire
from civic_ai.store.yaml import Document, load_yaml

ANSWERS_FILE, PROPOSED_FILE = "impact.yaml", "impact.proposed.yaml"
SCREEN_CHOICES = ("yes", "no", UNSURE)


def load_answers(path: Path, questionnaire: ImpactQuestionnaire) -> ImpactAnswers:
    """The answers at ``path``. Raises :class:`ConfigError` with every mistake: questions and choices that
    do not exist, several choices where one is asked for, answers to another version of the questions."""
    document = replace(load_yaml(path), part="")
    answers = validate(document, ImpactAnswers)
    mistakes = [*_other_version(document, answers, questionnaire)]
    for name, answer in answers.answers.items():
        for says, remedy in _broken(name, answer, questionnaire):
            mistakes.append(mistake_at(document, ("answers", name), says, remedy))
    if mistakes:
        raise ConfigError(sorted(mistakes, key=by_line))
    return answers


def _other_version(
    document: Document, answers: ImpactAnswers, questionnaire: ImpactQuestionnaire
) -> Iterator[Mistake]:
    version, place = questionnaire.frame.version, ("questionnaire",)
    if answers.questionnaire != version:
        says = say("answers version {theirs}; the questions are version {ours}",
                   theirs=answers.questionnaire, ours=version)  # fmt: skip
        yield mistake_at(document, place, says, say("Look at each answer again, then change the version."))


def _broken(
    name: str, answer: Answer, questionnaire: ImpactQuestionnaire
) -> Iterator[tuple[Message, Message | None]]:
    if name not in questionnaire.screens and name not in questionnaire.questions:
        yield say("there is no question called {name}", name=name), _did_you_mean(name, questionnaire)
        return
    several, choices = _choices(name, questionnaire)
    known = say("Known here: {words}.", words=", ".join(choices))
    for choice in answer.answer:
        if choice not in choices:
            yield say("{choice} is no answer to {name}", choice=choice, name=name), known
    if len(answer.answer) != len(set(answer.answer)):
        yield say("an answer is given twice"), known
    if len(answer.answer) != 1 and (not several or UNSURE in answer.answer):
        yield say("give one answer, not {count}", count=len(answer.answer)), known


def _choices(name: str, questionnaire: ImpactQuestionnaire) -> tuple[bool, tuple[str, ...]]:
    """Whether several may be given, and all that may be."""
    if name in questionnaire.screens:
        return False, SCREEN_CHOICES
    question = questionnaire.questions[name]
    return question.several, tuple(dict.fromkeys((*question.points, UNSURE)))


def _did_you_mean(name: str, questionnaire: ImpactQuestionnaire) -> Message | None:
    close = get_close_matches(name, [*questionnaire.screens, *questionnaire.questions], n=1, cutoff=0.6)
    return say("Did you mean {word}?", word=close[0]) if close else None


def pilot_answers(folder: Path, questionnaire: ImpactQuestionnaire) -> ImpactAnswers:
    """The answers of the pilot in ``folder``. Raises :class:`ConfigError` as :func:`load_answers`, and where
    they were given for another pilot, as in a folder that was copied."""
    path, name = folder / ANSWERS_FILE, pilot_name(folder)
    answers = load_answers(path, questionnaire)
    if answers.pilot != name:
        raise ConfigError.because(
            say("these answers are of {theirs}, not of {ours}", theirs=answers.pilot, ours=name),
            about="pilot",
            place=load_yaml(path).place(("pilot",)),
            remedy=say("Answer each question for this pilot, then change the name."),
        )
    return answers


def started_answers(folder: Path, questionnaire: ImpactQuestionnaire) -> ImpactAnswers:
    """The answers of the pilot in ``folder``, or none at all in the phase of design."""
    if (folder / ANSWERS_FILE).is_file():
        return pilot_answers(folder, questionnaire)
    version = questionnaire.frame.version
    return ImpactAnswers(pilot=pilot_name(folder), questionnaire=version, phase="design")


def pilot_name(folder: Path) -> str:
    """The name that the pilot in ``folder`` gives itself; the folder's where it gives none."""
    spec = load_yaml(folder / SPEC_FILE).value
    given = spec.get("pilot") if isinstance(spec, dict) else None
    return given if isinstance(given, str) else folder.resolve().name


def say_answers(answers: ImpactAnswers) -> str:
    """The YAML of answers for which nobody stands yet, with the way to stand for one."""
    lines = [
        "# Proposed by a run. Nothing here counts until a person has looked at it: copy an answer into",
        f"# {ANSWERS_FILE} and add `confirmed_by: your name, your role` to it.",
        f"pilot: {answers.pilot}",
        f'questionnaire: "{answers.questionnaire}"',
        f"phase: {answers.phase}",
        "answers:",
    ]
    for name, answer in answers.answers.items():
        lines += [f"  {name}:", f"    answer: [{', '.join(answer.answer)}]"]
        lines += [f"    evidence: [{', '.join(answer.evidence)}]"] if answer.evidence else []
        lines += [f"    proposed_from: {answer.proposed_from}"]
    return "\n".join(lines) + "\n"
