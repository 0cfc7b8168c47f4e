from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of
from civic_ai.records.predictions import Bundle, Predictions
from civic_ai.store.blobs import Blobs
from civic_ai.store.journal import Journal, stage_key


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def made(blobs: Blobs) -> Predictions:
    return Predictions(panel="p" * 64, blob=blobs.put(b"a table"), rows=1, candidates=(), splits=())


def test_what_was_noted_is_found(journal: Journal, blobs: Blobs) -> None:
    record = made(blobs)
    journal.note("key", blobs.put_record(record), 1.5)
    assert journal.find("key", blobs) == record.digest
    assert journal.find("other", blobs) is None


def test_a_record_that_is_gone_is_not_found(journal: Journal, blobs: Blobs) -> None:
    record = made(blobs)
    journal.note("key", blobs.put_record(record), 1.5)
    blobs.path(record.digest).unlink()
    assert journal.find("key", blobs) is None


def test_a_record_whose_table_is_gone_is_not_found(journal: Journal, blobs: Blobs) -> None:
    record = made(blobs)
    journal.note("key", blobs.put_record(record), 1.5)
    blobs.path(record.blob).unlink()
    assert journal.find("key", blobs) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}"])
def test_a_broken_note_is_not_found(journal: Journal, blobs: Blobs, content: bytes) -> None:
    journal.folder.mkdir()
    (journal.folder / "key.json").write_bytes(content)
    assert journal.find("key", blobs) is None


def test_a_key_changes_with_its_stage_and_with_each_input() -> None:
    base = stage_key("panel", {"code": "a", "before": "b"})
    assert base == stage_key("panel", {"before": "b", "code": "a"})
    others = {
        stage_key("models", {"code": "a", "before": "b"}),
        stage_key("panel", {"code": "x", "before": "b"}),
        stage_key("panel", {"code": "a", "before": "x"}),
        stage_key("panel", {"code": "a"}),
        digest_of({}),
    }
    assert base not in others
    assert len(others) == 5


def test_the_last_time_is_remembered(journal: Journal) -> None:
    assert journal.expected_seconds("panel") is None
    journal.note_seconds("panel", 4.25)
    assert journal.expected_seconds("panel") == 4.25


@pytest.mark.parametrize("lost", ["bundle", "model.json", "booster.txt", None])
def test_a_record_whose_model_lost_a_file_is_not_found(
    journal: Journal, blobs: Blobs, lost: str | None
) -> None:
    """The record names the bundle, and only the bundle names the model's files."""
    bundle = Bundle(files={"model.json": blobs.put(b"{}"), "booster.txt": blobs.put(b"tree")})
    names = {**bundle.files, "bundle": blobs.put_record(bundle)}
    record = {"champion": "lightgbm", "bundle": names["bundle"]}
    digest = blobs.put(json.dumps(record).encode())
    journal.note("key", digest, 1.5)
    if lost is not None:
        blobs.path(names[lost]).unlink()
    assert journal.find("key", blobs) == (digest if lost is None else None)
