"""Reasons: the largest first, none that hardly counts, each with its sentence."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.explanation.reasons import LEAST_SHARE, MOST_REASONS, REASONS, give_reasons, tell_reason
from civic_ai.records.panel import Feature

FAMILIES = get_args(Feature.model_fields["family"].annotation)
SHARES = st.dictionaries(st.sampled_from(FAMILIES), st.floats(-1, 1), max_size=5)


def test_every_family_has_a_sentence_for_both_ways() -> None:
    assert set(REASONS) == {f"{family}_{way}" for family, way in product(FAMILIES, ("raises", "lowers"))}
    assert len(set(REASONS.values())) == len(REASONS)


@given(shares=SHARES)
def test_reasons_are_the_largest_shares_in_order(shares: dict[str, float]) -> None:
    codes = give_reasons(shares)
    named = [code.rsplit("_", 1)[0] for code in codes]
    sizes = [abs(shares[family]) for family in named]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size >= LEAST_SHARE for size in sizes)
    left_out = [abs(share) for family, share in shares.items() if family not in named]
    assert len(codes) == MOST_REASONS or all(size < LEAST_SHARE for size in left_out)
    assert not sizes or all(size <= sizes[-1] for size in left_out)


@given(shares=SHARES)
def test_a_reason_goes_the_way_of_its_share(shares: dict[str, float]) -> None:
    for code in give_reasons(shares):
        family, way = code.rsplit("_", 1)
        assert (shares[family] > 0) is (way == "raises")
        assert way in tell_reason(code).text() or way == "raises"


def test_a_sentence_is_plain_and_an_unknown_code_is_refused() -> None:
    assert tell_reason("season_lowers").text() == "The time of year lowers their score."
    with pytest.raises(KeyError):
        tell_reason("magic_raises")
