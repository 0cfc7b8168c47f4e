"""Rows of the public register; the whole site: test_publication.py."""

from __future__ import annotations

from civic_ai.cards.sealed import read_sealed
from civic_ai.records.case import Case
from civic_ai.records.decision import Condition, CountedVote
from civic_ai.review.register import _condition, _vote, shown_dossier, withheld_of
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import made_folder
from tests.unit.review.cases import case_after
from tests.unit.review.made_case import COMMUNITY, PEOPLE, day, deed, policy

VOTE = CountedVote(by="Ana", verdict="reject", reason="too few", dissent="hear the residents")


def test_a_voter_is_named_only_where_the_policy_says_so() -> None:
    assert _vote(VOTE, True).by == "Ana"
    hidden = _vote(VOTE, False)
    assert (hidden.by, hidden.reason, hidden.dissent) == (None, "too few", "hear the residents")
    sealed = read_sealed(made_folder(City()), "public")
    withheld = [each.what for each in withheld_of(sealed, policy(names_voters=False))]
    assert withheld[-1] == "names-of-voters"
    assert "names-of-voters" not in [each.what for each in withheld_of(sealed, policy(names_voters=True))]


def test_who_owes_a_condition_is_told_by_role() -> None:
    """The page named the owner, and nobody else of the case: the public is told of no person."""
    case = case_after([deed("open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)])
    owed = Condition.model_validate(
        {
            "id": "lot",
            "text": "A lot.",
            "owner": "sol",
            "due_on": day(9),
            "proof": "lists",
            "if_missed": "report",
        }
    )
    assert _condition(owed, case).owner == "data_steward"


def test_fields_with_hidden_figures_are_named() -> None:
    """F02 holds the figures by group, F03 the gaps; where all groups are large none is hidden."""
    small, usual = (read_sealed(made_folder(city), "public") for city in (City(groups="small"), City()))
    (hidden,) = (each for each in withheld_of(small, policy()) if each.what == "small-groups")
    (none,) = (each for each in withheld_of(usual, policy()) if each.what == "small-groups")
    assert {"F02", "F03"} <= set(hidden.fields)
    assert "F02" not in none.fields


def test_the_approved_dossier_is_shown_while_another_is_under_review() -> None:
    assert shown_dossier(Case()) is None
    assert shown_dossier(Case(dossier="a" * 64)) == "a" * 64
