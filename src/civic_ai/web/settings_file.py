"""The file in which a city describes its desk: for ``civic-ai desk --settings`` and a server's workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.pilot.located import mistake_at, validate
from civic_ai.store.workspace import open_workspace
from civic_ai.store.yaml import Document, load_yaml
from civic_ai.web.settings import DeskSettings

VARIABLE = "CIVIC_AI_DESK"
_PATHS = ("home", "pilots", "log_key", "policy")
_ADDRESSES = ("ledger", "database")


def read_settings(file: Path) -> DeskSettings:
    """The desk that ``file`` (YAML or JSON) describes; its paths are below the folder in which it stands.

    Raises :class:`ConfigError` with every mistake, each at its line.
    """
    document = replace(load_yaml(file), part="")
    _refuse_passwords(document)
    found = validate(document, DeskSettings)
    beside = file.resolve().parent
    update: dict[str, object] = {
        name: beside / path for name in _PATHS if (path := getattr(found, name)) is not None
    }
    if found.sign_on is not None:
        secret = beside / found.sign_on.secret_file
        update["sign_on"] = found.sign_on.model_copy(update={"secret_file": secret})
    return found.model_copy(update=update)


def settings_of(environment: Mapping[str, str], file: Path | None = None) -> DeskSettings:
    """The desk of ``file``, else of the file that ``CIVIC_AI_DESK`` names, else the workspace's own."""
    named = file or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    return DeskSettings(home=open_workspace(environment).folder) if named is None else read_settings(named)


def _refuse_passwords(document: Document) -> None:
    """A file of settings is copied, mailed and kept in version control: no password stands in it."""
    said = document.value if isinstance(document.value, dict) else {}
    mistakes = [
        mistake_at(
            document,
            (name,),
            say("holds a password"),
            say("Take it out. Put it into a file that PGPASSFILE names; PostgreSQL's client reads it there."),
        )
        for name in _ADDRESSES
        if _has_password(said.get(name))
    ]
    if mistakes:
        raise ConfigError(mistakes)


def _has_password(address: object) -> bool:
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return parts.password is not None or "password" in parse_qs(parts.query)
