from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.policy.conditions import UNDECIDED, ConditionError, parse_condition

NUMBERS = st.floats(-100, 100)


@pytest.mark.parametrize(
    ("text", "observed", "verdict"),
    [
        ("> 1.0", 1.0001, "pass"), ("> 1.0", 1.0, "fail"), (">= 1", 1, "pass"), ("< 0.5", 0.5, "fail"),
        ("<= 0.02", 0.02, "pass"), ("== 0", 0, "pass"), ("== 0", 3, "fail"), ("!= 0", 3, "pass"),
        ("between 0.8 and 1.25", 0.8, "pass"), ("between 0.8 and 1.25", 1.26, "fail"),
        ("== pass", "pass", "pass"), ("== pass", "fail", "fail"), ("!= fail", "pass", "pass"),
        ("!= fail", "fail", "fail"),
        ("> -1.5", -1.6, "fail"),
    ],
)  # fmt: skip
def test_judging(text: str, observed: object, verdict: str) -> None:
    assert parse_condition(text).judge(observed) == verdict


@pytest.mark.parametrize("text", ["> 1.0", "== 0", "!= 0", "between 0 and 1", "== pass", "!= fail"])
@pytest.mark.parametrize("observed", [None, *sorted(UNDECIDED)])
def test_unknown_never_passes(text: str, observed: object) -> None:
    assert parse_condition(text).judge(observed) == "unknown"


@pytest.mark.parametrize("observed", [True, False, "0", "zero"])
def test_what_is_no_number_is_not_compared_as_one(observed: object) -> None:
    assert parse_condition("== 0").judge(observed) == "unknown"


@given(NUMBERS, NUMBERS)
def test_a_condition_and_its_opposite_never_agree(observed: float, bound: float) -> None:
    bound = round(bound, 3)
    for sign, opposite in ((">", "<="), ("<", ">="), ("==", "!=")):
        verdicts = {parse_condition(f"{s} {bound}").judge(observed) for s in (sign, opposite)}
        assert verdicts == {"pass", "fail"}


@pytest.mark.parametrize(
    "text", ["", "1.0", ">1", "> one", "=> 1", "between 1", "== Pass", "> pass", "== 1 or 1", "> 1e3"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_condition(text)
