from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.panel import Feature, LeakFinding, LocationGap


def test_a_feature_belongs_to_a_family_that_people_know() -> None:
    feature = Feature(name="count_7d", source="requests", known_by="created_at", family="history")
    assert feature.fact_key() == "count_7d"
    with pytest.raises(ValidationError):
        Feature(name="x", source="s", known_by="k", family="magic")


def test_a_leak_in_rows_has_no_column() -> None:
    assert LeakFinding(form="incident", column=None, rows=3, detail="d").fact_key() == "incident"


def test_where_no_place_is_used_nothing_is_known_of_gaps() -> None:
    gap = LocationGap(missing_share=None, drift=None, area_spread=None, verdict="unknown")
    assert gap.by_year == {}
