from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from civic_ai.store.scratch import scratch_prefix, sweep


def made_by_a_killed_run(folder: Path) -> Path:
    """What a process leaves that ends without a word."""
    code = (
        "import os, sys; from civic_ai.store.scratch import scratch_prefix\n"
        "name = scratch_prefix('reading') + 'abc'; os.mkdir(os.path.join(sys.argv[1], name))\n"
        "open(os.path.join(sys.argv[1], name, 'tables.duckdb'), 'w').close(); print(name, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    made = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False
    )
    assert made.returncode == -9
    return folder / made.stdout.strip()


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    left = made_by_a_killed_run(tmp_path)
    assert left.is_dir()
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_used_stays(tmp_path: Path) -> None:
    """This process is alive, and so is the first of all, which belongs to somebody else."""
    mine = scratch_prefix("sealing")
    names = [f"{mine}abc", f"{mine.replace(str(os.getpid()), '1')}abc"]
    for name in names:
        (tmp_path / name).mkdir()
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize("name", ["ab", "d0a5be8007ad", ".reading-abc", ".reading-00000000-4194304999-x"])
def test_what_is_no_scratch_folder_of_this_host_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    sweep(tmp_path)
    assert (tmp_path / name).is_dir()


def test_there_need_be_no_folder(tmp_path: Path) -> None:
    sweep(tmp_path / "nowhere")
