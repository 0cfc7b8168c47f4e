from __future__ import annotations

from civic_ai.records.figure import Period
from civic_ai.records.predictions import SplitRecord
from civic_ai.records.record import flatten


def test_a_split_goes_by_its_name() -> None:
    split = SplitRecord(
        name="lockbox",
        training=Period(first="2016-01-01", last="2017-01-01"),
        cutoff="2017-02-01",
        test=Period(first="2017-02-01", last="2017-06-01"),
        training_rows=10,
        training_events=3,
        test_rows=5,
        is_lockbox=True,
    )
    assert split.fact_key() == "lockbox"
    assert dict(flatten(split, "s"))["s.test.first"] == "2017-02-01"
