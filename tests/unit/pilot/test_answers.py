"""What a city may not write into answers.yaml is refused with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import ConfigError
from civic_ai.pilot.answers import ANSWERS_FILE, Beside, load_answers, unanswered
from civic_ai.pilot.crosswalk import shipped_crosswalk

WALK = shipped_crosswalk()
BY = "answered_by: Head of roads\n    on: 2026-01-01"
LONG = "The crews said so. " * 20


def beside(folder: Path, text: str | None) -> Beside:
    (folder / "report.md").write_bytes(b"measured")
    if text is not None:
        (folder / ANSWERS_FILE).write_text(f"pilot: made\nanswers:\n{text}\n", "utf-8")
    return Beside(WALK, "made", folder)


def test_no_file_is_no_answers(tmp_path: Path) -> None:
    assert load_answers(beside(tmp_path, None)) is None


def test_a_file_of_evidence_gets_its_digest(tmp_path: Path) -> None:
    text = f"  A05:\n    answer: Ana Diaz\n    evidence: [{{file: report.md}}]\n    {BY}"
    answers = load_answers(beside(tmp_path, text))
    assert answers is not None
    assert answers.answers["A05"].evidence[0].sha256 == digest_of_bytes(b"measured")
    (tmp_path / "report.md").write_bytes(b"altered")
    again = load_answers(Beside(WALK, "made", tmp_path))
    assert again is not None
    assert again.digest != answers.digest


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (f"  Z99:\n    answer: x\n    {BY}", 3, "there is no field called Z99"),
        (f"  A10:\n    answer: x\n    {BY}", 3, "the run measures this field"),
        (f"  A08:\n    answer: x\n    {BY}", 3, "the board decides this field"),
        (f"  A02:\n    answer: {'a' * 401}\n    {BY}", 4, "has 401 characters; at most 400 fit"),
        (f"  A02:\n    answer: {{en: short, pt: {'a' * 401}}}\n    {BY}", 4, "has 401 characters"),
        ("  A05:\n    answer: Ana\n    on: 2026-01-01", 3, "does not say who answered"),
        ("  A05:\n    answer: Ana\n    answered_by: Owner", 3, "does not say who answered"),
        (f"  A05:\n    answer: Ana\n    {BY}\n    evidence:\n      - file: gone.md", 8, "no such file"),
        (f"  A05:\n    answer: Ana\n    {BY}\n    evidence:\n      - file: ../x.md", 8, "no such file"),
        (f"  A05:\n    answer: Ana\n    {BY}\n    evidence:\n      - file: .", 8, "no such file"),
        (f"  A05:\n    answer: Ana\n    {BY}\n    evidence:\n      - file: {LONG}", 8, "no such file"),
        (
            f"  A05:\n    answer: Ana\n    {BY}\n    evidence:\n"
            f"      - {{file: report.md, sha256: {'a' * 64}}}",
            8,
            "its digest differs",
        ),
        (f"  A05:\n    answer: Ana\n    {BY}\n    evidence:\n      - link: nowhere", 8, "a link begins with"),
        (f"  A05:\n    answer: Ana\n    {BY}\n    evidence:\n      - {{}}", 8, "give one of file"),
        (f"  A05:\n    answr: Ana\n    {BY}", 4, "is not known here"),
    ],
)
def test_what_may_not_stand_there_is_refused(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_answers(beside(tmp_path, text))
    mistake = refused.value.mistakes[0]
    assert says in mistake.says.text()
    assert mistake.place is not None
    assert (Path(mistake.place.file).name, mistake.place.line) == (ANSWERS_FILE, line)
    assert mistake.remedy is not None


@pytest.mark.parametrize("file", ["../outside.md", "inside.md"])
def test_a_file_outside_of_the_pilots_folder_is_no_evidence(tmp_path: Path, file: str) -> None:
    (tmp_path / "outside.md").write_text("there it is")
    folder = tmp_path / "pilot"
    folder.mkdir()
    (folder / "inside.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(ConfigError, match="no such file"):
        load_answers(beside(folder, f"  A05:\n    answer: Ana\n    {BY}\n    evidence: [{{file: {file}}}]"))


def test_a_digest_that_is_still_right_is_taken(tmp_path: Path) -> None:
    digest = digest_of_bytes(b"measured")
    text = f"  A05:\n    answer: Ana\n    {BY}\n    evidence: [{{file: report.md, sha256: {digest}}}]"
    answers = load_answers(beside(tmp_path, text))
    assert answers is not None
    assert answers.answers["A05"].evidence[0].sha256 == digest


def test_the_longest_text_that_fits_is_taken(tmp_path: Path) -> None:
    assert load_answers(beside(tmp_path, f"  A02:\n    answer: {'a' * 400}\n    {BY}")) is not None


def test_all_mistakes_are_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = f"  Z99:\n    answer: x\n    {BY}\n  A10:\n    answer: x\n    {BY}"
    with pytest.raises(ConfigError) as refused:
        load_answers(beside(tmp_path, text))
    assert [mistake.place.line for mistake in refused.value.mistakes if mistake.place] == [3, 7]


def test_answers_of_another_pilot_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="answers of made, not of other"):
        load_answers(Beside(WALK, "other", beside(tmp_path, "  A05: {}").folder))


def test_a_placeholder_needs_neither_role_nor_date_and_stays_unanswered(tmp_path: Path) -> None:
    made = beside(tmp_path, "  A05:\n    answer: tbd")
    answers = load_answers(made)
    assert "A05" in unanswered(made, answers, None)


def test_what_is_unanswered_is_what_the_city_must_still_fill_at_the_level(tmp_path: Path) -> None:
    made = beside(tmp_path, f"  A05:\n    answer: Ana\n    {BY}")
    left = unanswered(made, load_answers(made), None)
    assert len(left) == 52
    assert "A05" not in left
    at_one = unanswered(made, None, "I")
    assert set(unanswered(made, None, "IV")) - set(at_one) == {
        name for name, field in WALK.fields.items() if field.filled_by == "city" and field.from_level == "II"
    }
