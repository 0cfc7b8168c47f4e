"""Reviews that somebody may not read yet, wherever they stand: on a page, in the history, in a receipt.

A reviewer's signed comment on the dossier under review is as hidden as the review: it could say the same.
"""

from __future__ import annotations

from civic_ai.records.action import Comment, Review
from civic_ai.records.case import Case
from civic_ai.records.people import Person
from civic_ai.records.policy import Policy
from civic_ai.review.history import Event
from civic_ai.review.queue import is_blind, reviews_seen_by
from civic_ai.review.steps import REVIEWERS


def is_hidden(event: Event, case: Case, person: Person, policy: Policy) -> bool:
    """Whether ``event`` is a review of ``case``, as it stands now, that this person may not read yet; or a
    comment by somebody who reviews it.

    A review of an earlier round is no longer among the case's: it may be read.
    """
    action = event.action
    if isinstance(action, Comment):
        return _may_tell(event, action, case) and action.by != person and is_blind(case, policy)
    if not isinstance(action, Review) or action not in case.reviews:
        return False
    return action not in reviews_seen_by(case, person, policy)


def _may_tell(event: Event, said: Comment, case: Case) -> bool:
    """Whether it was said by a reviewer, then or now, while the dossier was the one that is reviewed."""
    reviews = any(each.has_role(said.by, role) for each in (event.before, case) for role in REVIEWERS)
    return reviews and event.before.dossier == case.dossier
