from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.records.decision import Binding, Decision, Waiver, differences
from tests.unit.review.made_case import DIGESTS, binding, day

OTHER = DIGESTS["F"]
CHANGES = {
    "dossier": {"dossier": "F"},
    "bundle": {"bundle": OTHER},
    "contracts.requests": {"contracts": {"requests": OTHER}},
    "contracts.areas": {"contracts": {"requests": DIGESTS["C"], "areas": OTHER}},
    "features": {"features": OTHER},
    "capacity": {"capacity": 111},
    "area": {"area": "one district"},
    "use": {"use": "fines"},
    "ends_on": {"ends_on": day(301)},
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named(name: str) -> None:
    found = differences(binding(), binding(**CHANGES[name]), 0.1)
    assert [difference.name for difference in found] == [name]
    assert found[0].approved != found[0].found


def test_a_contract_that_is_gone_is_named() -> None:
    (gone,) = differences(binding(), binding("A", contracts={}))
    assert (gone.name, gone.approved, gone.found) == ("contracts.requests", DIGESTS["C"], None)


def test_what_was_approved_and_what_was_found_are_told_apart() -> None:
    (late,) = differences(binding(), binding(use_ends=301))
    assert (late.approved, late.found) == (str(day(300)), str(day(301)))
    (more,) = differences(binding(), binding("A", capacity=111), 0.1)
    assert (more.approved, more.found) == (100, 111)


@given(st.sets(st.sampled_from(sorted(set(CHANGES) - {"contracts.requests"}))))
def test_each_change_is_named_and_no_other(names: set[str]) -> None:
    changed = {key: value for name in names for key, value in CHANGES[name].items()}
    assert {d.name for d in differences(binding(), binding(**changed), 0.1)} == names


@pytest.mark.parametrize(
    ("capacity", "holds"), [(100, True), (110, True), (90, True), (111, False), (89, False)]
)
def test_the_capacity_may_differ_by_the_declared_share(capacity: int, holds: bool) -> None:
    assert (differences(binding(), binding("A", capacity=capacity), 0.1) == ()) is holds
    assert (differences(binding(), binding("A", capacity=capacity)) == ()) is (capacity == 100)


def test_a_use_that_ends_earlier_is_no_difference() -> None:
    assert differences(binding(), binding(use_ends=299)) == ()


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_binding_needs_a_capacity(capacity: int) -> None:
    with pytest.raises(ValueError, match="capacity"):
        binding("A", capacity=capacity)


def test_one_is_a_capacity() -> None:
    assert binding("A", capacity=1).capacity == 1


def decided(bound: Binding | None, expires: int | None, *waivers: int) -> Decision:
    return Decision(
        question="G3",
        dossier=DIGESTS["A"],
        verdict="approve",
        decided_on=day(0),
        present=(),
        absent=(),
        recused=(),
        votes=(),
        waivers=tuple(Waiver(gate="g", reason="r", grantor="cha", ends_on=day(end)) for end in waivers),
        expires_on=None if expires is None else day(expires),
        binding=bound,
        policy=DIGESTS["B"],
    )


@pytest.mark.parametrize(
    ("decision", "last"),
    [
        (decided(binding(use_ends=300), 200), 200),
        (decided(binding(use_ends=150), 200), 150),
        (decided(binding(use_ends=300), 200, 250, 90), 90),
    ],
)
def test_an_approval_ends_with_what_ends_first(decision: Decision, last: int) -> None:
    assert decision.ends_on == day(last)
    assert decision.holds_on(day(last))
    assert not decision.holds_on(day(last) + timedelta(days=1))


@pytest.mark.parametrize("decision", [decided(None, 200), decided(binding(), None)])
def test_without_an_end_or_a_binding_nothing_holds(decision: Decision) -> None:
    assert decision.ends_on is None
    assert not decision.holds_on(day(0))


def test_contracts_are_named_in_their_order() -> None:
    names = [f"source-{number}" for number in range(9)]
    approved = binding(contracts=dict.fromkeys(names, DIGESTS["C"]))
    found = binding(contracts=dict.fromkeys(reversed(names), OTHER))
    assert [d.name for d in differences(approved, found)] == [f"contracts.{name}" for name in names]
