from __future__ import annotations

import pytest

from civic_ai.review.permissions import barred, may_take
from civic_ai.review.workflow import may, steps_in
from tests.unit.review.cases import case_after, refusal_of
from tests.unit.review.made_case import PEOPLE, deed, holder, policy
from tests.unit.review.scenes import at_the_board, open_case, prepared, voted


def test_who_trained_may_not_review_and_is_told_so() -> None:
    case = case_after(prepared("I", [*PEOPLE, ("dee", "technical_reviewer")]))
    told = refusal_of(case, deed("review", "dee", "technical_reviewer"))
    assert told.splitlines()[0] == "dee trained this model and may not review it."
    assert "Ask someone" in told


@pytest.mark.parametrize(
    ("by", "role", "kind", "says"),
    [
        ("ona", "data_steward", "start_pilot", "ona owns this pilot and may not put it to work"),
        ("cha", "data_steward", "start_pilot", "cha decided on this model and may not put it to work"),
        ("dee", "data_steward", "start_pilot", "dee trained this model and may not put it to work"),
        ("ona", "data_steward", "start_pilot", "ona asked for this decision and may not"),
    ],
)
def test_three_people_request_approve_and_deploy(by: str, role: str, kind: str, says: str) -> None:
    case = case_after([*at_the_board("I", [*PEOPLE, (by, role)]), *voted("approve", "cha", "com", "mem")])
    assert says in refusal_of(case, deed(kind, by, role))


def test_whoever_put_it_to_work_does_not_decide_on_it() -> None:
    people = [*PEOPLE, ("sol", "member")]
    votes = voted("approve", "cha", "com", "mem")
    votes[0]["absent"] = ("sol",)
    case = case_after([*at_the_board("I", people), *votes, deed("start_pilot", "sol", "data_steward")])
    assert next(m.text() for m in barred(case, "sol", "approve", policy())).startswith(
        "sol put this model to work"
    )


def test_whoever_reviewed_may_not_train_it_afterwards() -> None:
    case = case_after([*prepared("I"), deed("review", "tec", "technical_reviewer")])
    told = refusal_of(case, deed("assign", "off", "governance_officer", holder=("tec", "developer")))
    assert "tec reviewed this model and may not train it" in told


def test_a_role_must_be_held_and_the_right_one() -> None:
    case = case_after([open_case()])
    assert "aud is not the owner of the pilot in this case" in refusal_of(
        case, deed("submit", "aud", "owner")
    )
    told = refusal_of(case, deed("submit", "dee", "developer"))
    assert "This is not for the developer of the model to do: hand in a dossier." in told
    assert "It is for: the owner of the pilot." in told


def test_an_auditor_only_reads_and_a_coach_only_comments() -> None:
    for deeds in (prepared("I"), at_the_board("II")):
        case = case_after(deeds)
        kinds = {step.kind for step in steps_in(case)}
        assert {kind for kind in kinds if may(case, "aud", kind, policy())} == set()
        assert {kind for kind in kinds if may(case, "coa", kind, policy())} == {"comment"}


def test_a_conflict_ends_reviewing_and_deciding_but_not_speaking() -> None:
    gone = deed("declare_conflict", "tec", "technical_reviewer", person="tec")
    case = case_after([*prepared("I"), gone])
    for duty in ("review", "approve", "deploy"):
        assert "conflict" in next(iter(barred(case, "tec", duty, policy()))).text()
    for duty in ("build", "own", "request"):
        assert list(barred(case, "tec", duty, policy())) == []
    assert not may(case, "tec", "review", policy())
    assert may(case, "tec", "comment", policy())


def test_a_step_without_a_duty_asks_only_for_the_role() -> None:
    case = case_after([open_case()])
    comment = next(step for step in steps_in(case) if step.kind == "comment")
    assert may_take(case, holder("dee", "developer"), comment, policy())
    assert not may_take(case, holder("aud", "auditor"), comment, policy())


def test_one_fitting_role_is_enough_and_none_is_not() -> None:
    case = case_after(prepared("I", [*PEOPLE, ("tec", "auditor")]))
    assert may(case, "tec", "review", policy())
    assert not may(case, "nobody", "review", policy())
    assert not may(case, "tec", "no_such_deed", policy())


def test_every_reason_is_given_in_one_order() -> None:
    case = case_after([open_case([*PEOPLE, ("ona", "developer")]), deed("submit", "ona", "owner")])
    told = [mistake.text().split(" and may not")[0] for mistake in barred(case, "ona", "deploy", policy())]
    assert told == ["ona trained this model", "ona owns this pilot", "ona asked for this decision"]
