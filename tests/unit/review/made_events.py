"""Steps of a case as the ledger would tell them, without a ledger: nobody signs, so they cost nothing."""

from __future__ import annotations

from collections.abc import Iterable

from civic_ai.review.history import Event, Taken, events_of
from tests.unit.review.made_case import act, deed, policy
from tests.unit.review.made_office import PILOT, TO_APPROVAL
from tests.unit.review.specification import Deed

FIRST_ENTRY = 13
"""Before the first step of a made office stand its keys."""


def to_approval(**closing: object) -> list[Deed]:
    """The deeds of the shortest honest way to an approved pilot, with what the closing of the vote says."""
    return [
        deed(kind, by, role, **{**given, **(closing if kind == "close_vote" else {})})
        for kind, by, role, given in TO_APPROVAL
    ]


def events(deeds: Iterable[Deed], pilot: str = PILOT) -> tuple[Event, ...]:
    """Each deed with the case before and after it, as :meth:`Office.events` gives them."""
    return events_of((_taken(number, one, pilot) for number, one in enumerate(deeds)), lambda _: policy())


def _taken(number: int, one: Deed, pilot: str) -> Taken:
    return Taken(
        number=FIRST_ENTRY + number,
        statement=f"{number:064x}",
        pilot=pilot,
        action=act(one),
        policy=policy().digest,
        is_personal=True,
    )
