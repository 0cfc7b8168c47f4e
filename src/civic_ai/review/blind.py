"""Reviews that somebody may not read yet, wherever they stand: on a page, in the history, in a receipt."""

from __future__ import annotations

from civic_ai.records.action import Review
from civic_ai.records.case import Case
from civic_ai.records.people import Person
from civic_ai.records.policy import Policy
from civic_ai.review.history import Event
from civic_ai.review.queue import reviews_seen_by


def is_hidden(event: Event, case: Case, person: Person, policy: Policy) -> bool:
    """Whether ``event`` is a review of ``case``, as it stands now, that this person may not read yet.

    A review of an earlier round is no longer among the case's: it may be read.
    """
    action = event.action
    if not isinstance(action, Review) or action not in case.reviews:
        return False
    return action not in reviews_seen_by(case, person, policy)
