from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import LANGUAGES, governance_folder
from civic_ai.policy.impact_questionnaire import load_questionnaire, shipped_questionnaire
from civic_ai.records.text import Text

FOLDER = governance_folder() / "questionnaires"
QUESTIONS = shipped_questionnaire()


def texts() -> Iterator[tuple[str, Text]]:
    """Every text that a person reads, with its place."""
    frame = QUESTIONS.frame
    yield from ((f"words.{name}", text) for name, text in frame.words.items())
    for screen in QUESTIONS.screens.values():
        yield f"{screen.id}.asks", screen.asks
        if screen.why is not None:
            yield f"{screen.id}.why", screen.why
    for page in QUESTIONS.pages:
        yield f"{page.page}.evidence", page.evidence
        for question in page.questions:
            yield f"{question.id}.asks", question.asks
            yield from ((f"{question.id}.{name}", text) for name, text in question.words.items())


def spoken(text: Text) -> list[str | None]:
    return [getattr(text, language) for language in LANGUAGES]


def test_each_text_speaks_three_languages() -> None:
    assert [place for place, text in texts() if not all(spoken(text))] == []


def test_no_translation_is_the_english() -> None:
    same = {place for place, text in texts() if len(set(spoken(text))) < len(LANGUAGES)}
    assert same == SAME_WORD


def test_sentences_are_short() -> None:
    parts = [re.split(r"[.?:]", said or "") for _, text in texts() for said in spoken(text)]
    assert [part for sentence in parts for part in sentence if len(part.split()) >= 25] == []


SAME_WORD = {"words.no"}
"""No is no in English and in Spanish."""


def test_no_word_is_promised_that_we_never_say() -> None:
    for place, text in texts():
        for word in ("compliant", "unbiased", "fair ", "fair,", "fair."):
            assert word not in (text.en or "").lower(), place


def test_no_two_questions_ask_the_same() -> None:
    by_phase: dict[tuple[str | None, str], str] = {}
    for question in QUESTIONS.questions.values():
        for language in LANGUAGES:
            key = (question.phase, getattr(question.asks, language))
            assert by_phase.setdefault(key, question.id) == question.id


def test_each_phase_is_asked_the_same_of_how_harm_is_kept_small() -> None:
    design, use = (
        {
            one.id.replace(word, ""): (one.asks, one.points, one.several)
            for one in QUESTIONS.of("mitigation")
            if one.phase == phase
        }
        for phase, word in QUESTIONS.frame.phases.items()
    )
    assert len(design) == 45
    assert design == use
    assert len(list(QUESTIONS.of("raw_risk"))) == 70


def test_every_choice_has_words() -> None:
    for question in QUESTIONS.questions.values():
        assert all(QUESTIONS.word(question, choice) for choice in question.points)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "questionnaires")
    return tmp_path / "questionnaires"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("impact.yaml", "deduction: 0.15", "deduction: 0.5", "deduction: must be at most 0.15, not 0.5"),
        ("impact.yaml", "deduct_from: 0.80", "deduct_from: 0.1", "must be at least 0.8, not 0.1"),
        ("impact.yaml", "0.25, 0.50, 0.75", "0.25, 0.50, 0.95", "must be at most 0.75, not 0.95"),
        ("impact.yaml", "0.25, 0.50, 0.75", "0.25, 0.20, 0.75", "must be greater than the one before"),
        ("impact.yaml", "id: housing", "id: benefits", "floors[6].id: benefits is given twice"),
        ("impact.yaml", "level: IV", "level: V", "floors[0].level: must be 'I', 'II', 'III' or 'IV', not V"),
        ("impact.yaml", "  unsure:\n", "  perhaps:\n", "there is no word for unsure"),
        ("impact/riskProfile.yaml", "id: riskProfile2", "id: riskProfile1", "riskProfile1 is given twice"),
        ("impact/riskProfile.yaml", "points: {yes: 3, no: 0}", "points: {si: 3, no: 0}", "no word for si"),
        ("impact/riskProfile.yaml", "points: {yes: 3, no: 0}", "points: {yes: -3, no: 0}", "at least 0"),
        ("impact/aboutAlgorithm.yaml", "{aboutAlgorithm8: [yes]}", "{aboutAlgorithm11: [yes]}", "further up"),
        ("impact/aboutAlgorithm.yaml", "{aboutAlgorithm8: [yes]}", "{riskProfile1: [yes]}", "further up"),
        ("impact/aboutAlgorithm.yaml", "{aboutAlgorithm8: [yes]}", "{aboutAlgorithm8: [ja]}", "ja is no"),
    ],
)  # fmt: skip
def test_what_would_weaken_the_questions_unseen_is_refused(
    copied: Path, file: str, old: str, new: str, says: str
) -> None:
    text = (copied / file).read_text("utf-8")
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_questionnaire(copied / "impact.yaml")
    assert says in str(caught.value)
    assert Path(file).name + ":" in str(caught.value)


def test_a_page_that_is_missing_is_said(copied: Path) -> None:
    (copied / "impact" / "privacy.yaml").unlink()
    with pytest.raises(ConfigError, match=r"privacy\.yaml"):
        load_questionnaire(copied / "impact.yaml")


def test_a_changed_point_changes_the_digest(copied: Path) -> None:
    file = copied / "impact" / "riskProfile.yaml"
    file.write_text(file.read_text("utf-8").replace("{yes: 3, no: 0}", "{yes: 4, no: 0}", 1), "utf-8")
    assert load_questionnaire(copied / "impact.yaml").digest != QUESTIONS.digest
    assert load_questionnaire(FOLDER / "impact.yaml").digest == QUESTIONS.digest
