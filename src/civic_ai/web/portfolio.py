"""All pilots at once: what a reader asked for, and the rows that answer it.

Every choice is a link: ``?phase=running&attention=late&sort=holds_until&page=2``. What is not one of these
words is as if it had not been asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from heapq import nsmallest
from typing import Literal, TypeVar, get_args
from urllib.parse import urlencode

from civic_ai.core.messages import Message, say
from civic_ai.records.case import Case, State
from civic_ai.records.levels import Level
from civic_ai.review.standing import Standing

Phase = Literal["team", "review", "board", "approved", "running", "suspended", "ended"]
Attention = Literal["late", "soon", "mine"]
Sort = Literal["pilot", "state", "level", "gates", "holds_until", "moved"]
SOON_DAYS = 60
ROWS = 50
PHASES: Mapping[Phase, Message] = {
    "team": say("With the team"),
    "review": say("Under review"),
    "board": say("Before the board"),
    "approved": say("Approved, not started"),
    "running": say("Running"),
    "suspended": say("Suspended"),
    "ended": say("Ended"),
}
ATTENTION: Mapping[Attention, Message] = {
    "late": say("Something is late"),
    "soon": say("Ends within {days} days", days=SOON_DAYS),
    "mine": say("I have a part in it"),
}
PHASE_OF: Mapping[State, Phase] = {
    "unopened": "team", "draft": "team", "returned": "team",
    "submitted": "review", "triaged": "review", "in_review": "review",
    "board_pilot": "board", "board_use": "board", "board_stop": "board",
    "approved_for_pilot": "approved", "approved_for_use": "approved",
    "pilot": "running", "pilot_evaluated": "review", "in_use": "running", "renewal_review": "running",
    "board_renewal": "board", "renewed": "running",
    "pilot_suspended": "suspended", "use_suspended": "suspended",
    "rejected": "ended", "lapsed": "ended", "voided": "ended", "stopped": "ended", "retired": "ended",
}  # fmt: skip
T = TypeVar("T", bound=str)
_STATES = {state: number for number, state in enumerate(get_args(State))}


@dataclass(frozen=True, slots=True)
class Row:
    """One pilot. ``late``: days of conditions that have passed; ``moved``: the day of its last step."""

    pilot: str
    state: State
    level: Level | None
    open_gates: int | None
    holds_until: date | None
    late: tuple[date, ...]
    moved: date
    phase: Phase

    def is_late_on(self, day: date) -> bool:
        """Whether a condition was due, or an approval has ended and nobody recorded it."""
        return bool(self.late) or (self.holds_until is not None and self.holds_until < day)

    def ends_soon_after(self, day: date) -> bool:
        """Whether its approval ends within :data:`SOON_DAYS`."""
        return self.holds_until is not None and day <= self.holds_until <= day + timedelta(days=SOON_DAYS)


def row_of(pilot: str, case: Case, moved: date, on: date) -> Row:
    """The row of one case on that day."""
    return Row(
        pilot=pilot,
        state=case.state,
        level=case.level,
        open_gates=None if case.dossier is None else len(case.open_gates),
        holds_until=None if case.approval is None else case.approval.ends_on,
        late=tuple(sorted(owed.due_on for owed in case.owed if owed.due_on < on)),
        moved=moved,
        phase=PHASE_OF[case.state],
    )


@dataclass
class Rows:
    """The row of each case, made once for each case and day."""

    _made: dict[str, tuple[Case, date, Row]] = field(default_factory=dict)

    def of(self, standing: Standing, on: date) -> list[Row]:
        """The row of every case that stands, on that day."""
        return [self._row(pilot, case, standing, on) for pilot, case in standing.cases.items()]

    def _row(self, pilot: str, case: Case, standing: Standing, on: date) -> Row:
        known = self._made.get(pilot)
        if known is None or known[0] is not case or known[1] != on:
            moved = standing.events[pilot][-1].on
            known = self._made[pilot] = (case, on, row_of(pilot, case, moved, on))
        return known[2]


@dataclass(frozen=True)
class Choice:
    """What the reader asked for."""

    phase: Phase | None = None
    attention: Attention | None = None
    words: str = ""
    sort: Sort = "moved"
    page: int = 1

    @property
    def query(self) -> str:
        """The link to it; what is usual is left out."""
        usual = Choice()
        said = {
            "phase": self.phase,
            "attention": self.attention,
            "words": self.words,
            "sort": self.sort,
            "page": self.page,
        }
        return "?" + urlencode(
            {name: value for name, value in said.items() if value and value != getattr(usual, name)}
        )

    def with_phase(self, phase: Phase | None) -> str:
        """The link to the same in another phase, from the first page on."""
        return replace(self, phase=phase, page=1).query

    def with_attention(self, attention: Attention | None) -> str:
        """The link to the same with another attention."""
        return replace(self, attention=attention, page=1).query

    def with_sort(self, sort: Sort) -> str:
        """The link to the same in another order."""
        return replace(self, sort=sort, page=1).query

    def on_page(self, page: int) -> str:
        """The link to another page of the same."""
        return replace(self, page=page).query


def read_choice(given: Mapping[str, str]) -> Choice:
    """The choice that an address makes."""
    page = given.get("page", "")
    return Choice(
        phase=_one_of(PHASES, given.get("phase")),
        attention=_one_of(ATTENTION, given.get("attention")),
        words=given.get("words", "")[:100].strip(),
        sort=_one_of(ORDERS, given.get("sort")) or "moved",
        page=int(page) if page.isdecimal() and len(page) < 7 and int(page) else 1,
    )


def _one_of(known: Mapping[T, object], given: str | None) -> T | None:
    return next((each for each in known if each == given), None)


@dataclass(frozen=True)
class Found:
    """The rows of one page, and how many there are of each kind. ``page``: the last one, where a later one is
    asked for than there is."""

    rows: tuple[Row, ...]
    many: int
    page: int
    pages: int
    by_phase: Mapping[Phase, int]
    by_attention: Mapping[Attention, int]


@dataclass(frozen=True)
class Asked:
    """A choice, on which day; ``mine``: the pilots in which whoever asks has a part; ``fits``: whether a row
    has the words that the choice names."""

    choice: Choice
    mine: frozenset[str]
    on: date
    fits: Callable[[Row], bool]

    @property
    def heeds(self) -> Mapping[Attention, Callable[[Row], bool]]:
        """By attention, whether a row needs it."""
        return {
            "late": lambda row: row.is_late_on(self.on),
            "soon": lambda row: row.ends_soon_after(self.on),
            "mine": lambda row: row.pilot in self.mine,
        }


def find(rows: Iterable[Row], asked: Asked) -> Found:
    """What was asked for. The counts beside a filter are of what stands when that filter alone is changed."""
    choice, heeds = asked.choice, asked.heeds
    named = list(filter(asked.fits, rows))
    in_phase = [row for row in named if choice.phase in (None, row.phase)]
    heeded = named if choice.attention is None else list(filter(heeds[choice.attention], named))
    both = [row for row in heeded if choice.phase in (None, row.phase)]
    pages = max(1, -(-len(both) // ROWS))
    page = min(choice.page, pages)
    first = (page - 1) * ROWS
    return Found(
        rows=tuple(nsmallest(first + ROWS, both, ORDERS[choice.sort])[first:]),
        many=len(both),
        page=page,
        pages=pages,
        by_phase=Counter(row.phase for row in heeded),
        by_attention={each: sum(map(heeds[each], in_phase)) for each in ATTENTION},
    )


ORDERS: Mapping[Sort, Callable[[Row], tuple[object, ...]]] = {
    "pilot": lambda row: (row.pilot,),
    "state": lambda row: (_STATES[row.state], row.pilot),
    "level": lambda row: (row.level is None, row.level or "", row.pilot),
    "gates": lambda row: (-(row.open_gates or 0), row.pilot),
    "holds_until": lambda row: (row.holds_until is None, row.holds_until or row.moved, row.pilot),
    "moved": lambda row: (-row.moved.toordinal(), row.pilot),
}
"""How rows are ordered, by column; the newest, the first to end and the most open come first."""
