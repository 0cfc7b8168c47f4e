from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.base64 import base64_bytes
from civic_ai.core.errors import ConfigError
from civic_ai.review.ledger_export import export, read_export, write_export
from civic_ai.review.merkle import leaf_hash
from tests.unit.review.made_ledger import found, history


def test_the_files_hold_all_that_is_needed(tmp_path: Path) -> None:
    exported = history(tmp_path, 12)
    write_export(exported, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "checkpoint.txt",
        "entries.txt",
        "leaves.txt",
        "witnessed.txt",
    ]
    assert read_export(tmp_path / "out") == exported
    lines = exported.entries.splitlines()
    assert len(lines) == 12
    assert [base64_bytes(one) for one in exported.leaves.decode().splitlines()] == [
        leaf_hash(x) for x in lines
    ]


def test_without_a_witness_one_file_is_missing(tmp_path: Path) -> None:
    exported = export(found(tmp_path).snapshot())
    write_export(exported, tmp_path / "out")
    assert not (tmp_path / "out" / "witnessed.txt").exists()
    assert read_export(tmp_path / "out") == exported


def test_a_folder_without_a_ledger_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no exported ledger"):
        read_export(tmp_path)
