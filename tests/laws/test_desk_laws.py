"""The desk works alike on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.postgres import new_database
from tests.unit.review.made_case import PEOPLE

ROOT = Path(__file__).resolve().parents[2]


def walked(folder: Path, ledger: str, database: str) -> dict[str, object]:
    """What a desk on these databases comes to."""
    file = folder / "desk.yaml"
    file.write_text(f"home: home\nledger: {ledger}\ndatabase: {database}\n", "utf-8")
    command = [sys.executable, "-m", "tests.laws.desk_walk", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


RIGHT = {
    "entered": 1,
    "state": "draft",
    "again": f"/cases/streets/entries/{len(PEOPLE)}/",
    "drafts": 1,
    "sessions": 1,
    "attempts": 1,
}


def test_a_step_is_signed_on_sqlite(tmp_path: Path) -> None:
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    urls = (f"sqlite:///{tmp_path}/ledger.sqlite", f"sqlite:///{tmp_path}/desk.sqlite")
    assert walked(tmp_path, *urls) == {"databases": ["sqlite", "sqlite"], **RIGHT}


def test_a_step_is_signed_on_postgresql_by_the_same_file(postgres: str, tmp_path: Path) -> None:
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    urls = (new_database(postgres, name).replace("+psycopg", "") for name in ("desk-ledger", "desk"))
    assert walked(tmp_path, *urls) == {"databases": ["postgresql", "postgresql"], **RIGHT}
