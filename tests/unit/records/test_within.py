"""Bounds are of areas, and say so."""

from __future__ import annotations

from civic_ai.records.record import flatten
from civic_ai.records.within import WithinAreas


def test_bounds_are_of_areas() -> None:
    made = WithinAreas(attribute="a", group="g", metric="recall", value=0.4, lower=0.1, upper=0.8, areas=9)
    assert made.level == "area"
    assert made.fact_key() == "a.g.recall"
    assert dict(flatten(made, "w"))["w.lower"] == 0.1
