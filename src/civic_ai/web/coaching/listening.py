"""What one person may hear of what was said about a pilot's dossiers, and what is said anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from civic_ai.records.case import Case
from civic_ai.records.rubric import Rubric
from civic_ai.review.remarks import may_answer_for_city, may_hear, roles_of, round_began
from civic_ai.web.coaching.models import Remark, Score, Spoken
from civic_ai.web.desk import Desk


@dataclass(frozen=True)
class Thread:
    """A comment and the answers to it that the reader may see."""

    first: Remark
    answers: tuple[Remark, ...] = ()

    @property
    def is_open(self) -> bool:
        """Nobody has settled it."""
        return not self.first.settled_by

    @property
    def holds_up(self) -> bool:
        """Whether it asks for a change that nobody has settled."""
        return self.is_open and self.first.asks_change


@dataclass(frozen=True)
class Listening:
    """One reader in one case."""

    desk: Desk
    pilot: str
    person: str
    case: Case = field(init=False)
    _began: int = field(init=False)
    _entries: int = field(init=False)

    def __post_init__(self) -> None:
        standing = self.desk.standing()
        object.__setattr__(self, "case", standing.case(self.pilot))
        object.__setattr__(self, "_began", round_began(standing.events.get(self.pilot, ())))
        object.__setattr__(self, "_entries", standing.size)

    def hears(self, said: Spoken) -> bool:
        """Whether the reader may read it."""
        return may_hear(said, self.case, self._began, self.person, self.desk.policy)

    def threads(self, dossier: str | None = None) -> tuple[Thread, ...]:
        """The threads on one dossier, or on all of the pilot's, in the order in which they began."""
        found: QuerySet[Remark] = Remark.objects.filter(pilot=self.pilot).order_by("pk")
        return tuple(
            _threads(filter(self.hears, found if dossier is None else found.filter(dossier=dossier)))
        )

    def thread(self, number: int) -> Thread | None:
        """The thread of that number in this case; None where there is none that the reader may see."""
        first = Remark.objects.filter(pilot=self.pilot, under=None, pk=number).first()
        if first is None or not self.hears(first):
            return None
        answers = Remark.objects.filter(under=first).order_by("pk")
        return Thread(first, tuple(each for each in answers if self.hears(each)))

    def scores(self, dossier: str, rubric: Rubric) -> dict[str, Score]:
        """The last score of each criterion."""
        found = Score.objects.filter(pilot=self.pilot, dossier=dossier, rubric=rubric.digest).order_by("pk")
        return {each.criterion: each for each in found if self.hears(each)}

    def said(self, dossier: str, language: str, text: str) -> dict[str, Any]:
        """The fields of whatever the reader says about a dossier now."""
        return {
            "pilot": self.pilot,
            "dossier": dossier,
            "by": self.person,
            "held": " ".join(roles_of(self.case, self.person)),
            "after": self._entries,
            "language": language,
            "text": text,
        }


def changes_asked(desk: Desk, person: str) -> dict[str, int]:
    """For each pilot whose team this person is of, how many changes are asked for and not settled."""
    open_ones = Remark.objects.filter(under=None, asks_change=True, settled_by="").order_by("pilot", "pk")
    standing, found = desk.standing(), dict[str, int]()
    for pilot, asked in groupby(open_ones, key=lambda each: each.pilot):
        if may_answer_for_city(standing.case(pilot), person):
            found[pilot] = sum(map(Listening(desk, pilot, person).hears, asked))
    return {pilot: many for pilot, many in found.items() if many}


def _threads(heard: Iterable[Remark]) -> Iterator[Thread]:
    """Answers to what may not be heard are left out with it."""
    answers: dict[int, list[Remark]] = {}
    for each in heard:
        first = each.pk if each.under_id is None else each.under_id  # type: ignore[attr-defined]
        answers.setdefault(first, []).append(each)
    for first, found in answers.items():
        if found[0].pk == first:
            yield Thread(found[0], tuple(found[1:]))
