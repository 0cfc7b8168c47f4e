from __future__ import annotations

import os
from pathlib import Path

import pytest

from civic_ai.core.errors import StoreError
from civic_ai.data.engine import literal, number_of, open_memory, open_scratch, quoted, rows_of
from civic_ai.store.blobs import Blobs


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
