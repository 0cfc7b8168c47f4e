from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import RefusedError, StoreError
from civic_ai.records.figure import Figure
from civic_ai.store.blobs import Blobs, write_atomically, write_file


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_what_is_put_is_got_by_its_digest(blobs: Blobs, content: bytes) -> None:
    digest = blobs.put(content)
    assert digest == digest_of_bytes(content)
    assert digest in blobs
    assert blobs.get(digest) == content


def test_putting_twice_writes_once(blobs: Blobs) -> None:
    digest = blobs.put(b"once")
    before = blobs.path(digest).stat()
    blobs.put(b"once")
    assert blobs.path(digest).stat().st_ino == before.st_ino


@pytest.mark.parametrize("altered", [b"two", b"on", b"once more", b""])
def test_an_altered_blob_is_refused(blobs: Blobs, altered: bytes) -> None:
    digest = blobs.put(b"once")
    blobs.path(digest).write_bytes(altered)
    with pytest.raises(RefusedError, match="altered"):
        blobs.get(digest)


def test_a_record_stands_at_its_own_digest(blobs: Blobs) -> None:
    figure = Figure(value=0.25, lower=0.2, upper=0.3, n=40)
    assert blobs.put_record(figure) == figure.digest
    assert blobs.record(Figure, figure.digest) == figure


def test_a_table_gives_the_same_bytes_whatever_its_chunks_and_metadata(blobs: Blobs) -> None:
    whole = pa.table({"a": [1, 2, 3], "b": ["x", None, "z"]})
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1)]).replace_schema_metadata({"made": "now"})
    digest = blobs.put_table(whole)
    assert blobs.put_table(pieces) == digest
    assert blobs.table(digest).equals(whole)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StoreError, match="the disk is full"):
        write_atomically(tmp_path / "file", b"content")
    assert list(tmp_path.iterdir()) == []


def test_an_old_file_survives_a_failed_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_atomically(tmp_path / "file", b"old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    with pytest.raises(StoreError, match="Input/output error"):
        write_atomically(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="CIVIC_AI_HOME"):
        write_atomically(tmp_path / "file" / "below", b"content")


def test_many_writers_of_the_same_blob_do_no_harm(blobs: Blobs) -> None:
    code = (
        "import sys; from pathlib import Path; from civic_ai.store.blobs import Blobs\n"
        "b = Blobs(Path(sys.argv[1]))\n"
        "for i in range(60): b.put(bytes([i % 7]) * 5000)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(blobs.folder)]) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    files = [path for path in blobs.folder.rglob("*") if path.is_file()]
    assert len(files) == 7
    assert all(digest_of_bytes(path.read_bytes()) == path.name for path in files)


def test_a_lost_blob_says_what_to_do(blobs: Blobs) -> None:
    digest = blobs.put(b"once")
    blobs.path(digest).unlink()
    with pytest.raises(StoreError, match=r"(?s)No such file.*journal.*run again"):
        blobs.get(digest)


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_file(tmp_path / "shared", b"for all", mode=0o666)
        write_atomically(tmp_path / "rows", b"the city's")
    finally:
        os.umask(before)
    assert (tmp_path / "shared").stat().st_mode & 0o777 == mode
    assert (tmp_path / "rows").stat().st_mode & 0o777 == 0o600


def test_a_file_is_taken_as_it_is(blobs: Blobs, tmp_path: Path) -> None:
    digests = []
    for name in ("one", "again"):
        (tmp_path / name).write_bytes(b"content")
        (tmp_path / name).chmod(0o644)
        digests.append(blobs.take(tmp_path / name))
        assert not (tmp_path / name).exists()
    assert digests == [blobs.put(b"content")] * 2
    assert blobs.get(digests[0]) == b"content"
    assert blobs.path(digests[0]).stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_taken_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "blobs").write_bytes(b"in the way")
    with pytest.raises(StoreError, match="cannot be written"):
        Blobs(tmp_path / "blobs").take(tmp_path / "file")
