"""A slice is named by its conditions."""

from __future__ import annotations

from civic_ai.records.figure import Figure
from civic_ai.records.slices import ServedSlice, SliceSearch


def test_a_slice_is_named_by_its_conditions() -> None:
    one = ServedSlice(
        where="age > 3",
        metric="recall",
        figure=Figure(value=0.4, n=9),
        ratio=Figure(value=1, n=9),
        verdict="pass",
    )
    assert one.fact_key() == "age > 3.recall"
    made = SliceSearch(slices=(one,), tried=3, verdict="pass")
    assert SliceSearch.model_validate_json(made.to_json()).digest == made.digest
