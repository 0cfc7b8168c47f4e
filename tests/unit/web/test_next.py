"""What is next in a case: who is waited for, what is missing, which gates nobody waived."""

from __future__ import annotations

from civic_ai.records.workflow_words import DEEDS, ROLES
from civic_ai.web.desk import Desk
from civic_ai.web.next import NOBODY, next_in, open_gates
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take


def test_who_is_waited_for_and_what_each_step_lacks(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:7]:
        take(desk.office, kind, by, role, **given)
    found = next_in(desk, PILOT)
    assert {(each.person, each.deed) for each in found.waits} == {
        (person, DEEDS["post_notice"]) for person in ("ona", "off")
    }
    lacked = {each.deed: [need.text() for need in each.needs] for each in found.lacks}
    assert "notice" in lacked[DEEDS["open_meeting"]][0]
    assert found.gates == ()


def test_while_the_board_meets_the_gates_that_nobody_waived(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:9]:
        gates = {"gates": ("g-chair", "g-tech", "g-none")} if kind == "submit" else {}
        assert next_in(desk, PILOT).gates == ()
        take(desk.office, kind, by, role, **given, **gates)
    take(desk.office, "waive", "cha", "chair")
    found = next_in(desk, PILOT).gates
    assert found == open_gates(desk, desk.standing().case(PILOT))
    assert [(each.role, each.people) for each in found] == [
        (ROLES["technical_reviewer"], ("tec",)),
        (NOBODY, ()),
    ]
