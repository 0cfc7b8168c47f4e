from __future__ import annotations

from dataclasses import replace
from string import Formatter

import pytest

from civic_ai.cards.data_findings import Found, found_in_data
from civic_ai.cards.facts import facts_of
from civic_ai.cards.tell import HIDDEN, Teller
from civic_ai.cards.wording.groups import GroupWords
from civic_ai.records.findings import FINDINGS
from civic_ai.records.snapshot import Finding
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_problems_come_before_warnings_before_notes(page: MakePage) -> None:
    seen = page(City())
    note = Finding(code="static_source", source="areas", severity="note", count=10**6)
    large = Finding(code="padded_text", source="requests", column="status", severity="warning", count=5_000)
    snapshot = seen.records.snapshot.model_copy(
        update={"findings": (note, large, *seen.records.snapshot.findings)}
    )
    found = found_in_data(replace(seen.records, snapshot=snapshot))
    assert [part.finding.code for part in found] == [
        "gap",
        "padded_text",
        "exact_duplicates",
        "static_source",
    ]


def test_findings_of_every_stage_are_told(page: MakePage) -> None:
    seen = page(City())
    records = replace(
        seen.records,
        panel=seen.records.panel.model_copy(
            update={"findings": (Finding(code="short_history", source="requests", severity="note"),)}
        ),
        audit=seen.records.audit.model_copy(
            update={
                "findings": (
                    Finding(
                        code="audit_group_small", source="income_quartile", severity="warning", column="q1"
                    ),
                )
            }
        ),
    )
    assert {part.fact.partition(".")[0] for part in found_in_data(records)} == {"snapshot", "panel", "audit"}


@pytest.mark.parametrize("code", FINDINGS)
@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_every_finding_can_be_said(page: MakePage, code: str, language: str) -> None:
    """Its places are filled by values that are facts, and none stays open."""
    seen = page(City())
    names = {name for _, name, _, _ in Formatter().parse(FINDINGS[code]) if name}
    finding = Finding(code=code, source="requests", severity="note", values=dict.fromkeys(names, 1234))
    records = replace(
        seen.records, snapshot=seen.records.snapshot.model_copy(update={"findings": (finding,)})
    )
    teller = Teller(facts_of(records), language, seen.teller.locale)
    said = found_in_data(records)[0].says(teller)
    assert "{" not in said
    assert said.count("data-fact") == len(names)
    assert (said.striptags() != FINDINGS[code]) or not names


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (Finding(code="gap", source="requests", severity="problem"), "requests"),
        (Finding(code="padded_text", source="requests", severity="note", column="status"),
         "requests, status"),
        (Finding(code="audit_group_small", source="income_quartile", severity="warning", column="q1"),
         "household income: q1 (lowest)"),
        (Finding(code="audit_attribute_undated", source="areas", severity="note", column="income_quartile"),
         "household income"),
    ],
)  # fmt: skip
def test_what_a_finding_is_about(page: MakePage, finding: Finding, expected: str) -> None:
    seen = page(City())
    assert Found("x", finding).about(GroupWords(seen.records, seen.teller)) == expected


def test_how_much_it_weighs_is_a_word(page: MakePage) -> None:
    found = found_in_data(page(City()).records)
    assert [part.severity(page(City(), "es").teller) for part in found] == ["Problema", "Advertencia"]


def test_a_count_stands_with_its_share_where_one_was_measured(page: MakePage) -> None:
    seen = page(City())
    said = found_in_data(seen.records)[1].says(seen.teller)
    assert said.endswith("0.4%</data> of all.)")
    hidden = {**seen.teller.facts, f"{found_in_data(seen.records)[1].fact}.count": HIDDEN}
    assert "of all" not in found_in_data(seen.records)[1].says(replace(seen.teller, facts=hidden))


def test_a_value_is_told_as_it_was_rounded(page: MakePage) -> None:
    seen = page(City())
    finding = Finding(
        code="over_before_list", source="requests", severity="warning", values={"count": 8, "percent": 66.7}
    )
    panel = seen.records.panel.model_copy(update={"findings": (finding,)})
    records = replace(seen.records, panel=panel)
    teller = replace(seen.teller, facts=facts_of(records))
    (told,) = [part for part in found_in_data(records) if part.finding is finding]
    assert "8 cases (66.7 %) were over" in told.says(teller).striptags()
