"""The questions on how much harm is possible: screens, floors, and scored questions by page.

Ids, points and scoring of the scored questions are those of the Algorithmic Impact Assessment of the
Government of Canada (tool v1.0.1, 2025); words, screens and floors are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import Field

from civic_ai.records.levels import Level
from civic_ai.records.record import Record
from civic_ai.records.text import Text

UNSURE: Final = "unsure"
"""The answer that everybody may give to every question; it counts as the riskier one."""

Phase = Literal["design", "implementation"]
CountsAs = Literal["raw_risk", "mitigation"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,60}$")]
Share = Annotated[float, Field(gt=0, lt=1)]


class Screen(Record):
    """A question answered by yes, no or unsure, and why it is asked."""

    id: Key
    asks: Text
    why: Text | None = None

    named_by = ("id",)


class Floor(Screen):
    """A yes, or no clear no, means at least this level, whatever the points say."""

    level: Level


class Scoring(Record):
    """How points become a level. Where mitigation reaches the share ``deduct_from`` of its most, the share
    ``deduction`` comes off the raw risk; ``cuts`` are shares of the most that raw risk can be. A city may
    be stricter than the published rule, not laxer."""

    deduct_from: float = Field(ge=0.80, le=1)
    deduction: float = Field(ge=0, le=0.15)
    cuts: tuple[
        Annotated[float, Field(gt=0, le=0.25)],
        Annotated[float, Field(gt=0, le=0.50)],
        Annotated[float, Field(gt=0, le=0.75)],
    ]


class Origin(Record):
    """Whose ids and points these are, in which version, and when that was last looked at."""

    name: str
    version: str
    checked_on: date


class ImpactQuestion(Record):
    """A scored question: points by choice, added up where ``several`` may be given.

    ``asked_when``: a question further up, and the choices of it that lead here. ``phase``: asked in this
    phase only. ``words`` say what a choice means, where the questionnaire's common words do not.
    """

    id: str = Field(pattern=r"^[A-Za-z]+(\{phase\})?\d+[A-Z]?I?$")
    asks: Text
    several: bool = False
    points: Annotated[dict[Key, Annotated[int, Field(ge=0)]], Field(min_length=1)]
    words: dict[Key, Text] = {}
    phase: Phase | None = None
    asked_when: dict[str, tuple[Key, ...]] = Field(default={}, max_length=1)

    named_by = ("id",)

    @property
    def most(self) -> int:
        """The most points that it can give."""
        return sum(self.points.values()) if self.several else max(self.points.values())


class ImpactPage(Record):
    """Questions on one subject, what they count as, and what is evidence for an answer."""

    page: str
    counts_as: CountsAs
    evidence: Text
    questions: Annotated[tuple[ImpactQuestion, ...], Field(min_length=1)]

    named_by = ("page",)


class ImpactFrame(Record):
    """The file ``impact.yaml``: everything but the scored questions, which stand one file a page."""

    questionnaire: str
    version: str
    source: Origin
    phases: dict[Phase, str]
    scoring: Scoring
    words: dict[Key, Text]
    scope: Annotated[tuple[Screen, ...], Field(min_length=1)]
    stop: Annotated[tuple[Screen, ...], Field(min_length=1)]
    floors: Annotated[tuple[Floor, ...], Field(min_length=1)]
    pages: tuple[str, ...]


class ImpactQuestionnaire(Record):
    """The frame and its pages, each page that is asked once in each phase written out for each."""

    frame: ImpactFrame
    pages: tuple[ImpactPage, ...]

    @cached_property
    def questions(self) -> dict[str, ImpactQuestion]:
        """Every scored question by its id, in the order of the pages."""
        return {question.id: question for page in self.pages for question in page.questions}

    @cached_property
    def screens(self) -> dict[str, Screen]:
        """Every question of scope, stop list and floors by its id."""
        return {one.id: one for one in (*self.frame.scope, *self.frame.stop, *self.frame.floors)}

    @property
    def raw_max(self) -> int:
        """The most that raw risk can be."""
        return sum(question.most for question in self.of("raw_risk"))

    @property
    def mitigation_max(self) -> float:
        """The most that mitigation can be in one phase."""
        return sum(question.most for question in self.of("mitigation")) / len(self.frame.phases)

    def of(self, kind: CountsAs) -> Iterator[ImpactQuestion]:
        """The questions whose points count as ``kind``."""
        return (one for page in self.pages if page.counts_as == kind for one in page.questions)

    def follow_ups(self, question: str) -> Iterator[ImpactQuestion]:
        """The questions that an answer to ``question`` may lead to."""
        return (one for one in self.questions.values() if question in one.asked_when)

    def word(self, question: ImpactQuestion, choice: str) -> Text:
        """What a choice means."""
        return question.words.get(choice) or self.frame.words[choice]
