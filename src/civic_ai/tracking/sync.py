"""Sends waiting dossiers to MLflow within a deadline, so that no run ever hangs on a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from civic_ai.core.messages import Message, say
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.outbox import alias_moves, is_moved, waiting
from civic_ai.tracking.target import Target, choose_target, is_server

LOCAL_SECONDS = 300
"""A SQLite file is not waited for, only written: the deadline of a server would cut off its making."""

START_SECONDS = 120
"""Loading MLflow takes seconds, on a busy machine many; that is work, not waiting."""

LATE = 75
"""How the mirror says that its time was up."""

_CALM = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",  # a `create` that is sent twice makes two runs
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


@dataclass(frozen=True)
class SyncReport:
    """What MLflow has had now and what is waiting (digests of dossiers and of moves of aliases), and why.

    ``noticed``: what somebody else changed in the registry. It changes nothing of what may be used.
    """

    store: str
    sent: tuple[str, ...]
    pending: tuple[str, ...]
    reasons: tuple[Message, ...]
    seconds: float
    noticed: tuple[Message, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is waiting."""
        return not self.pending


def sync(workspace: Workspace, *, wait_seconds: float) -> SyncReport:
    """Send every waiting dossier to the tracking store; at most ``wait_seconds`` for a server.

    Nothing is sent twice. What could not be sent stays in the outbox; the report says why. MLflow
    works in a process of its own, which ends at the deadline: its client can hang for minutes.
    """
    target = choose_target(workspace, os.environ)
    before = _digests(workspace, target)
    if not before and not alias_moves(workspace):
        return SyncReport(target.name, (), (), (), 0.0)
    start = time.monotonic()
    deadline = wait_seconds if is_server(target.uri) else max(wait_seconds, LOCAL_SECONDS)
    reasons, noticed = _mirror(workspace, target, deadline)
    pending = _digests(workspace, target)
    return SyncReport(
        store=target.name,
        sent=tuple(digest for digest in before if digest not in pending),
        pending=pending,
        reasons=reasons if pending else (),
        seconds=time.monotonic() - start,
        noticed=noticed,
    )


def _digests(workspace: Workspace, target: Target) -> tuple[str, ...]:
    moves = (move for move in alias_moves(workspace) if not is_moved(workspace, move, target))
    return (*(entry.digest for entry in waiting(workspace, target)), *(move.digest for move in moves))


def _mirror(workspace: Workspace, target: Target, deadline: float) -> tuple[tuple[Message, ...], ...]:
    """Run the mirror in a child process; the reasons for what it could not send, and what it noticed."""
    workspace.outbox.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", "civic_ai.tracking.mirror", str(workspace.folder), str(deadline)]
    late = say("{store} was not done within {seconds:g} seconds", store=target.name, seconds=deadline)
    try:
        ended = subprocess.run(
            command,
            env=_environment(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS + deadline,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return (late,), ()
    lines = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    reasons = [_reason(target, line) for line in lines if "reason" in line]
    reasons += [late] if ended.returncode == LATE else _broken(ended)
    return tuple(reasons), tuple(_noticed(line) for line in lines if "pilot" in line)


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, **_CALM}


def _noticed(line: dict[str, str]) -> Message:
    if "strayed" in line:
        return say(
            "{pilot}: the alias {alias} was not where the decision put it; it was put back",
            pilot=line["pilot"], alias=line["strayed"],
        )  # fmt: skip
    return say(
        "{pilot}: the stored copy of version {version} was altered; it is never used, but find out by whom",
        pilot=line["pilot"], version=line["altered"],
    )  # fmt: skip


def _broken(ended: subprocess.CompletedProcess[str]) -> Iterator[Message]:
    if ended.returncode:
        yield say("the mirror to MLflow ended with code {code}", code=ended.returncode)


def _reason(target: Target, line: dict[str, str]) -> Message:
    if "digest" in line:
        return say("dossier {digest}: {reason}", digest=line["digest"][:12], reason=line["reason"])
    return say("{store}: {reason}", store=target.name, reason=line["reason"])
