from __future__ import annotations

import pytest

from civic_ai.records.record import flatten
from civic_ai.records.snapshot import DataSnapshot, Finding, RuleCount, SourceSnapshot


def snapshot() -> DataSnapshot:
    source = SourceSnapshot(
        name="requests",
        raw_digest="r",
        contract_digest="c",
        blob="b",
        rows_read=10,
        rows=8,
        quarantined=2,
        quarantined_share=0.2,
        duplicates=0,
        broken_rules=(RuleCount(rule="range", column="lat", rows=2),),
        columns=("a",),
    )
    return DataSnapshot(
        spec="s",
        sources=(source,),
        findings=(Finding(code="gap", source="requests", severity="warning", column="a"),),
        worst_quarantined_share=0.2,
        sources_without_licence=1,
        has_owner=False,
    )


def test_a_source_is_found_by_its_name() -> None:
    assert snapshot().source("requests").rows == 8
    with pytest.raises(KeyError):
        snapshot().source("areas")


def test_facts_name_the_source_the_rule_and_the_column() -> None:
    facts = dict(flatten(snapshot(), "snapshot"))
    assert facts["snapshot.sources.requests.broken_rules.range.lat.rows"] == 2
    assert facts["snapshot.findings.gap.requests.a.severity"] == "warning"


def test_findings_of_one_code_are_told_apart_by_their_days() -> None:
    """Nine weeks with too many rows are nine facts: a card once told the last of them nine times."""
    weeks = ("2016-01-11", "2016-04-18", "2017-09-11")
    busy = tuple(
        Finding(code="burst", source="requests", severity="note", count=n, values={"week": week, "count": n})
        for n, week in enumerate(weeks)
    )
    facts = dict(flatten(snapshot().model_copy(update={"findings": busy}), "snapshot"))
    told = {name: value for name, value in facts.items() if name.endswith(".values.week")}
    assert sorted(map(str, told.values())) == list(weeks)
    assert facts["snapshot.findings.burst.requests.2016-04-18.values.count"] == 1
