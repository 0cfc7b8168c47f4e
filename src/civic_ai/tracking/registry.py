"""Model versions in MLflow's registry: registered when sealed, their aliases moved by decisions alone.

An alias is a sign for scientists. Nothing that loads a model for use asks for it (``deployment.approval``).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from civic_ai.records.alias import AliasMove

CANDIDATE, APPROVED, RETIRED = "candidate", "approved", "retired"
_ABSENT = "RESOURCE_DOES_NOT_EXIST"
_DOSSIER, _COPY, _FILES = "civic_ai.dossier", "civic_ai.copy", "civic_ai.copy_files"


@dataclass(frozen=True)
class Registered:
    """A sealed model to be registered: whose, from which run and copy, and what its tags say.

    ``copy``: the id of the model that MLflow keeps; None where MLflow has no form for it.
    """

    pilot: str
    dossier: str
    run_id: str
    source: str
    copy: str | None
    tags: dict[str, str]


def model_name(pilot: str) -> str:
    """How a pilot's models are called in the registry."""
    return f"civic-ai.{pilot}"


def register_version(client: MlflowClient, model: Registered) -> ModelVersion:
    """The one version of the dossier: found or made; ``candidate`` moves to it if it is the newest."""
    name = model_name(model.pilot)
    _make_model(client, name)
    version = find_version(client, model.pilot, model.dossier)
    if version is None:
        kept = {_COPY: model.copy or "none", _FILES: copy_digest(client, model.copy or "none")}
        tags = {**model.tags, _DOSSIER: model.dossier, **kept}
        version = client.create_model_version(
            name, model.source, run_id=model.run_id, tags=tags, model_id=model.copy
        )
    newest = max(int(each.version) for each in _versions(client, name))
    if int(version.version) == newest and aliases(client, name).get(CANDIDATE) != str(version.version):
        client.set_registered_model_alias(name, CANDIDATE, version.version)
    return version


def find_version(client: MlflowClient, pilot: str, dossier: str) -> ModelVersion | None:
    """The oldest version that was registered for a dossier."""
    found = [each for each in _versions(client, model_name(pilot)) if each.tags.get(_DOSSIER) == dossier]
    return min(found, key=lambda each: int(each.version), default=None)


def move_aliases(client: MlflowClient, move: AliasMove) -> None:
    """Put ``approved`` and ``retired`` where the decision says, and take them from where it does not.

    Raises :class:`LookupError` where a dossier has no version here yet.
    """
    name = model_name(move.pilot)
    for alias, wanted in _wanted(client, move).items():
        found = aliases(client, name).get(alias)
        if wanted is not None and wanted != found:
            client.set_registered_model_alias(name, alias, wanted)
        elif wanted is None and found is not None:
            client.delete_registered_model_alias(name, alias)


def strayed_aliases(client: MlflowClient, move: AliasMove) -> Iterator[str]:
    """Each of the two aliases that does not stand where the last decision put it."""
    found = aliases(client, model_name(move.pilot))
    yield from (alias for alias, wanted in _wanted(client, move).items() if found.get(alias) != wanted)


def is_altered(client: MlflowClient, version: ModelVersion) -> bool:
    """Whether the files of the stored copy are not those that were registered."""
    return bool(copy_digest(client, version.tags.get(_COPY, "none")) != version.tags.get(_FILES))


def copy_digest(client: MlflowClient, copy: str) -> str:
    """One digest over all files of a stored model, by path; ``none`` of none."""
    if copy == "none":
        return copy
    running = hashlib.sha256()
    model = client.get_logged_model(copy)
    with tempfile.TemporaryDirectory() as folder:
        from mlflow.artifacts import download_artifacts

        root = Path(download_artifacts(artifact_uri=model.artifact_location, dst_path=folder,
                                       tracking_uri=client.tracking_uri))  # fmt: skip
        for path in sorted(each for each in root.rglob("*") if each.is_file()):
            running.update(f"{path.relative_to(root).as_posix()}\0".encode())
            running.update(hashlib.sha256(path.read_bytes()).digest())
    return running.hexdigest()


def aliases(client: MlflowClient, name: str) -> dict[str, str]:
    """Alias and version of a registered model; none where it is not there."""
    try:
        found = client.get_registered_model(name).aliases
    except MlflowException as error:
        if error.error_code == _ABSENT:
            return {}
        raise
    return {alias: str(version) for alias, version in found.items()}


def _wanted(client: MlflowClient, move: AliasMove) -> dict[str, str | None]:
    return {
        APPROVED: _version_of(client, move.pilot, move.approved),
        RETIRED: _version_of(client, move.pilot, move.retired),
    }


def _version_of(client: MlflowClient, pilot: str, dossier: str | None) -> str | None:
    if dossier is None:
        return None
    version = find_version(client, pilot, dossier)
    if version is None:
        raise LookupError(dossier)
    return str(version.version)


def _make_model(client: MlflowClient, name: str) -> None:
    try:
        client.create_registered_model(name, tags={"civic_ai.sign": "an alias is a sign, never the gate"})
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _versions(client: MlflowClient, name: str) -> list[ModelVersion]:
    """All versions of a model, with their tags."""
    found: list[ModelVersion] = []
    page = client.search_model_versions(f"name = '{name}'")
    while True:
        found += page
        if not page.token:
            return found
        page = client.search_model_versions(f"name = '{name}'", page_token=page.token)
