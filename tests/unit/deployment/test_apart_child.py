"""The process that opens models: one line in, one line out, whatever becomes of its forks."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from .conftest import Sealed

LIMITS = {"memory_bytes": 4 * 1024**3, "cpu_seconds": 20, "wall_seconds": 60.0}


def answers(*asked: bytes) -> list[dict[str, Any]]:
    command = [sys.executable, "-P", "-m", "civic_ai.deployment.apart_child", json.dumps(LIMITS)]
    ended = subprocess.run(
        command, input=b"".join(line + b"\n" for line in asked), capture_output=True, check=True
    )
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_it_answers_each_line_in_turn(sealed: Sealed) -> None:
    from civic_ai.deployment.loader import open_approved

    names = open_approved(sealed.dossier / "bundle", sealed.binding).features
    bundle = str(sealed.dossier / "bundle")
    sound = {"bundle": bundle, "rows": 2, "columns": {name: [0.0, None] for name in names}}
    told = answers(b"no json", json.dumps(sound).encode(), b'{"bundle": "/nowhere"}')
    assert told[0] == {"ready": True}
    assert "JSONDecodeError" in told[1]["refused"]
    assert len(told[2]["scores"]) == 2
    assert "holds no model" in told[3]["refused"]
    assert len(told) == 4
