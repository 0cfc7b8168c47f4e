"""Steps of a case as the ledger would tell them, without a ledger: nobody signs, so they cost nothing."""

from __future__ import annotations

from collections.abc import Iterable

from civic_ai.records.action import Action
from civic_ai.records.case import Case
from civic_ai.records.policy import Policy
from civic_ai.review.history import Event, Taken, after, dossier_of, events_of, statement_of
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
    taken, case = [], Case()
    for number, one in enumerate(deeds):
        taken.append(_taken(number, act(one), pilot, case))
        case = after(case, taken[-1], rules_of)
    return events_of(taken, rules_of)


def rules_of(digest: str) -> Policy:
    """The policy of every made step, by whatever digest."""
    return policy()


def _taken(number: int, action: Action, pilot: str, case: Case) -> Taken:
    said = statement_of(pilot, action, dossier_of(action, case), policy())
    return Taken(
        number=FIRST_ENTRY + number,
        statement=f"{number:064x}",
        pilot=pilot,
        about=said.subject[0].digest_of_it.sha256,
        action=action,
        policy=policy().digest,
        is_personal=True,
    )
