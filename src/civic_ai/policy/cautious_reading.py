"""Answers as they count: what nobody stands for or knows counts as the riskier answer, and what is said to
keep harm small counts only where something shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from civic_ai.records.impact_level import Answer, ImpactAnswers, ScreenHit
from civic_ai.records.impact_questions import UNSURE, ImpactQuestion, ImpactQuestionnaire, Screen


@dataclass(frozen=True)
class CautiousReading:
    """The answers of one pilot, read with caution."""

    questionnaire: ImpactQuestionnaire
    answers: ImpactAnswers

    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The choices that count, by question: nothing for what is not asked in this phase."""
        return {question.id: self._counted(question) for question in self._asked}

    def hits(self, screens: Iterable[Screen]) -> tuple[ScreenHit, ...]:
        """The screens that were not answered by a clear no, in their order."""
        return tuple(hit for screen in screens if (hit := self._hit(screen)))

    def unanswered(self) -> tuple[str, ...]:
        """Questions that are asked and for whose answer nobody stands."""
        return self._those(lambda answer: answer is None)

    def unsure(self) -> tuple[str, ...]:
        """Questions that are asked and to which the city does not know the answer."""
        return self._those(lambda answer: answer is not None and answer.is_unsure)

    def unconfirmed(self) -> tuple[str, ...]:
        """Questions that are asked and have an answer for which nobody stands."""
        return tuple(name for name in self.unanswered() if name in self.answers.answers)

    def without_evidence(self) -> tuple[str, ...]:
        """Questions whose answer would count as keeping harm small, had it any evidence."""
        return tuple(
            one.id
            for one in self._asked
            if one.id in self._mitigation
            and (answer := self.answers.confirmed(one.id)) is not None
            and not answer.is_unsure
            and not answer.evidence
            and _points(one, answer.answer) > 0
        )

    @cached_property
    def _mitigation(self) -> frozenset[str]:
        return frozenset(question.id for question in self.questionnaire.of("mitigation"))

    @cached_property
    def _asked(self) -> tuple[ImpactQuestion, ...]:
        """The scored questions of this phase to which the answers lead."""
        return tuple(one for one in self.questionnaire.questions.values() if self._is_asked(one))

    def _is_asked(self, question: ImpactQuestion) -> bool:
        if question.phase not in (None, self.answers.phase):
            return False
        parents = self.questionnaire.questions
        return all(
            self._is_asked(parents[name]) and set(self._counted(parents[name])) & set(choices)
            for name, choices in question.asked_when.items()
        )

    def _those(self, holds: Callable[[Answer | None], bool]) -> tuple[str, ...]:
        names = (*self.questionnaire.screens, *(question.id for question in self._asked))
        return tuple(name for name in names if holds(self.answers.confirmed(name)))

    def _hit(self, screen: Screen) -> ScreenHit | None:
        answer = self.answers.confirmed(screen.id)
        if answer is None:
            return ScreenHit(id=screen.id, because="unanswered")
        if answer.is_unsure:
            return ScreenHit(id=screen.id, because=UNSURE)
        return None if answer.answer == ("no",) else ScreenHit(id=screen.id, because="yes")

    def _counted(self, question: ImpactQuestion) -> tuple[str, ...]:
        """The choices of a question that count."""
        answer = self.answers.confirmed(question.id)
        is_known = answer is not None and not answer.is_unsure
        if question.id in self._mitigation:
            return answer.answer if answer is not None and is_known and answer.evidence else ()
        return answer.answer if answer is not None and is_known else self._riskiest(question)

    def _riskiest(self, question: ImpactQuestion) -> tuple[str, ...]:
        """Every choice that has points; where one only may be given, the one that leads to the most."""
        if question.several:
            return tuple(choice for choice, points in question.points.items() if points)
        return (max(question.points, key=lambda choice: self._leads_to(question, choice)),)

    def _leads_to(self, question: ImpactQuestion, choice: str) -> int:
        """The points of a choice and of everything that is asked because of it."""
        return question.points[choice] + sum(
            self._leads_to(next_one, its_choice)
            for next_one in self.questionnaire.follow_ups(question.id)
            if choice in next_one.asked_when[question.id]
            for its_choice in self._counted(next_one)
        )


def _points(question: ImpactQuestion, choices: Iterable[str]) -> int:
    return sum(question.points[choice] for choice in choices)
