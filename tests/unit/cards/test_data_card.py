from __future__ import annotations

from dataclasses import replace

from civic_ai.cards.data_card import data_card
from civic_ai.cards.facts import facts_of
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def test_every_source_with_what_was_read_kept_and_set_aside(page: MakePage) -> None:
    rows = [
        [str(getattr(cell, "striptags", cell.__str__)()) for cell in row]
        for row in data_card(page(City()))["sources"].rows
    ]
    assert rows == [
        [
            "requests",
            "January 2, 2017 to November 26, 2018",
            "30,250",
            "30,000",
            "130",
            "120",
            "Made City",
            "CC-BY-4.0",
        ],
        ["areas", "Holds for all dates", "4", "4", "0", "0", "Not answered", "CC0-1.0"],
    ]


def test_every_broken_rule_is_counted(page: MakePage) -> None:
    rows = data_card(page(City()))["rules"].rows
    assert [[str(getattr(cell, "striptags", cell.__str__)()) for cell in row] for row in rows] == [
        ["requests", "min", "lat", "130"]
    ]


def test_findings_are_said_in_the_language(page: MakePage) -> None:
    findings = data_card(page(City(), "en"))["findings"]
    assert [(severity, about) for severity, about, _ in findings] == [
        ("Problem", "requests"),
        ("Warning", "requests"),
    ]


def test_every_feature_says_when_it_is_known(page: MakePage) -> None:
    rows = data_card(page(City(), "es"))["features"].rows
    assert [row[3] for row in rows] == ["historia del lugar", "la zona y sus calles"]
    assert rows[0][2] == "<code>created_at</code>"


def test_dropped_columns_are_named(page: MakePage) -> None:
    seen = page(City())
    first, *rest = seen.records.snapshot.sources
    sources = (first.model_copy(update={"dropped_columns": ("caller_name",)}), *rest)
    records = replace(seen.records, snapshot=seen.records.snapshot.model_copy(update={"sources": sources}))
    changed = replace(seen, records=records, teller=replace(seen.teller, facts=facts_of(records)))
    assert data_card(changed)["dropped"] == [("requests", ("caller_name",))]
    assert data_card(seen)["dropped"] == []
