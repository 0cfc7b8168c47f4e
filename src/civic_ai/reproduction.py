"""Run a dossier's promise again, by somebody else or on another machine, and compare."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from civic_ai.cards.reproduction import compare_runs
from civic_ai.cards.verification import read_manifest, require_intact
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.core.messages import say
from civic_ai.pilot.load import load_pilot
from civic_ai.records.policy import Policy
from civic_ai.records.reproduction import Reproduction
from civic_ai.runner import Options, Stages
from civic_ai.store.workspace import Workspace, open_workspace
from civic_ai.tracking.sync import SyncReport


def reproduce(dossier: Path, pilot: str | Path, options: Options | None = None) -> Reproduction:
    """Run ``pilot`` from nothing by the dossier's own policy, and compare with the folder ``dossier``.

    Without a workspace in ``options`` the second run is thrown away; one that is named must be empty, since
    a stage that stands already would only be compared with itself. MLflow is told nothing. Raises
    :class:`RefusedError` where the dossier was altered or is another pilot's, and what
    :func:`civic_ai.run` raises.
    """
    require_intact(dossier)
    chosen = options or Options()
    _require_empty(chosen.workspace)
    with tempfile.TemporaryDirectory(prefix="civic-ai-reproduce-") as temporary:
        folder = chosen.workspace or Path(temporary)
        asked = replace(chosen, workspace=folder, mirror=not_mirrored)
        policy = Policy.from_json((dossier / "policy.json").read_bytes())
        again = _run(dossier, pilot, policy, asked)
        return compare_runs(dossier, again, policy.tolerances.reproduced_figure)


def _run(dossier: Path, pilot: str | Path, policy: Policy, options: Options) -> Path:
    loaded = load_pilot(pilot, options.environment)
    if read_manifest(dossier).pilot != loaded.spec.pilot:
        raise RefusedError.because(
            say("is no dossier of the pilot {pilot}", pilot=loaded.spec.pilot),
            about=str(dossier),
            remedy=say("Name the pilot that it was made of."),
        )
    workspace = open_workspace(options.environment, options.workspace)
    workspace.require_writable()
    with options.on_engines():
        return Stages(loaded, policy, workspace, options).to_the_end().dossier


def _require_empty(workspace: Path | None) -> None:
    if workspace is not None and workspace.exists() and any(workspace.iterdir()):
        raise ConfigError.because(
            say("is not empty, so the second run could take what another one made"),
            about=str(workspace),
            remedy=say("Name a new folder."),
        )


def not_mirrored(workspace: Workspace) -> SyncReport:
    """In the place of :func:`~civic_ai.runner.mirror_to_mlflow`: nothing is sent, nothing is waited for."""
    return SyncReport("none", (), (), (), 0.0)
