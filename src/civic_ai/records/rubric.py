"""What a coach looks at before a pilot goes to the board, and what each score means."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from civic_ai.records.people import Word
from civic_ai.records.record import Record
from civic_ai.records.text import Text

BEST = 3
Mark = Annotated[int, Field(ge=0, le=BEST)]


class Criterion(Record):
    """One question to a dossier. ``means``: what 0, 1, 2 and 3 say; ``card`` and ``section``: where to look.

    ``gates`` and ``fields`` of the pilot's record are what a score is proposed from; without any, only a
    person can say.
    """

    id: Word
    asks: Text
    card: str
    section: str | None = None
    gates: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    means: tuple[Text, Text, Text, Text]

    named_by = ("id",)


class Rubric(Record):
    """All criteria of one version; a score of ``enough`` or more counts as ready."""

    rubric: Text
    version: str
    enough: Mark = 2
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    def criterion(self, name: str) -> Criterion | None:
        """The criterion of that id; None where there is none."""
        return next((each for each in self.criteria if each.id == name), None)
