"""The city's answers on how much harm is possible, and the level that follows from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from civic_ai.records.impact_questions import UNSURE, Phase
from civic_ai.records.levels import Level
from civic_ai.records.people import Digest, Person
from civic_ai.records.record import Record
from civic_ai.records.text import Text

Link = Annotated[str, Field(pattern=r"^https://[^\s/]+\.[^\s]+$", max_length=2000)]
Why = Literal["yes", "unsure", "unanswered"]
Outcome = Literal["not_covered", "level", "stopped"]


class Answer(Record):
    """What was answered, what shows it, and who stands for it.

    In YAML a word or a list of words alone is the answer. ``evidence``: SHA-256 digests of what shows it;
    ``links``: where people can read it, which proves nothing, as a page can change. ``proposed_from``: the
    dossier from which a run proposed it; then nothing counts until ``confirmed_by`` names a person.
    """

    answer: tuple[str, ...]
    evidence: tuple[Digest, ...] = ()
    links: tuple[Link, ...] = ()
    confirmed_by: Person | None = None
    proposed_from: Digest | None = None
    note: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        whole = value if isinstance(value, dict) else {"answer": value}
        given = whole.get("answer")
        return {**whole, "answer": (given,)} if isinstance(given, str) else whole

    @property
    def is_unsure(self) -> bool:
        """Whether the city says that it does not know."""
        return UNSURE in self.answer


class ImpactAnswers(Record):
    """All answers of one pilot in one phase, by the question's id.

    ``questionnaire``: its version. ``confirmed_by``: the person who stands for every answer that names
    nobody else; an answer that a run proposed needs a person of its own.
    """

    pilot: str
    questionnaire: str
    phase: Phase
    confirmed_by: Person | None = None
    note: Text | None = None
    answers: dict[str, Answer] = {}

    def confirmed(self, question: str) -> Answer | None:
        """The answer to ``question`` that a named person stands for; None where there is none."""
        answer = self.answers.get(question)
        if answer is None:
            return None
        by = answer.confirmed_by or (None if answer.proposed_from else self.confirmed_by)
        return answer if by else None


class Score(Record):
    """Points: raw risk, mitigation, what is left of the risk, and the level that this gives."""

    raw: int
    mitigation: int
    net: int
    level: Level


class ScreenHit(Record):
    """A screen that was not answered by a clear no."""

    id: str
    because: Why

    named_by = ("id",)


class FloorHit(ScreenHit):
    """A floor that holds, and its level."""

    level: Level


class ImpactLevel(Record):
    """The impact level and everything that led to it; what was not known counted as the riskier answer.

    ``outcome``: ``stopped`` (something on the stop list is not ruled out), ``not_covered`` (it is no system
    that the rules speak of) or ``level``. ``floor``: the highest of ``floors``. ``without_evidence``: what
    was said to keep harm small and shown by nothing, so it counted for nothing. ``unconfirmed``: answers
    for which nobody stands yet; they are ``unanswered`` too.
    """

    pilot: str
    phase: Phase
    questionnaire: Digest
    questionnaire_version: str
    answers: Digest
    policy: Digest
    policy_version: str
    outcome: Outcome
    level: Level | None
    floor: Level
    floors: tuple[FloorHit, ...]
    stops: tuple[ScreenHit, ...]
    score: Score
    raw_level: Level
    raw_max: int
    mitigation_max: float
    unanswered: tuple[str, ...]
    unsure: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    without_evidence: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether a named person stands for an answer to everything that was asked."""
        return not self.unanswered
