"""The record of a sealed dossier and its page: gaps first, three languages, nothing hidden shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from civic_ai.cards.pilot_record import Declared, record_of, render_record
from civic_ai.cards.sealed import Sealed, read_sealed
from civic_ai.core.errors import RefusedError
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.answers import Answers
from civic_ai.records.impact_level import ImpactLevel, Score
from civic_ai.records.pilot_record import Decided
from civic_ai.records.text import Text
from tests.unit.cards.made_city import City
from tests.unit.cards.made_dossier import seal_made

WALK = shipped_crosswalk()
ANSWERS = Answers.model_validate(
    {
        "pilot": "made-potholes",
        "answers": {
            "A01": {
                "answer": {"en": "Pothole <list>", "es": "Lista de baches", "pt": "Lista de buracos"},
                "evidence": [{"link": "https://example.org/x"}],
                "answered_by": "Head of roads",
                "on": "2026-03-02",
            },
            "A02": {"answer": "tbd"},
        },
    }
)
DECLARED = Declared(
    answers=ANSWERS, decided={"M03": Decided(text=Text(any="Approved"), decision="d" * 64)}, level="I"
)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return read_sealed(seal_made(tmp_path_factory.mktemp("city"), City(groups="small")), "public")


def _page(sealed: Sealed, language: str) -> str:
    return render_record(record_of(sealed, DECLARED, WALK), sealed, WALK, language).decode()


def test_facts_answers_and_decisions_meet_in_one_record(sealed: Sealed) -> None:
    record = record_of(sealed, DECLARED, WALK)
    assert record.pilot == "made-potholes"
    assert record.dossier == sealed.manifest.digest
    assert record.answers == ANSWERS.digest
    assert record.entry("A01").status == "answered_with_evidence"
    assert record.entry("A02").status == "not_answered"
    assert record.entry("M03").status == "answered_with_evidence"
    assert record.entry("B07").facts["evaluation.lift_over_best_baseline.value"] == 1.24


def test_every_name_of_a_fact_in_the_crosswalk_exists_in_a_run(tmp_path: Path) -> None:
    facts = read_sealed(seal_made(tmp_path, City(), with_model=True), "board").facts
    names = [name for field in WALK.fields.values() for name in field.facts]
    shapes = [re.compile(re.sub(r"\\{.*?\\}", ".+", re.escape(name)).replace(r"\*", ".+")) for name in names]
    nowhere = {
        name
        for name, shape in zip(names, shapes, strict=True)
        if not any(shape.fullmatch(fact) for fact in facts)
    }
    assert nowhere == NOT_IN_THE_MADE_CITY


NOT_IN_THE_MADE_CITY = {
    "audit.frontier.ways.*.found_per_visit.value",
    "audit.frontier.ways.*.method",
    "audit.need.ratios.*.ratio.value",
    "audit.need.shares.*.figure.value",
    "model.settings.*",
    "impact.level",
    "impact.questionnaire_version",
    "impact.score.net",
    "impact.score.raw",
}
"""The made city tries no mitigation, estimates no need, has no settings and no impact level."""


def test_no_field_lets_a_hidden_count_of_rows_be_computed() -> None:
    """Rows read, less rows kept, less repeats, would be the rows set aside, however few they are."""
    names = {fact for field in WALK.fields.values() for fact in (*field.facts, *field.also)}
    assert "snapshot.sources.*.rows" in names
    assert not {name for name in names if name.endswith("rows_read")}


def test_gaps_stand_first_in_each_group(sealed: Sealed) -> None:
    html, record = _page(sealed, "en"), record_of(sealed, DECLARED, WALK)
    for group in {field.group for field in WALK.fields.values()}:
        ids = [name for name, field in WALK.fields.items() if field.group == group]
        shown = sorted(ids, key=lambda name: html.index(f"<code>{name}</code>"))
        gaps = [record.entry(name).is_gap for name in shown]
        assert gaps == sorted(gaps, reverse=True), group


def test_every_field_and_every_standard_stands_on_the_page(sealed: Sealed) -> None:
    html = _page(sealed, "en")
    assert all(f"<code>{name}</code>" in html for name in WALK.fields)
    assert all(standard.version in html for standard in WALK.standards.values())
    record = record_of(sealed, DECLARED, WALK)
    answered = sum(entry.status == "answered_with_evidence" for entry in record.fields)
    assert re.search(rf'value="{answered}">{answered}</data> of <data [^>]*value="98"', html)


def test_an_interval_stands_once_and_digests_are_short(sealed: Sealed) -> None:
    html = _page(sealed, "en")
    assert "<code>evaluation.lift_over_best_baseline.value</code>" in html
    assert "<code>evaluation.lift_over_best_baseline.lower</code>" not in html
    assert sealed.evidence.spec not in html
    assert f"<code>{sealed.evidence.spec[:12]}</code>" in html


def test_the_impact_level_fills_its_field(sealed: Sealed) -> None:
    impact = ImpactLevel(
        pilot="made-potholes", phase="design", questionnaire="a" * 64, questionnaire_version="1",
        answers="b" * 64, policy="c" * 64, policy_version="4", outcome="level", level="II", floor="I",
        floors=(), stops=(), score=Score(raw=30, mitigation=2, net=30, level="II"), raw_level="II",
        raw_max=167, mitigation_max=77, unanswered=(), unsure=(), unconfirmed=(), without_evidence=(),
    )  # fmt: skip
    record = record_of(sealed, Declared(impact=impact, level=impact.level), WALK)
    assert record.entry("J03").status == "answered_with_evidence"
    assert record.entry("J03").facts["impact.score.net"] == 30
    assert record.level == "II"
    assert "impact.score.net" in render_record(record, sealed, WALK, "en").decode()
    assert record_of(sealed, Declared(), WALK).entry("J03").status == "not_measured"


def test_the_answers_of_another_pilot_are_refused(sealed: Sealed) -> None:
    with pytest.raises(RefusedError, match="answers are of another"):
        record_of(sealed, Declared(answers=ANSWERS.model_copy(update={"pilot": "another"})), WALK)


def test_an_answer_is_escaped_and_shown_in_the_readers_language(sealed: Sealed) -> None:
    assert "Pothole &lt;list&gt;" in _page(sealed, "en")
    assert "Lista de baches" in _page(sealed, "es")
    assert "Lista de buracos" in _page(sealed, "pt")
    assert "<list>" not in _page(sealed, "en")


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_the_page_is_one_whole_page_that_judges_nothing(sealed: Sealed, language: str) -> None:
    html = _page(sealed, language)
    assert html.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in html
    assert "<script" not in html
    assert not re.search(r"complian|unbiased|\bfair\b", html.lower())


def test_the_page_is_the_same_each_time(sealed: Sealed) -> None:
    record = record_of(sealed, DECLARED, WALK)
    assert render_record(record, sealed, WALK, "es") == render_record(record, sealed, WALK, "es")


def test_the_level_decides_what_the_page_calls_needed(sealed: Sealed) -> None:
    assert "Not needed at this impact level" in _page(sealed, "en")
    all_needed = render_record(record_of(sealed, Declared(), WALK), sealed, WALK, "en").decode()
    assert "Not needed at this impact level" not in all_needed
    assert "every field counts as needed" in all_needed
