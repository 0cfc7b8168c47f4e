"""The process that opens models apart: ``python -m civic_ai.deployment.apart_child LIMITS``.

It reads the libraries once, then forks for each line of standard input. A fork sets its own limits, opens one
bundle, scores the rows that came with it, and writes one JSON line into a pipe; here it is waited for by the
clock. Core files are not written.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from civic_ai.deployment.loader import BundleFiles
from civic_ai.models.bundle import open_bundle


def main(limits: str) -> None:
    """Answer every line of standard input with one line on standard output."""
    told = json.loads(limits)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _tell(answers, {"ready": True})
    for line in sys.stdin.buffer:
        _tell(answers, _answer(line, told))


def _tell(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def _answer(line: bytes, limits: dict[str, Any]) -> dict[str, Any]:
    """What a fork says of one model, or how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(line, writing, limits)
    os.close(writing)
    try:
        said = _read(reading, time.monotonic() + float(limits["wall_seconds"]))
    finally:
        os.close(reading)
    if said is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if said is None:
        return {"late": limits["wall_seconds"]}
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    try:
        return dict(json.loads(said))
    except ValueError:
        return {"refused": f"exit code {os.waitstatus_to_exitcode(status)}"}


def _read(descriptor: int, deadline: float) -> bytes | None:
    """All that the fork writes until it ends; None where the time is up."""
    said = b""
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([descriptor], [], [], left)
        if ready:
            chunk = os.read(descriptor, 1 << 20)
            if not chunk:
                return said
            said += chunk
    return None


def _work(line: bytes, writing: int, limits: dict[str, Any]) -> None:
    """In the fork: set the limits, score, write, end. Never returns."""
    code = 1
    try:
        _limit(limits)
        answer = json.dumps({"scores": _scores(json.loads(line))}).encode()
        code = 0
    except BaseException as error:
        answer = json.dumps({"refused": f"{type(error).__name__}: {error}"[:300]}).encode()
    try:
        while answer:
            answer = answer[os.write(writing, answer) :]
    finally:
        os._exit(code)


def _limit(limits: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _scores(asked: dict[str, Any]) -> list[float]:
    files = BundleFiles(Path(asked["bundle"]))
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in asked["columns"].items()}
    frame = pd.DataFrame(columns, index=range(asked["rows"]))
    return [float(score) for score in open_bundle(files.digest, files).score(frame)]


if __name__ == "__main__":
    main(*sys.argv[1:])
