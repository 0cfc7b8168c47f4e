"""A note on what was verified is believed only if this program wrote it with the log's key."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.review import verified
from civic_ai.review.verified import Verified, VerifiedMemory, program, verified_whole
from tests.unit.review.made_ledger import LOG, OTHER_LOG

AT = "2026-01-05T09:01:00.000000Z"


def note() -> Verified:
    return verified_whole(7, "ab" * 32, AT)


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    memory = VerifiedMemory(tmp_path / "seen", LOG)
    assert memory.last() is None
    memory.keep(note())
    assert memory.last() == note()
    assert (note().size, note().whole_size, note().program) == (7, 7, program())
    assert note().moment.isoformat() == "2026-01-05T09:01:00+00:00"
    assert VerifiedMemory(tmp_path / "seen", OTHER_LOG).last() is None


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b'"size":7', b'"size":9'), (b"abab", b"cdcd"), (b"\n", b""), (b"{", b"["), (b"\n", b"x\n")],
)
def test_a_note_that_was_altered_is_none(tmp_path: Path, was: bytes, becomes: bytes) -> None:
    memory = VerifiedMemory(tmp_path, LOG)
    memory.keep(note())
    content = memory.path.read_bytes()
    assert was in content
    memory.path.write_bytes(content.replace(was, becomes, 1))
    assert memory.last() is None


def test_another_key_of_the_same_log_seals_otherwise(tmp_path: Path) -> None:
    memory = VerifiedMemory(tmp_path, LOG)
    VerifiedMemory(tmp_path, type(LOG)(LOG.name, LOG.type, OTHER_LOG.private)).keep(note())
    assert memory.path.is_file()
    assert memory.last() is None


def test_another_release_believes_no_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = VerifiedMemory(tmp_path, LOG)
    memory.keep(note())
    monkeypatch.setattr(verified, "program", lambda: "0" * 64)
    assert memory.last() is None
