"""A pilot's papers: the dossier, the city's answers, and the record that both give."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_file
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.store.blobs import write_file
from civic_ai.web.desk import Desk
from civic_ai.web.papers import papers_of, sealed_at
from tests.unit.review.made_office import TO_APPROVAL, take_as
from tests.unit.web.made_dossier import keep

PILOT = "made-potholes"
ANSWERS = """pilot: made-potholes
answers:
  A05:
    answer: Head of roads
    evidence: [{statement: Director, on: 2026-03-02}]
    answered_by: Owner
    on: 2026-03-02
"""


def answer(desk: Desk, content: str = ANSWERS) -> None:
    folder = desk.pilot_folder(PILOT)
    folder.mkdir(parents=True)
    (folder / "answers.yaml").write_text(content)


def test_without_anything_everything_is_open(desk: Desk) -> None:
    papers = papers_of(desk, PILOT, None)
    assert (papers.is_at_hand, papers.sealed, papers.answers) == (False, None, None)
    assert all(entry.is_gap for entry in papers.record.fields)


def test_run_and_city_fill_the_record_together(desk: Desk, sealed: Path) -> None:
    answer(desk)
    keep(desk, PILOT, sealed)
    papers = papers_of(desk, PILOT, digest_of_file(sealed / "manifest.json"))
    assert papers.is_at_hand
    assert papers.record.entry("A05").status == "answered_with_evidence"
    assert papers.record.entry("E01").status == "answered_with_evidence"
    assert papers.record.entry("A06").status == "not_answered"


def test_answers_that_cannot_be_read_are_told(desk: Desk) -> None:
    answer(desk, ANSWERS.replace("A05", "Z99"))
    with pytest.raises(ConfigError, match="no field called Z99"):
        papers_of(desk, PILOT, None)


def test_an_altered_dossier_is_refused(desk: Desk, sealed: Path) -> None:
    begins = keep(desk, PILOT, sealed)
    folder = desk.dossier_folder(PILOT, begins)
    (folder / "gates.json").write_bytes(b"{}")
    with pytest.raises(RefusedError, match="altered after it was sealed"):
        sealed_at(folder, digest_of_file(folder / "manifest.json"), "board")


def test_a_changed_file_and_a_new_step_are_seen_at_once(desk: Desk, sealed: Path) -> None:
    answer(desk)
    keep(desk, PILOT, sealed)
    digest = digest_of_file(sealed / "manifest.json")
    before = papers_of(desk, PILOT, digest)
    assert papers_of(desk, PILOT, digest) is before
    file = desk.pilot_folder(PILOT) / "answers.yaml"
    write_file(file, ANSWERS.replace("Head of roads", "Head of parks").encode(), mode=0o600)
    after = papers_of(desk, PILOT, digest)
    assert after.record.entry("A05").text != before.record.entry("A05").text
    take_as(desk.office, PILOT, TO_APPROVAL[0])
    assert papers_of(desk, PILOT, digest) is not after
    file.unlink()
    assert papers_of(desk, PILOT, digest).answers is None
