"""What is offered is what the domain layer allows; with every role and state: test_routes.py."""

from __future__ import annotations

from civic_ai.records.case import Case
from civic_ai.review.queue import waiting_for
from civic_ai.review.workflow import may
from civic_ai.web.desk import Desk
from civic_ai.web.steps.offers import offers, roles_for
from tests.unit.review.made_case import PEOPLE, holder, policy
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take


def test_on_the_whole_way_offers_are_allowed_and_all_that_is_awaited_is_offered(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL:
        case = take(desk.office, kind, by, role, **given).case
        awaited = {(turn.person, turn.kind) for turn in waiting_for(case, desk.today(), desk.policy)}
        for person, _ in PEOPLE:
            found = offers(case, person, desk.today(), desk.policy)
            assert all(may(case, person, offer.kind, desk.policy) for offer in found)
            assert {(person, offer.kind) for offer in found if offer.is_awaited} == {
                each for each in awaited if each[0] == person
            }
            assert [offer.is_awaited for offer in found] == sorted(
                (offer.is_awaited for offer in found), reverse=True
            )


def test_a_step_whose_needs_are_not_met_is_not_offered(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:4]:
        take(desk.office, kind, by, role, **given)
    case = desk.office.case(PILOT)
    assert "hand_to_board" not in [each.kind for each in offers(case, "off", desk.today(), desk.policy)]


def test_a_waiver_is_offered_to_whom_an_open_gate_is_left(desk: Desk) -> None:
    case = Case(pilot=PILOT, state="board_pilot", people=(holder("tec", "technical_reviewer"),))
    day = desk.today()
    for gate, offered in (("g-tech", True), ("g-chair", False), ("g-nobody", False)):
        made = case.model_copy(update={"open_gates": (gate,)})
        assert ("waive" in [each.kind for each in offers(made, "tec", day, policy())]) == offered, gate


def test_a_new_case_is_opened_by_its_owner() -> None:
    assert roles_for(Case(), "anybody", "open_case", policy()) == ("owner",)
    assert roles_for(Case(), "anybody", "vote", policy()) == ()
