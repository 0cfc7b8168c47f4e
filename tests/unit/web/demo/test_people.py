from __future__ import annotations

from civic_ai.review.key_names import is_plain
from civic_ai.web.demo.people import CUSTODIAN, HOLDERS, PLAYERS, in_role


def test_seven_people_hold_each_role_that_a_board_needs_once() -> None:
    assert len(PLAYERS) == len({player.person for player in PLAYERS}) == 7
    roles = [holder.role for holder in HOLDERS]
    assert len(set(roles)) == len(roles)
    assert set(roles) == {
        "owner", "developer", "technical_reviewer", "equity_reviewer", "governance_officer", "chair",
        "member", "coach", "auditor",
    }  # fmt: skip
    assert [holder.person for holder in HOLDERS if holder.is_community] == [in_role("member")]
    assert in_role("governance_officer") == CUSTODIAN
    assert all(is_plain(player.person) and is_plain(player.account) for player in PLAYERS)
