"""Figures of two runs held against each other. Whole dossiers: tests/journey/test_reproduction.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.cards.reproduction import _held_against, _leaves, _off
from civic_ai.records.reproduction import Deviation, Part, Reproduction

figures = st.floats(-1e6, 1e6, allow_nan=False).filter(lambda value: abs(value) > 1e-6)


def made(deviations: tuple[Deviation, ...] = (), **found: str) -> Reproduction:
    parts = [
        Part(name=kind, kind=kind, sealed="a", found=found.get(kind, "a"))  # type: ignore[arg-type]
        for kind in ("promised", "given", "made", "means")
    ]
    return Reproduction(
        pilot="p", dossier="a", again="b", tolerance=0.001, parts=tuple(parts), compared=9, largest_off=0.0,
        deviations=deviations,
    )  # fmt: skip


@given(figures, figures)
def test_how_far_off_does_not_depend_on_the_side(one: float, other: float) -> None:
    assert _off(one, other) == _off(other, one)
    assert _off(one, one) == 0


def test_a_thousandth_is_a_thousandth() -> None:
    assert _off(1000.0, 999.0) == pytest.approx(0.001)
    assert _off(1e-9, 1e-9 * 1.001) == pytest.approx(0.001, rel=0.01)


@pytest.mark.parametrize("pair", [("pass", "fail"), (None, 1.0), (True, 1.0), (True, False)])
def test_a_word_is_the_same_or_not(pair: tuple[object, object]) -> None:
    assert _off(*pair) is None  # type: ignore[arg-type]


def test_what_only_one_side_has_is_told() -> None:
    found = list(_held_against({"a": 1.0, "b": None}, {"a": 1.0, "c": 2.0}))
    assert [(each.fact, each.sealed, each.found) for each in found] == [("b", None, None), ("c", None, 2.0)]


def test_digests_are_compared_as_digests_and_everything_else_as_it_is() -> None:
    record = {"blob": "0" * 64, "scores": [{"value": 0.5, "verdict": "pass"}], "n": 3}
    assert dict(_leaves(record, "x")) == {"x.scores.0.value": 0.5, "x.scores.0.verdict": "pass", "x.n": 3}


@pytest.mark.parametrize(
    ("part", "agrees"), [("promised", False), ("given", False), ("made", True), ("means", True)]
)
def test_another_promise_or_other_data_is_no_reproduction(part: str, agrees: bool) -> None:
    """Another machine, or a record with other last bits, may be one."""
    assert made(**{part: "b"}).agrees is agrees
    assert not made(**{part: "b"}).is_identical


def test_one_figure_beyond_the_tolerance_is_enough() -> None:
    assert made().agrees
    assert not made((Deviation(fact="a", sealed=1.0, found=2.0, off=0.5),)).agrees


def test_what_is_left_of_a_sum_that_should_be_nought_is_no_figure() -> None:
    """Another kernel of the linear algebra gave these two on Houston (experiments/020)."""
    assert _off(1.3322676295501878e-15, 1.203632849270928e-15) == pytest.approx(0, abs=1e-6)
    assert _off(0.0, 1e-15) == pytest.approx(0, abs=1e-5)
    assert _off(1e-15, 1e-6) == pytest.approx(1)
