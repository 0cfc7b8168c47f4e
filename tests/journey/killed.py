"""Runs a pilot in a child process that kills itself at a chosen moment.

A nursery, a fresh Python that only imports, forks one child for each run: a kill then costs the work
of a run and not the start of Python, and no child inherits the threads of the tests. A moment is the
n-th of: a stage that begins or ends, a file that is about to be renamed into place or just was, or so
many milliseconds into the run.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import civic_ai
from civic_ai.core.code import code_digest
from civic_ai.journey import JOURNEY
from civic_ai.runner import run
from tests.journey.tiny import quick

LIBRARIES = ("altair", "ibis.backends.duckdb", "pandera.ibis", "pyarrow.parquet", "vl_convert", "jsonschema")
"""What a run imports when it needs it."""
DESK = "civic_ai.web"
"""What no run imports, and what Django asks settings for."""
Kind = Literal["stage", "before_rename", "after_rename", "milliseconds"]


@dataclass(frozen=True)
class Moment:
    """When to kill: the ``number``-th of a kind."""

    kind: Kind
    number: int


@dataclass
class Killer:
    """Counts moments and kills its own process at the chosen one; tells where it was through a pipe."""

    moment: Moment
    told: int
    stage: str = "start"
    counts: dict[str, int] = field(default_factory=dict)

    def started(self, stage: str, expected_seconds: float | None) -> None:
        """A stage begins."""
        self.stage = stage
        self.reach("stage")

    def finished(self, stage: str, seconds: float, skipped: bool) -> None:
        """A stage ended."""
        self.reach("stage")

    def reach(self, kind: str) -> None:
        """Another moment of this kind."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind == self.moment.kind and self.counts[kind] == self.moment.number:
            self.kill()

    def kill(self) -> None:
        """The end, without any clean-up."""
        os.write(self.told, f"{self.stage}:{self.moment.kind}".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def run_and_kill(pilot: Path, workspace: Path, moment: Moment) -> str:
    """Where the run was when it was killed (``models:before_rename``), or ``done`` if it got to the end."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(pilot, workspace, Killer(moment, writing))
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as told:
        where = told.read().decode()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return where
    assert os.waitstatus_to_exitcode(status) == 0, f"the run failed at {moment}: {where}"
    return "done"


def _child(pilot: Path, workspace: Path, killer: Killer) -> None:
    """Never returns."""
    try:
        _watch_renames(killer)
        if killer.moment.kind == "milliseconds":
            threading.Timer(killer.moment.number / 1000, killer.kill).start()
        run(pilot, quick(workspace, killer))
    except BaseException as error:
        os.write(killer.told, repr(error).encode())
        os._exit(1)
    os._exit(0)


def _watch_renames(killer: Killer) -> None:
    for name in ("replace", "rename"):
        original = getattr(os, name)

        def watched(*arguments: object, original: object = original) -> None:
            killer.reach("before_rename")
            original(*arguments)
            killer.reach("after_rename")

        setattr(os, name, watched)


class Nursery:
    """The fresh Python that forks the runs; use it as a context."""

    def __enter__(self) -> Nursery:
        command = [sys.executable, "-m", "tests.journey.killed"]
        root = Path(__file__).resolve().parents[2]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def run(self, pilot: Path, workspace: Path, moment: Moment) -> str:
        """Where the run was when it was killed (``models:before_rename``), or ``done``."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {"pilot": str(pilot), "workspace": str(workspace), "moment": asdict(moment)}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


def main() -> None:
    """Fork one run for each line on standard input; say on standard output where it ended."""
    for module in pkgutil.walk_packages(civic_ai.__path__, "civic_ai."):
        if not module.name.endswith("__main__") and not module.name.startswith(DESK):
            importlib.import_module(module.name)
    for library in LIBRARIES:
        importlib.import_module(library)
    for package in (stage.package for stage in JOURNEY):
        code_digest(package)
    code_digest()
    for line in sys.stdin:
        asked = json.loads(line)
        where = run_and_kill(Path(asked["pilot"]), Path(asked["workspace"]), Moment(**asked["moment"]))
        print(where, flush=True)


if __name__ == "__main__":
    main()
