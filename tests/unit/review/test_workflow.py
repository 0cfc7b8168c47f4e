"""The workflow against an independent specification, in every state that its scenes reach."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from civic_ai.records.action import read_action
from civic_ai.records.case import Case
from civic_ai.review.queue import waiting_for, what_is_missing
from civic_ai.review.workflow import fold, may, next_case
from tests.unit.review import specification as spec
from tests.unit.review.made_case import ANSWERED, PEOPLE, act, day, deed, policy
from tests.unit.review.scenes import (
    AT_A_MEETING,
    TRIED,
    Scene,
    at_the_board,
    both,
    open_case,
    prepared,
    voted,
    walk,
)

NOTHING = {"binding": None, "end": None}
AUTHORS = {
    "the developer alone": (),
    "a reviewer trained it too": (("tec", "developer"),),
    "a member trained it too": (("mem", "developer"),),
}
CHAIR, OFFICER = ("cha", "chair"), ("off", "governance_officer")


@pytest.mark.parametrize("authors", AUTHORS)
@pytest.mark.parametrize("level", ["I", "II", "IV"])
def test_from_intake_to_the_board(level: str, authors: str) -> None:
    follow = [
        deed("submit", "ona", "owner"),
        deed("propose_level", *OFFICER, level=level),
        deed("confirm_level", *CHAIR, level=level),
        deed("review", "tec", "technical_reviewer"),
        deed("review", "tec", "technical_reviewer", blocking=True),
        deed("review", "equ", "equity_reviewer"),
        deed("attest_reproduction", "tec", "technical_reviewer"),
        deed("return_case", *OFFICER),
        deed("hand_to_board", *OFFICER),
        deed("declare_conflict", "tec", "technical_reviewer", person="tec"),
    ]
    states, tried = walk(Scene([open_case([*PEOPLE, *AUTHORS[authors]])], follow, TRIED))
    assert states > 20
    assert tried > 10_000


@pytest.mark.parametrize("authors", ["the developer alone", "a member trained it too"])
@pytest.mark.parametrize("level", ["I", "III"])
def test_a_meeting(level: str, authors: str) -> None:
    begin = at_the_board(level, [*PEOPLE, *AUTHORS[authors]])
    follow = [
        deed("open_meeting", *CHAIR),
        deed("open_meeting", *CHAIR, present=("cha", "com"), absent=("mem",)),
        deed("open_meeting", *CHAIR, present=("cha",), absent=("com", "mem")),
        *(deed("vote", who, role, verdict=v) for who, role in PEOPLE[7:10] for v in ("approve", "reject")),
        deed("vote", "com", "member", verdict="abstain"),
        deed("endorse", "app", "approver"),
        deed("adjourn", *CHAIR),
        deed("declare_conflict", "mem", "member", person="mem"),
        *(deed("close_vote", *CHAIR, verdict=v, **NOTHING) for v in ("return", "reject")),
        deed("close_vote", *CHAIR),
    ]
    states, _ = walk(Scene(begin, follow, AT_A_MEETING))
    assert states > 200


@pytest.mark.parametrize("gate", ["g-chair", "g-tech", "g-none", "g-low"])
def test_open_gates_and_waivers(gate: str) -> None:
    follow = [
        deed("waive", *CHAIR, gate=gate),
        deed("waive", *CHAIR, gate=gate, end=150),
        deed("waive", "tec", "technical_reviewer", gate=gate),
        *voted("approve", "cha", "com", "mem"),
        deed("declare_conflict", "tec", "technical_reviewer", person="tec"),
        deed("close_vote", *CHAIR, at=151),
    ]
    for level in ("I", "II"):
        walk(Scene(at_the_board(level, gates=(gate,)), follow, TRIED))


def test_notice_and_comments() -> None:
    begin = [one for one in at_the_board("III") if one["kind"] != "post_notice"]
    follow = [
        deed("post_notice", *OFFICER),
        deed("post_notice", *OFFICER, at=1),
        deed("open_meeting", *CHAIR, at=29),
        deed("open_meeting", *CHAIR, at=30),
        deed("open_meeting", *CHAIR, at=31),
    ]
    states, _ = walk(Scene(begin, follow, TRIED))
    assert states == 5


def _running(verdict: str = "approve", **closing: object) -> list[dict[str, object]]:
    return [*at_the_board("II"), *voted(verdict, "cha", "com", "mem", **closing)]


def _in_use(**closing: object) -> list[dict[str, object]]:
    return [
        *_running(),
        deed("start_pilot", "sol", "data_steward"),
        deed("report_pilot", "ona", "owner"),
        deed("hand_to_board", *OFFICER),
        *voted("approve", "cha", "com", "mem", **closing),
    ]


LIFE = [
    deed("suspend", *CHAIR),
    deed("lift_suspension", *CHAIR),
    deed("stop", "ona", "owner"),
    deed("lapse", *OFFICER, at=201),
    deed("void", "sol", "data_steward"),
]
OWED = [
    deed("meet_condition", *OFFICER),
    deed("miss_condition", *OFFICER, at=10),
    deed("resident_appeal", *OFFICER),
    deed("answer_resident", "equ", "equity_reviewer"),
]


@pytest.mark.parametrize("owner", ["ona", "off"])
def test_a_pilot_with_a_condition(owner: str) -> None:
    follow = [
        *LIFE,
        *OWED,
        deed("start_pilot", "sol", "data_steward"),
        deed("report_pilot", "ona", "owner"),
        deed("hand_to_board", *OFFICER),
    ]
    begin = _running(conditions=(("c", owner, 9, "suspend"),))
    states, _ = walk(Scene(begin, follow, TRIED))
    assert states > 20


def test_a_condition_that_only_reports() -> None:
    begin = [
        *at_the_board("I"),
        *voted("approve", "cha", "com", "mem", conditions=(("c", "ona", 9, "report"),)),
    ]
    walk(Scene(begin, [*OWED, deed("start_pilot", "sol", "data_steward")], TRIED))


def test_a_condition_of_a_model_in_use() -> None:
    follow = [*LIFE, *OWED, deed("start_use", "sol", "data_steward"), deed("hand_to_board", *OFFICER)]
    follow += [deed("request_renewal", "ona", "owner"), deed("return_case", *OFFICER, dossier="B")]
    walk(Scene(_in_use(conditions=(("c", "ona", 9, "suspend"),)), follow, TRIED))


def test_from_the_pilot_to_use() -> None:
    follow = [
        deed("start_pilot", "sol", "data_steward"),
        deed("report_pilot", "ona", "owner"),
        deed("hand_to_board", *OFFICER),
        *(d for v in ("extend", "return", "reject") for d in voted(v, "cha", "com", **NOTHING)),
        *voted("approve", "cha", "com"),
        *voted("extend", "cha", "com"),
        deed("start_use", "sol", "data_steward"),
        deed("stop", *OFFICER),
    ]
    states, _ = walk(Scene(_running(), follow, TRIED))
    assert states > 100


def test_renewal() -> None:
    follow = [
        deed("request_renewal", "ona", "owner"),
        deed("review", "tec", "technical_reviewer", dossier="B"),
        deed("review", "equ", "equity_reviewer", dossier="B"),
        deed("attest_reproduction", "tec", "technical_reviewer", dossier="B"),
        deed("return_case", *OFFICER, dossier="B"),
        deed("hand_to_board", *OFFICER, dossier="B"),
        *(d for v in ("return", "reject") for d in voted(v, "cha", "com", dossier="B", **NOTHING)),
        *voted("approve", "cha", "com", dossier="B", binding="B"),
        deed("start_use", "sol", "data_steward", dossier="B"),
        deed("suspend", "equ", "equity_reviewer"),
    ]
    states, _ = walk(Scene([*_in_use(), deed("start_use", "sol", "data_steward")], follow, TRIED))
    assert states > 30


def test_refusal_and_appeal() -> None:
    begin = [*at_the_board("I"), *voted("reject", "cha", "com", "mem", **NOTHING)]
    again = [deed(**{**one, "dossier": "B"}) for one in at_the_board("I")[1:]]
    follow = [
        deed("appeal", "ona", "owner"),
        *again,
        *voted("reject", "cha", "com", "mem", dossier="B", **NOTHING),
        deed("stop", "ona", "owner"),
    ]
    states, _ = walk(Scene(begin, follow, TRIED))
    assert states > 15


def test_the_end() -> None:
    begin = [*_running(), deed("stop", "ona", "owner")]
    follow = [
        deed("hand_to_board", *OFFICER),
        *voted("return", "cha", "mem", **NOTHING),
        *voted("approve", "cha", "mem", **NOTHING),
    ]
    states, _ = walk(Scene(begin, follow, TRIED))
    assert states > 5


def test_levels_and_second_persons() -> None:
    follow = [
        deed("submit", "ona", "owner"),
        deed("propose_level", *OFFICER),
        deed("propose_level", *OFFICER, level="III"),
        deed("confirm_level", *OFFICER),
        deed("confirm_level", *CHAIR),
        deed("confirm_level", *CHAIR, level="III"),
        deed("return_case", *OFFICER),
        deed("assign", *OFFICER, holder=("new", "governance_officer")),
        deed("propose_level", "new", "governance_officer"),
        deed("release", *OFFICER, holder=("mem", "member")),
    ]
    walk(Scene([open_case()], follow, TRIED))
    walk(Scene(prepared("I"), [], TRIED))


HONEST = [
    *(deed("submit", "ona", "owner", dossier=d, gates=g) for d in "AB" for g in ((), ("g-chair", "g-tech"))),
    *(deed("propose_level", *OFFICER, level=level, dossier=d) for level in ("I", "II", "III") for d in "AB"),
    *(deed("confirm_level", *CHAIR, level=level, dossier=d) for level in ("I", "II", "III") for d in "AB"),
    *(deed("review", *who, dossier=d) for who in PEOPLE[3:6] for d in "ABC"),
    *(deed("review", "equ", "equity_reviewer", blocking=True, dossier=d) for d in "ABC"),
    *(deed("attest_reproduction", "tec", "technical_reviewer", dossier=d) for d in "ABC"),
    *(deed("waive", *CHAIR, gate="g-chair", dossier=d) for d in "AB"),
    *(deed("waive", "tec", "technical_reviewer", gate="g-tech", dossier=d) for d in "AB"),
    *(deed("post_notice", *OFFICER, at=-30, dossier=d) for d in "AB"),
    *(deed(kind, *OFFICER, dossier=d) for kind in ("return_case", "hand_to_board") for d in "ABC"),
    *(deed("open_meeting", *CHAIR, dossier=d) for d in "ABC"),
    *(deed("open_meeting", *CHAIR, dossier=d, present=("cha", "com"), absent=("mem",)) for d in "ABC"),
    *(
        deed("vote", *who, verdict=v, dossier=d)
        for who in PEOPLE[7:10]
        for v in ("approve", "approve", "reject", "return", "extend", "abstain")
        for d in "ABC"
    ),
    *(deed("endorse", "app", "approver", dossier=d) for d in "ABC"),
    *(
        deed("close_vote", *CHAIR, verdict=v, dossier=d, **NOTHING)
        for v in ("return", "reject", "approve")
        for d in "ABC"
    ),
    *(
        deed("close_vote", *CHAIR, verdict=v, dossier=d, binding=d, conditions=c)
        for v in ("approve", "extend")
        for d in "ABC"
        for c in ((), (("c", "ona", 9, "suspend"),))
    ),
    *(deed(kind, "sol", "data_steward", dossier=d) for kind in ("start_pilot", "start_use") for d in "ABC"),
    *(deed("report_pilot", "ona", "owner", dossier=d) for d in "AB"),
    deed("request_renewal", "ona", "owner", dossier="C"),
    deed("appeal", "ona", "owner", dossier="B"),
    deed("assign", *OFFICER, holder=("new", "equity_reviewer")),
    deed("declare_conflict", "mem", "member", person="mem"),
    deed("comment", "coa", "coach"),
    deed("public_comment", *OFFICER),
    *LIFE,
    *OWED,
]
"""What people do who keep to the rules; the specification says which of it can be done now."""
WAITS_FOR_NOBODY = {"retired", "rejected", "unopened"}


@cache
def possible_in(facts: spec.World) -> tuple[int, ...]:
    """Which honest deeds can be done, those that change something first of all."""
    possible = [place for place, one in enumerate(HONEST) if spec.allowed(facts, one)]
    leading = [place for place in possible if spec.after(facts, HONEST[place]) != facts]
    return tuple(leading or possible)


class HonestHistory(RuleBasedStateMachine):
    """People who do only what the specification allows are never refused."""

    def __init__(self) -> None:
        super().__init__()
        opened = open_case()
        self.actions = [act(opened)]
        self.case, self.facts = next_case(Case(), self.actions[0], policy()), spec.after(spec.World(), opened)

    @rule(data=st.data())
    def somebody_acts(self, data: st.DataObject) -> None:
        possible = possible_in(self.facts)
        if not possible:
            return
        one = HONEST[data.draw(st.sampled_from(possible))]
        self.actions.append(act(one))
        then, self.facts = both(self.case, self.facts, one, self.actions[-1])
        assert then is not None
        self.case = then

    def teardown(self) -> None:
        again = [read_action(action.to_json()) for action in self.actions]
        assert again == self.actions
        assert fold(again, policy()) == self.case
        waits = waiting_for(self.case, day(0), policy())
        lacks = what_is_missing(self.case, ANSWERED, day(0), policy())
        assert waits or lacks or self.case.state in WAITS_FOR_NOBODY
        for turn in waits:
            assert may(self.case, turn.person, turn.kind, policy())


TestHonestHistory = HonestHistory.TestCase
TestHonestHistory.settings = settings(
    max_examples=200, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
