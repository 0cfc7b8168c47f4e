"""Who may read the whole ledger, and what even an auditor may not read yet."""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.records.people import Person
from civic_ai.records.policy import Policy
from civic_ai.review.blind import is_hidden
from civic_ai.review.standing import Standing


def reads_ledger(standing: Standing, person: Person) -> bool:
    """Whether this person is the auditor of a case; others read the entries of their own cases there."""
    return bool(standing.pilots_of(person, "auditor"))


def hidden_entries(standing: Standing, person: Person, policy: Policy) -> Iterator[int]:
    """The numbers of entries that this person may not read yet: reviews given blind, until all are in."""
    for pilot, case in standing.cases.items():
        for event in standing.events[pilot] if case.reviews else ():
            if is_hidden(event, case, person, policy):
                yield event.step.number
