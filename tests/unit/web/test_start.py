"""The desk starts in a process of its own, without the modelling stack."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from civic_ai.review.keys import enrol
from civic_ai.review.ledger import found_ledger
from tests.unit.review.made_ledger import ANA, LOG, append, said, write_log_key

CHILD = """
import io, os, sys
from civic_ai.web.start import from_environment
application = from_environment()
said = []
body = application({"REQUEST_METHOD": "GET", "PATH_INFO": "/login/", "SERVER_NAME": "localhost",
    "SERVER_PORT": "8000", "HTTP_HOST": "localhost:8000", "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http"},
    lambda status, headers: said.append(status))
print(said[0], b"<h1>" in b"".join(body), *sorted({name.split(".")[0] for name in sys.modules}))
"""
HEAVY = {"pandas", "numpy", "scipy", "sklearn", "lightgbm", "shap", "mlflow", "fairlearn", "pyarrow"}


def founded(home: Path) -> Path:
    """A workspace with a log key and a ledger."""
    write_log_key(home)
    append(
        found_ledger(f"sqlite:///{home / 'ledger.sqlite'}", LOG),
        said(enrol(ANA.public_key, is_custodian=True), ANA),
    )
    return home


def test_a_worker_answers_and_loads_no_modelling_library(tmp_path: Path) -> None:
    environment = os.environ | {"CIVIC_AI_HOME": str(founded(tmp_path))}
    environment.pop("CIVIC_AI_DESK", None)
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.startswith("200 OK True ")
    assert HEAVY & set(done.stdout.split()) == set()
    kept = [path for path in tmp_path.iterdir() if ".sqlite" in path.name]
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept} == {
        path.name: 0o600 for path in kept
    }
    assert tmp_path / "desk.sqlite" in kept
