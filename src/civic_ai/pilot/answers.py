"""Read a pilot's ``answers.yaml``: what the city declares, checked against the fields that it may fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from civic_ai.core.canonical import digest_of_file
from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.core.messages import Message, say
from civic_ai.pilot.located import by_line, mistake_at, validate
from civic_ai.records.answers import Answer, Answers, Proof, texts_of
from civic_ai.records.crosswalk import Crosswalk, RecordField
from civic_ai.records.levels import Level
from civic_ai.store.yaml import Document, Path_, load_yaml

ANSWERS_FILE = "answers.yaml"
_Broken = Iterator[tuple[Path_, Message, Message]]


@dataclass(frozen=True)
class Beside:
    """What answers are checked against: the crosswalk, the pilot's name and its folder."""

    crosswalk: Crosswalk
    pilot: str
    folder: Path


def load_answers(beside: Beside) -> Answers | None:
    """The answers in the pilot's folder, each file of evidence with its digest; None where there is no file.

    Raises :class:`ConfigError` with every mistake: unknown fields, fields that the run or the board fills,
    texts that are too long, evidence that does not stand there, answers without a role and a date.
    """
    path = beside.folder / ANSWERS_FILE
    return read_answers(load_yaml(path), beside) if path.is_file() else None


def read_answers(document: Document, beside: Beside) -> Answers:
    """The answers that ``document`` gives. Raises as :func:`load_answers`."""
    whole = replace(document, part="")
    answers = _validated(whole)
    mistakes: list[Mistake] = [mistake_at(whole, *broken) for broken in _broken(answers, beside)]
    if mistakes:
        raise ConfigError(sorted(mistakes, key=by_line))
    made = {name: _with_digests(answer, beside.folder) for name, answer in answers.answers.items()}
    return answers.model_copy(update={"answers": made})


def _validated(document: Document) -> Answers:
    """The answers of a document of the right shape; else :class:`ConfigError`, each mistake with a remedy."""
    remedy = say("`civic-ai answer PILOT` asks, and writes the file in its right form.")
    try:
        return validate(document, Answers)
    except ConfigError as error:
        raise ConfigError(
            replace(mistake, remedy=mistake.remedy or remedy) for mistake in error.mistakes
        ) from error


def unanswered(beside: Beside, answers: Answers | None, level: Level | None) -> list[str]:
    """Ids of the city's fields that are needed at ``level`` and have no answer, in order."""
    return [
        name
        for name, field in beside.crosswalk.fields.items()
        if field.filled_by == "city"
        and field.is_needed_at(level)
        and (answers is None or answers.given(name) is None)
    ]


def _broken(answers: Answers, beside: Beside) -> _Broken:
    if answers.pilot != beside.pilot:
        yield (
            ("pilot",),
            say("these are the answers of {other}, not of {pilot}", other=answers.pilot, pilot=beside.pilot),
            say("Answer for this pilot; another city's answers are not yours."),
        )
    for name, answer in answers.answers.items():
        place: Path_ = ("answers", name)
        field = beside.crosswalk.fields.get(name)
        if field is None or field.filled_by != "city":
            yield (place, *_not_yours(name, field))
            continue
        if answer.is_given:
            yield from _broken_answer(place, answer, field)
        for at, proof in enumerate(answer.evidence):
            yield from _broken_proof((*place, "evidence", at), proof, beside.folder)


def _not_yours(name: str, field: RecordField | None) -> tuple[Message, Message]:
    remedy = say("`civic-ai answer PILOT --missing` lists the fields that the city fills.")
    if field is None:
        return say("there is no field called {name}", name=name), remedy
    if field.filled_by == "run":
        return say("the run measures this field; nobody declares it"), say("Remove it, and run the pilot.")
    return say("the board decides this field; nobody declares it"), say("Remove it.")


def _broken_answer(place: Path_, answer: Answer, field: RecordField) -> _Broken:
    longest = max(map(len, texts_of(answer.answer))) if answer.answer is not None else 0
    if field.max_length is not None and longest > field.max_length:
        yield (
            (*place, "answer"),
            say("has {given} characters; at most {limit} fit", given=longest, limit=field.max_length),
            say("Say it shorter; a register would cut it off."),
        )
    if not answer.answered_by or answer.on is None:
        yield (
            place,
            say("does not say who answered, and when"),
            say("Give the role under answered_by and the date under on."),
        )


def _stands_in(folder: Path, path: Path) -> bool:
    """Whether it is a file inside the folder; a name that no file can have, such as a paragraph, is none."""
    try:
        return path.resolve().is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):
        return False


def _broken_proof(place: Path_, proof: Proof, folder: Path) -> _Broken:
    if proof.file is None:
        return
    path = folder / proof.file
    if not _stands_in(folder, path):
        yield (
            (*place, "file"),
            say("there is no such file in the pilot's folder: {file}", file=proof.file),
            say("Put the file into the pilot's folder, or give a link."),
        )
    elif proof.sha256 not in (None, digest_of_file(path)):
        yield (
            (*place, "sha256"),
            say("the file is no longer the one that was named: its digest differs"),
            say("Read the file again; if the answer still holds, remove the digest."),
        )


def _with_digests(answer: Answer, folder: Path) -> Answer:
    proofs = tuple(
        proof
        if proof.file is None
        else proof.model_copy(update={"sha256": digest_of_file(folder / proof.file)})
        for proof in answer.evidence
    )
    return answer.model_copy(update={"evidence": proofs})
