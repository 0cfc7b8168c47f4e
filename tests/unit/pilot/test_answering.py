"""Writing an answer keeps comments, other languages and other answers, and never leaves a broken file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic_ai.core.errors import ConfigError, StoreError
from civic_ai.pilot.answering import Said, write_answer
from civic_ai.pilot.answers import ANSWERS_FILE, Beside, load_answers
from civic_ai.pilot.crosswalk import shipped_crosswalk

SAID = Said("A05", "Head of roads", "en", ("said:Mayor", "https://example.org/x"), "Owner", date(2026, 3, 2))


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    (tmp_path / "report.md").write_text("measured")
    return Beside(shipped_crosswalk(), "made", tmp_path)


def test_the_first_answer_makes_the_file(beside: Beside) -> None:
    written = write_answer(SAID, beside)
    assert load_answers(beside) == written
    given = written.given("A05")
    assert given is not None
    assert [str(proof.shown()) for proof in given.evidence] == [
        "Mayor, March 2, 2026",
        "https://example.org/x",
    ]


def test_comments_and_other_languages_stay(beside: Beside) -> None:
    path = beside.folder / ANSWERS_FILE
    path.write_text(
        "# about us\npilot: made\nanswers:\n  # the owner\n  A05:\n    answer: {es: Jefa de vías}\n"
        "    answered_by: Owner\n    on: 2026-01-01\n",
        "utf-8",
    )
    written = write_answer(SAID, beside).answers["A05"].answer
    assert written is not None
    assert (written.en, written.es) == ("Head of roads", "Jefa de vías")
    text = path.read_text("utf-8")
    assert "# about us" in text
    assert "# the owner" in text


def test_a_plain_text_stays_beside_the_new_language(beside: Beside) -> None:
    (beside.folder / ANSWERS_FILE).write_text(
        "pilot: made\nanswers:\n  A05:\n    answer: Chefe\n    answered_by: Owner\n    on: 2026-01-01\n"
    )
    text = write_answer(SAID, beside).answers["A05"].answer
    assert text is not None
    assert (text.any, text.en) == ("Chefe", "Head of roads")


@pytest.mark.parametrize(
    "broken",
    [{"field": "A10"}, {"field": "Z99"}, {"evidence": ("gone.md",)}, {"field": "A02", "text": "a" * 401}],
)
def test_what_is_refused_changes_nothing(beside: Beside, broken: dict[str, object]) -> None:
    write_answer(SAID, beside)
    before = (beside.folder / ANSWERS_FILE).read_bytes()
    with pytest.raises(ConfigError):
        write_answer(replace(SAID, **broken), beside)  # type: ignore[arg-type]
    assert (beside.folder / ANSWERS_FILE).read_bytes() == before


def test_a_file_with_a_key_given_twice_is_not_repaired_in_silence(beside: Beside) -> None:
    (beside.folder / ANSWERS_FILE).write_text("pilot: made\nanswers:\n  A05: {}\n  A05: {}\n")
    with pytest.raises(ConfigError, match="given twice"):
        write_answer(SAID, beside)


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((StoreError, ConfigError)):
        write_answer(SAID, Beside(shipped_crosswalk(), "made", tmp_path / "file"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80))
def test_any_text_comes_back_as_it_was_written(beside: Beside, text: str) -> None:
    (beside.folder / ANSWERS_FILE).unlink(missing_ok=True)
    if not text.strip():
        return
    answer = write_answer(replace(SAID, text=text), beside).answers["A05"].answer
    assert answer is not None
    assert answer.en == text
    assert load_answers(beside) is not None
