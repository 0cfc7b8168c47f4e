"""Folders that live while something is made: named by the process that made them, swept when it is gone."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from civic_ai.core.canonical import digest_of_bytes

_NAME = re.compile(r"\.[a-z]+-(?P<host>[0-9a-f]{8})-(?P<process>\d+)-.+")


def scratch_prefix(kind: str) -> str:
    """How the name of a scratch folder of this process begins: kind, host (as a digest), process."""
    return f".{kind}-{_host()}-{os.getpid()}-"


def sweep(folder: Path) -> None:
    """Remove the scratch folders in ``folder`` whose process ended, which it did by being killed.

    Folders of other hosts stay: nobody here can tell whether they are still used.
    """
    for path in folder.glob(".*"):
        name = _NAME.fullmatch(path.name)
        if name and name["host"] == _host() and not _is_alive(int(name["process"])):
            shutil.rmtree(path, ignore_errors=True)


def _host() -> str:
    return digest_of_bytes(os.uname().nodename.encode())[:8]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it is somebody else's
        return True
    return True
