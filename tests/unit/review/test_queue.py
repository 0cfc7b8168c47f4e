from __future__ import annotations

from civic_ai.policy.load import load_policy
from civic_ai.review.queue import asked_later, reviews_seen_by, waiting_for, what_is_missing
from tests.unit.review.cases import case_after
from tests.unit.review.made_case import ANSWERED, PEOPLE, day, deed, policy
from tests.unit.review.scenes import at_the_board, open_case, prepared, voted

REVIEW = deed("review", "tec", "technical_reviewer")


def turns(deeds: list[dict[str, object]], on: int = 0) -> set[tuple[str, str]]:
    return {(turn.kind, turn.person) for turn in waiting_for(case_after(deeds), day(on), policy())}


def test_whose_turn_it_is() -> None:
    level = [deed("submit", "ona", "owner"), deed("propose_level", "off", "governance_officer")]
    assert turns([open_case()]) == {("submit", "ona")}
    assert turns([open_case(), level[0]]) == {("propose_level", "off")}
    assert turns([open_case(), *level]) == {("confirm_level", who) for who in ("cha", "equ", "pri")}
    assert turns(prepared("II")) == {
        ("review", "tec"),
        ("review", "equ"),
        ("attest_reproduction", "tec"),
    }
    assert turns([*prepared("II"), REVIEW]) == {("review", "equ"), ("attest_reproduction", "tec")}


def test_who_trained_is_not_waited_for() -> None:
    assert turns(prepared("I", [*PEOPLE, ("tec", "developer")])) == set()


def test_the_board_is_waited_for_vote_by_vote() -> None:
    opened, first, second, third, close = voted("approve", "cha", "com", "mem")
    begin = at_the_board("I")
    unposted = [each for each in begin if each["kind"] != "post_notice"]
    assert turns(unposted) == {("post_notice", "ona"), ("post_notice", "off")}
    assert turns(begin) == {("open_meeting", "cha")}
    assert turns([*begin, opened]) == {("vote", "cha"), ("vote", "com"), ("vote", "mem")}
    assert turns([*begin, opened, first]) == {("vote", "com"), ("vote", "mem")}
    assert turns([*begin, opened, first, second, third]) == {("close_vote", "cha")}
    done = [*begin, opened, first, second, third, close]
    assert turns(done) == {("start_pilot", "sol"), ("start_pilot", "off")}
    assert turns(done, on=201) == {("lapse", "off")}


def test_what_is_owed_is_waited_for() -> None:
    begin = [
        *at_the_board("II"),
        *voted("approve", "cha", "com", "mem", conditions=(("c", "ona", 9, "suspend"),)),
    ]
    complaint = deed("resident_appeal", "off", "governance_officer")
    assert ("meet_condition", "off") in turns(begin)
    own = [
        *at_the_board("II"),
        *voted("approve", "cha", "com", "mem", conditions=(("c", "off", 9, "suspend"),)),
    ]
    assert "meet_condition" not in {kind for kind, _ in turns(own)}  # nobody checks their own
    assert ("answer_resident", "equ") not in turns(begin)
    assert ("answer_resident", "equ") in turns([*begin, complaint])


def test_the_secretary_is_waited_for_where_a_day_or_a_notice_hangs_on_it() -> None:
    begin = at_the_board("II")
    before = [one for one in begin if one["kind"] != "post_notice"]
    assert ("post_notice", "off") in turns(before)
    assert not [kind for kind, _ in turns(begin) if kind == "post_notice"]
    approved = [*begin, *voted("approve", "cha", "com", "mem", conditions=(("c", "off", 9, "suspend"),))]
    assert not {kind for kind, _ in turns(approved, on=9)} & {"miss_condition", "meet_condition", "lapse"}
    assert ("miss_condition", "off") in turns(approved, on=10)
    assert ("lapse", "off") not in turns(approved, on=200)
    assert ("lapse", "off") in turns(approved, on=201)


def test_what_is_missing_is_named() -> None:
    case = case_after([*prepared("II"), REVIEW])
    (missing,) = what_is_missing(case, ["F0"], day(0), policy())
    assert (missing.kind, missing.gate, missing.fields) == ("hand_to_board", "G2", ("F2",))
    said = [mistake.text() for mistake in missing.needs]
    assert len(said) == 2
    assert "equity review" in said[0]
    met = case_after([*at_the_board("I"), voted("approve", "cha", "com", "mem")[0]])
    assert {each.kind for each in what_is_missing(met, ANSWERED, day(0), policy())} == {"close_vote"}
    unposted = case_after([each for each in at_the_board("I") if each["kind"] != "post_notice"])
    assert {each.kind for each in what_is_missing(unposted, ANSWERED, day(0), policy())} == {"open_meeting"}
    assert what_is_missing(case_after([open_case()]), ANSWERED, day(0), policy()) == ()


def test_first_reviews_are_blind() -> None:
    case = case_after([*prepared("II"), REVIEW])
    assert reviews_seen_by(case, "equ", policy()) == ()
    assert [review.by for review in reviews_seen_by(case, "tec", policy())] == ["tec"]
    assert [review.by for review in reviews_seen_by(case, "equ", policy(blind_reviews=False))] == ["tec"]
    both = case_after([*prepared("II"), REVIEW, deed("review", "equ", "equity_reviewer")])
    assert [review.by for review in reviews_seen_by(both, "off", policy())] == ["tec", "equ"]


def test_what_later_gates_ask_for_is_said_from_the_first_day() -> None:
    rules, begun = policy(), case_after([open_case()])
    asked = asked_later(begun, (), rules)
    assert asked == {"G1": ("F1",), "G2": ("F2",), "G3": ("F3", "F3b"), "G4": ("F4",)}  # intake comes next
    assert asked_later(begun, ["F1", "F3", "F4"], rules) == {"G2": ("F2",), "G3": ("F3b",)}
    assert asked_later(begun, ["F1", "F2", "F3", "F3b", "F4"], rules) == {}
    passed = ["F0", "F1", "F2"]
    assert asked_later(case_after(prepared("I")), passed, rules) == {"G3": ("F3",), "G4": ("F4",)}
    assert asked_later(case_after(at_the_board("I")), passed, rules) == {"G4": ("F4",)}


def test_a_field_that_two_gates_ask_for_stands_at_the_first() -> None:
    rules = policy()
    assert rules.workflow is not None
    twice = rules.workflow.model_copy(update={"evidence": {**rules.workflow.evidence, "G4": ("F4", "F2")}})
    rules = rules.model_copy(update={"workflow": twice})
    asked = asked_later(case_after([open_case()]), (), rules)
    assert (asked["G2"], asked["G4"]) == (("F2",), ("F4",))


def test_what_a_later_step_brings_along_is_asked_of_nobody() -> None:
    asked = asked_later(case_after([open_case()]), (), load_policy())["G4"]
    assert "F05" in asked  # a mitigation that was tried
    assert not {"E06", "H02"} & set(asked)  # files of the report on the pilot
