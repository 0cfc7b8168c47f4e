from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from civic_ai.core.errors import StoreError
from civic_ai.data.engine import literal, number_of, open_memory, open_scratch, quoted, rows_of
from civic_ai.store.blobs import Blobs
from civic_ai.store.scratch import scratch_prefix, sweep


def test_nothing_remains_of_the_scratch_folder(tmp_path: Path) -> None:
    with open_scratch(Blobs(tmp_path)) as (backend, folder):
        backend.con.execute("CREATE TABLE t AS SELECT range AS n FROM range(100000)")
        assert number_of(backend, "SELECT sum(n) FROM t") == 4999950000
        assert folder.parent == tmp_path
    assert os.listdir(tmp_path) == []


def test_an_error_of_the_work_passes_and_the_folder_goes(tmp_path: Path) -> None:
    with pytest.raises(KeyError), open_scratch(Blobs(tmp_path)):
        raise KeyError("x")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError), open_scratch(Blobs(tmp_path / "file" / "blobs")):
        pass


@pytest.mark.parametrize("name", ['a "b"', "it's", "#row", "select"])
def test_any_name_and_any_text_can_be_said_in_sql(name: str) -> None:
    backend = open_memory()
    backend.con.execute(f"CREATE TABLE t AS SELECT {literal(name)} AS {quoted(name)}")
    assert rows_of(backend, f"SELECT {quoted(name)} FROM t") == [(name,)]


def test_no_extension_is_fetched_from_a_network() -> None:
    settings = ("autoinstall_known_extensions", "autoload_known_extensions")
    shown = [rows_of(open_memory(), f"SELECT current_setting('{name}')")[0][0] for name in settings]
    assert shown == [False, False]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (duckdb.TransactionException, 'Failed to commit: file "tables.duckdb.wal": No space left on device'),
        (duckdb.FatalException, "database has been invalidated: No space left on device"),
        (duckdb.IOException, "could not write"),
        (duckdb.OutOfMemoryException, "failed to pin block"),
    ],
)
def test_a_full_disk_is_said_whatever_class_it_comes_as(
    tmp_path: Path, kind: type[duckdb.Error], text: str
) -> None:
    with pytest.raises(StoreError, match="no room for the tables") as told, open_scratch(Blobs(tmp_path)):
        raise kind(text)
    assert str(tmp_path) in str(told.value)
    assert os.listdir(tmp_path) == []


def test_another_error_of_the_engine_is_not_called_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(duckdb.ParserException), open_scratch(Blobs(tmp_path)) as (backend, _):
        backend.con.execute("SELEC 1")


def test_the_scratch_folder_is_named_by_its_process(tmp_path: Path) -> None:
    with open_scratch(Blobs(tmp_path)) as (_, folder):
        assert folder.name.startswith(scratch_prefix("reading"))
        sweep(tmp_path)
        assert folder.is_dir()
