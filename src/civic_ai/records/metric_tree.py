"""Which metrics tell for whom it works less well: the board's questions, what they propose, who chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from civic_ai.records.record import Record
from civic_ai.records.text import Text

Metrics = Annotated[tuple[str, ...], Field(min_length=1)]
About = Literal["question", "intervention", "capacity"]
"""What of a pilot answers a question: what it predicts, what a visit does, whether visits are limited."""


class Proposal(Record):
    """What the questions lead to: the metrics that ``decide``, all that are ``shown``, and why."""

    decide: Metrics
    shown: Metrics
    why: Text


class TreeAnswer(Record):
    """One answer: what it means, and the next question (``then``) or a proposal (``proposes``)."""

    means: Text
    then: str | None = None
    proposes: str | None = None


class TreeQuestion(Record):
    """A question with its answers, by the value that the pilot declares ``about`` it."""

    asks: Text
    about: About
    answers: Annotated[dict[str, TreeAnswer], Field(min_length=1)]


class MetricTree(Record):
    """Questions from ``first`` on; each answer leads to another question or to one of the ``proposals``."""

    tree: str
    version: str
    first: str
    questions: dict[str, TreeQuestion]
    proposals: dict[str, Proposal]

    def propose(self, answers: Mapping[About, str]) -> str:
        """The name of the proposal for what a pilot declares. Raises ``KeyError`` for an unknown answer."""
        name = self.first
        while True:
            question = self.questions[name]
            answer = question.answers[answers[question.about]]
            if answer.proposes is not None:
                return answer.proposes
            assert answer.then is not None, name
            name = answer.then


class MetricChoice(Record):
    """Which metrics decide, and who says so.

    ``tree``: digest of the questions. ``proposed`` decide unless somebody chose; ``left_out`` are proposed
    and not chosen: a gate may ask that there be none. ``by`` None: nobody has confirmed the proposal.
    """

    tree: str
    version: str
    proposal: str
    why_proposed: Text
    proposed: tuple[str, ...]
    chosen: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    by: str | None = None
    why: Text | None = None
