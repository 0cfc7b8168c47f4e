"""Rows of the public register; the whole site: test_publication.py."""

from __future__ import annotations

from civic_ai.records.case import Case
from civic_ai.records.decision import CountedVote
from civic_ai.review.register import _vote, _withheld, shown_dossier

VOTE = CountedVote(by="Ana", verdict="reject", reason="too few", dissent="hear the residents")


def test_a_voter_is_named_only_where_the_policy_says_so() -> None:
    assert _vote(VOTE, True).by == "Ana"
    hidden = _vote(VOTE, False)
    assert (hidden.by, hidden.reason, hidden.dissent) == (None, "too few", "hear the residents")
    assert [each.what for each in _withheld(False)][-1] == "names-of-voters"
    assert "names-of-voters" not in [each.what for each in _withheld(True)]


def test_the_approved_dossier_is_shown_while_another_is_under_review() -> None:
    assert shown_dossier(Case()) is None
    assert shown_dossier(Case(dossier="a" * 64)) == "a" * 64
