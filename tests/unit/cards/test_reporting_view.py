"""Areas in five classes, as the audit's tables say; nothing for a reader who may not see the tables."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa

from civic_ai.cards.reporting_view import view_reporting
from civic_ai.records.figure import Figure
from civic_ai.records.reporting import ConditionComparison, ReportingBias, ReportingMap
from civic_ai.store.blobs import Blobs

RATIO = Figure(value=0.5, n=9)
AREAS = [f"A{i}" for i in range(10)]


def records(blobs: Blobs, *, higher_is_worse: bool = True, masked: bool = False) -> SimpleNamespace:
    rates = pa.table({"area": AREAS, "rate": [float(i) for i in range(10)]})
    worse = pa.table({"area": AREAS, "worse": [1.0, None, float("nan"), *map(float, range(7))]})
    kept = {name: None if masked else blobs.put_table(table) for name, table in (("r", rates), ("w", worse))}
    reporting = ReportingBias(
        method="linkage", verdict="pass",
        map=ReportingMap(blob=kept["r"], areas=10, spread=1, together=1, alone=1, lowest=0, highest=9),
        condition=ConditionComparison(source="s", column="c", areas=8, reports_follow=RATIO,
                                      rates_follow=None,
                                      groups=(), blob=kept["w"]),
    )  # fmt: skip
    survey = SimpleNamespace(higher_is_worse=higher_is_worse)
    asked = SimpleNamespace(audit=SimpleNamespace(reporting=SimpleNamespace(condition=survey)))
    return SimpleNamespace(audit=SimpleNamespace(reporting=reporting), spec=asked)


def test_areas_fall_into_fifths(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    view = view_reporting(records(blobs), blobs)
    assert [part.places for part in view.classes["rate"]] == [
        ("A0", "A1"), ("A2", "A3"), ("A4", "A5"), ("A6", "A7"), ("A8", "A9")]  # fmt: skip
    facts = view.facts()
    assert facts["reporting_map.rate.count"] == 5
    assert (facts["reporting_map.rate.1.lower"], facts["reporting_map.rate.5.upper"]) == (0.0, 9.0)
    assert facts["reporting_map.rate.3.places"] == 2


def test_blank_conditions_are_in_no_class_and_equal_ones_stay_together(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    parts = view_reporting(records(blobs), blobs).classes["condition"]
    placed = [place for part in parts for place in part.places]
    assert sorted(placed) == [area for area in AREAS if area not in ("A1", "A2")]
    assert any({"A0", "A4"} <= set(part.places) for part in parts)


def test_the_condition_is_shown_as_it_was_measured(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    turned = view_reporting(records(blobs, higher_is_worse=False), blobs).classes["condition"]
    assert (turned[0].lower, turned[-1].upper) == (-6.0, 0.0)


def test_a_reader_without_tables_sees_no_class(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    view = view_reporting(records(blobs, masked=True), blobs)
    assert dict(view.classes) == {}
    assert view.facts() == {"reporting_map.rate.count": 0, "reporting_map.condition.count": 0}
