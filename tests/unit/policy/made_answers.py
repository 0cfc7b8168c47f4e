"""Answers to the impact questions, made at random or by hand."""

from __future__ import annotations

from random import Random

from civic_ai.policy.impact_questionnaire import shipped_questionnaire
from civic_ai.policy.load import load_policy
from civic_ai.records.impact_level import Answer, ImpactAnswers
from civic_ai.records.impact_questions import UNSURE, ImpactQuestion

QUESTIONS, POLICY = shipped_questionnaire(), load_policy()
SHOWN = ("a" * 64,)
BY = "Ana, head of the service"


def answer(*choices: str, **other: object) -> Answer:
    return Answer.model_validate({"answer": choices, "confirmed_by": BY, **other})


def answers_of(given: dict[str, Answer], phase: str = "design") -> ImpactAnswers:
    return ImpactAnswers.model_validate(
        {"pilot": "a-b", "questionnaire": QUESTIONS.frame.version, "phase": phase, "answers": given}
    )


def cleared() -> dict[str, Answer]:
    """A covered system that is on no stop list and meets no floor."""
    frame = QUESTIONS.frame
    return {one.id: answer("yes") for one in frame.scope} | {
        one.id: answer("no") for one in (*frame.stop, *frame.floors)
    }


def least() -> dict[str, Answer]:
    """Cleared, and to each question the choices with the fewest points."""
    given = {
        name: answer(*(() if one.several else (min(one.points, key=one.points.__getitem__),)))
        for name, one in QUESTIONS.questions.items()
    }
    return cleared() | given


def ways(question: ImpactQuestion) -> list[tuple[str, ...]]:
    """Every answer to a question; of many choices each alone, none and all."""
    choices = [choice for choice in question.points if choice != UNSURE]
    alone = [(choice,) for choice in choices]
    return [(), *alone, tuple(choices)] if question.several else alone


def random_answers(seed: int) -> ImpactAnswers:
    """Answers of every kind: left out, unsure, not confirmed, proposed, with and without evidence."""
    random = Random(seed)
    given = {}
    cleared_ones = cleared()
    for name in QUESTIONS.screens:
        odd = random.random() < 0.05
        given[name] = answer(random.choice(["yes", "no", UNSURE])) if odd else cleared_ones[name]
    for name, question in QUESTIONS.questions.items():
        choices = random.choice([*ways(question), (UNSURE,)])
        given[name] = answer(
            *choices,
            evidence=random.choice([(), SHOWN]),
            proposed_from=random.choice([None, None, "b" * 64]),
            confirmed_by=random.choice([BY, BY, BY, None]),
        )
    for name in random.sample(sorted(QUESTIONS.questions), random.randrange(20)):
        del given[name]
    return answers_of(given, random.choice(["design", "implementation"]))


def changed(answers: ImpactAnswers, name: str, new: Answer | None) -> ImpactAnswers:
    """The same answers but one; None takes it away."""
    rest = {key: value for key, value in answers.answers.items() if key != name}
    return answers.model_copy(update={"answers": rest if new is None else {**rest, name: new}})
