"""Which tracking store: a SQLite file in the workspace, or what ``MLFLOW_TRACKING_URI`` names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from civic_ai.store.workspace import Workspace

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True)
class Target:
    """A tracking store. ``database`` is the workspace's own SQLite file, None for any other store.

    ``artifacts`` is where a new experiment keeps its files; None leaves that to the store.
    """

    uri: str
    database: Path | None = None
    artifacts: str | None = None

    @property
    def name(self) -> str:
        """How the store is called in messages and receipts: its address without credentials."""
        return without_credentials(self.uri)

    @property
    def is_new(self) -> bool:
        """Whether the workspace's own file has yet to be made."""
        return self.database is not None and not self.database.exists()


def choose_target(workspace: Workspace, environment: Mapping[str, str]) -> Target:
    """The store that ``MLFLOW_TRACKING_URI`` names, else the workspace's own SQLite file."""
    root = workspace.folder.resolve()
    artifacts = (root / "mlartifacts").as_uri()
    uri = environment.get("MLFLOW_TRACKING_URI", "").strip()
    if uri:
        return Target(uri, artifacts=None if is_server(uri) else artifacts)
    database = root / "mlflow.db"
    return Target(f"sqlite:///{database}", database, artifacts)


def is_server(uri: str) -> bool:
    """Whether a network stands between: only then can the store be away."""
    return not uri.startswith(("sqlite:", "file:"))


def without_credentials(text: str) -> str:
    """``text`` with ``user:password@`` taken out of every address in it."""
    return _CREDENTIALS.sub("", text)
