"""Who may read the whole ledger, and what even an auditor may not read yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civic_ai.records.case import Case
from civic_ai.records.people import Person
from civic_ai.records.policy import Policy
from civic_ai.review.blind import is_hidden
from civic_ai.review.standing import Standing


def reads_ledger(cases: Mapping[str, Case], person: Person) -> bool:
    """Whether this person is the auditor of a case; others read the entries of their own cases there."""
    return any(case.has_role(person, "auditor") for case in cases.values())


def hidden_entries(standing: Standing, person: Person, policy: Policy) -> Iterator[int]:
    """The numbers of entries that this person may not read yet: reviews given blind, until all are in."""
    for pilot, case in standing.cases.items():
        for event in standing.events[pilot]:
            if is_hidden(event, case, person, policy):
                yield event.step.number
