"""The README is read back by huggingface_hub: metadata, results, and our own key; no network."""

from __future__ import annotations

import pytest
from huggingface_hub import ModelCard

from civic_ai.cards.exports.huggingface import SECTIONS, export_huggingface
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import TOKENS, publish_made


@pytest.mark.parametrize("texts", [{}, TOKENS], ids=["empty", "full"])
@pytest.mark.parametrize(
    "city", [City(), City(known=False), City(question="demand"), City(question="durations")], ids=str
)
def test_the_hubs_own_reader_reads_it_back(city: City, texts: dict[str, str]) -> None:
    published = publish_made(texts, city)
    card = ModelCard(export_huggingface(published)["README.md"].decode(), ignore_metadata_errors=False)
    assert card.data.language == ["en"]
    assert card.data.model_name == published.title
    assert card.data["civic_ai"]["record"] == published.record.digest
    measured = {
        m.name: m.figure.value for m in published.metrics() if m.slice is None and m.figure.value is not None
    }
    read = {result.metric_type: result.metric_value for result in card.data.eval_results or []}
    assert read == measured
    kinds = {result.task_type for result in card.data.eval_results or []}
    regression = city.question in ("demand", "durations")
    assert kinds <= {"tabular-regression" if regression else "tabular-classification"}
    assert kinds or not measured


def test_an_empty_section_says_so() -> None:
    text = export_huggingface(publish_made({"B04": "Never for fines"}))["README.md"].decode()
    assert all(f"## {heading}" in text for heading in SECTIONS)
    assert "## Out-of-Scope Use\n\nNever for fines" in text
    assert "## Direct Use\n\nNot answered." in text


def test_a_text_makes_no_heading_of_its_own() -> None:
    text = export_huggingface(publish_made({"B04": "# big\n- x\n<i>"}))["README.md"].decode()
    assert "\\# big\n\\- x\n&lt;i&gt;" in text
