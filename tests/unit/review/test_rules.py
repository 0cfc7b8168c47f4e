from __future__ import annotations

from tests.unit.review.cases import case_after, refusal_of
from tests.unit.review.made_case import PEOPLE, deed
from tests.unit.review.scenes import at_the_board, open_case, prepared, voted


def test_missing_evidence_names_the_field() -> None:
    told = refusal_of(case_after([open_case()]), deed("submit", "ona", "owner", answered=()))
    assert told.startswith("F0: This field must be answered with evidence before this: intake (G0).")


def test_all_reasons_are_given_together() -> None:
    told = refusal_of(
        case_after([*prepared("II"), deed("review", "pri", "privacy_reviewer")]),
        deed("hand_to_board", "off", "governance_officer", answered=()),
    )
    for part in ("F2", "technical review", "equity review", "run this model again"):
        assert part in told


def test_a_second_person_confirms() -> None:
    level = [deed("submit", "ona", "owner"), deed("propose_level", "off", "governance_officer")]
    told = refusal_of(case_after([open_case(), *level]), deed("confirm_level", "off", "governance_officer"))
    assert "off proposed this level and may not confirm it" in told


def test_a_vote_stands() -> None:
    opened, first, *_ = voted("approve", "cha", "com", "mem")
    case = case_after([*at_the_board("I"), opened, first])
    assert "cha has voted in this meeting" in refusal_of(case, {**first, "verdict": "reject"})


def test_nobody_stands_twice_in_a_role() -> None:
    told = refusal_of(case_after([]), open_case([*PEOPLE, ("dee", "developer")]))
    assert told.startswith("dee stands twice as the developer of the model")


def test_what_cannot_be_done_now_says_what_can() -> None:
    told = refusal_of(case_after(prepared("I")), deed("start_use", "sol", "data_steward"))
    assert (
        "Impact level confirmed, waiting for reviews. This cannot be done now: put the model to use" in told
    )
    assert "give a review, attest a second run" in told


def test_who_owes_one_of_several_conditions_does_not_say_that_it_is_met() -> None:
    opened, *votes, close = voted("approve", "cha", "com", "mem")
    owed = {**close, "conditions": (("lot", "ona", 40, "report"), ("drill", "off", 50, "report"))}
    case = case_after([*at_the_board("I"), opened, *votes, owed])
    told = refusal_of(case, deed("meet_condition", "off", "governance_officer", condition="drill"))
    assert "off owes this condition and may not say that it is met" in told
    met = case_after([*at_the_board("I"), opened, *votes, owed,
                      deed("meet_condition", "off", "governance_officer", condition="lot")])  # fmt: skip
    assert [one.id for one in met.owed] == ["drill"]
