"""The child process that talks to MLflow: ``python -m civic_ai.tracking.mirror WORKSPACE SECONDS``.

It may be killed at any moment, and ends itself when SECONDS have passed. Each line that it prints is
a JSON object about one dossier, or about the store as a whole (no ``digest``): ``run_id`` when it was
sent, ``reason`` when it was not. A line with ``pilot`` says what somebody else changed in the registry: an
alias that ``strayed``, a version whose stored files were ``altered``.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout
from mlflow import MlflowClient

from civic_ai.core.errors import CivicError
from civic_ai.records.alias import AliasMove
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.log import describe_dossier
from civic_ai.tracking.log_sweep import describe_sweep
from civic_ai.tracking.outbox import Waiting, alias_moves, is_moved, mark_moved, mark_sent, waiting
from civic_ai.tracking.registry import find_version, is_altered, move_aliases, strayed_aliases
from civic_ai.tracking.runs import Sender, experiment_of
from civic_ai.tracking.sync import LATE
from civic_ai.tracking.target import Target, choose_target, without_credentials

_LONGEST_REASON = 300
_DESCRIBED = {"dossier": describe_dossier, "sweep": describe_sweep}
Tell = Callable[[dict[str, str]], None]


def mirror(workspace: Workspace, target: Target, tell: Tell) -> None:
    """Send every dossier that ``target`` has not had, one after the other.

    A dossier that cannot be read is told and left waiting; an error of MLflow ends it all.
    """
    entries = waiting(workspace, target)
    if target.database is not None and target.is_new:
        make_database(target.database)
    client = MlflowClient(target.uri)
    for entry in entries:
        try:
            run_id = _send(client, workspace, target, entry)
        except (CivicError, OSError) as error:
            tell({"digest": entry.digest, "reason": _reason(error)})
        else:
            mark_sent(workspace, entry.digest, target, run_id)
            tell({"digest": entry.digest, "run_id": run_id})
    for move in alias_moves(workspace):
        _carry_out(client, workspace, target, move, tell)


def _carry_out(
    client: MlflowClient, workspace: Workspace, target: Target, move: AliasMove, tell: Tell
) -> None:
    """Put a pilot's aliases where the last decision says; tell what somebody else had changed."""
    try:
        strayed = tuple(strayed_aliases(client, move))
        if is_moved(workspace, move, target):
            for alias in strayed:
                tell({"pilot": move.pilot, "strayed": alias})
        if strayed:
            move_aliases(client, move)
    except LookupError as error:
        tell({"digest": move.digest, "reason": f"no model is registered for dossier {str(error)[1:13]}"})
        return
    mark_moved(workspace, move, target)
    approved = None if move.approved is None else find_version(client, move.pilot, move.approved)
    if approved is not None and is_altered(client, approved):
        tell({"pilot": move.pilot, "altered": str(approved.version)})


def make_database(database: Path) -> None:
    """Make a new SQLite store beside its place and rename it: half a schema is never seen."""
    fresh = database.with_name(f".new-{database.name}")
    for left_over in database.parent.glob(f"{fresh.name}*"):
        left_over.unlink()
    MlflowClient(f"sqlite:///{fresh}").search_experiments(max_results=1)
    os.replace(fresh, database)


def _send(client: MlflowClient, workspace: Workspace, target: Target, entry: Waiting) -> str:
    log = _DESCRIBED[entry.kind](entry.digest, entry.folder, workspace.blobs)
    experiment_id = experiment_of(client, log.pilot, target.artifacts)
    return Sender(client, experiment_id, log).send(workspace.blobs, workspace.outbox / "sending")


def _reason(error: BaseException) -> str:
    """The first line of an error, without credentials."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return without_credentials(lines[0])[:_LONGEST_REASON]


def _tell(line: dict[str, str]) -> None:
    print(json.dumps(line), flush=True)


def mirror_alone(workspace: Workspace, target: Target, patience_seconds: float, tell: Tell) -> None:
    """:func:`mirror`, unless another process is at it for longer than ``patience_seconds``; what went
    wrong is told, not raised."""
    try:
        with FileLock(workspace.outbox / ".lock", timeout=patience_seconds):
            mirror(workspace, target, tell)
    except Timeout:
        tell({"reason": "another sync is at work"})
    except Exception as error:
        tell({"reason": _reason(error)})


def main(folder: str, seconds: str) -> None:
    """Mirror the workspace in ``folder``, for at most ``seconds`` after the libraries are loaded.

    A thread keeps the time, because MLflow's client can hang in a request for minutes.
    """
    watch = threading.Timer(float(seconds), os._exit, (LATE,))
    watch.daemon = True
    watch.start()
    workspace = Workspace(Path(folder))
    mirror_alone(workspace, choose_target(workspace, os.environ), float(seconds) / 2, _tell)
    watch.cancel()


if __name__ == "__main__":
    main(*sys.argv[1:])
