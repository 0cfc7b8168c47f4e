"""The registry on PostgreSQL, and with MLflow's auth app: people read, the service account moves aliases."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from civic_ai.records.alias import AliasMove
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.outbox import post, post_aliases
from civic_ai.tracking.registry import aliases, find_version, model_name
from civic_ai.tracking.sync import sync
from tests.laws.conftest import postgres  # noqa: F401
from tests.unit.explanation.judged import judge
from tests.unit.tracking.city import seal_city
from tests.unit.tracking.conftest import (  # noqa: F401  fixtures of the real server's tests
    Server,
    _nothing_from_outside,
    free_port,
    template_database,
    workspace,
)

NAME = model_name("test-city")


def seal_and_approve(workspace: Workspace) -> str:
    """One sealed model, sent and approved; its dossier."""
    judged = judge(workspace.blobs, "lightgbm", kind="count")
    folder = seal_city(workspace, pilot="test-city", champion="lightgbm", bundle=judged.evaluation.bundle)
    digest = post(workspace, folder)
    post_aliases(workspace, AliasMove(pilot="test-city", number=3, approved=digest, retired=None))
    report = sync(workspace, wait_seconds=200)
    assert (report.is_done, report.noticed) == (True, ()), report.reasons
    return digest


@pytest.fixture
def on_postgres(postgres: str, tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path, free_port(), backend=postgres)
    made.start()
    yield made
    made.kill()


def test_on_postgresql(on_postgres: Server, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", on_postgres.uri)
    digest = seal_and_approve(workspace)
    client = MlflowClient(on_postgres.uri)
    version = find_version(client, "test-city", digest)
    assert version is not None
    assert aliases(client, NAME) == {"approved": version.version, "candidate": version.version}
    client.delete_registered_model_alias(NAME, "approved")
    assert len(sync(workspace, wait_seconds=200).noticed) == 1
    assert aliases(client, NAME)["approved"] == version.version


SERVICE, PERSON = "civic-sync", "resident-coach"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Server]:
    """A server with the auth app; its admin is the service account."""
    pytest.importorskip("flask_wtf", reason="mlflow's auth app is not installed (mlflow[auth])")
    settings = tmp_path / "auth.ini"
    settings.write_text(
        "[mlflow]\ndefault_permission = READ\n"
        f"database_uri = sqlite:///{tmp_path / 'auth.db'}\nadmin_username = {SERVICE}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    password = secrets.token_hex(12)
    variables = {
        "MLFLOW_AUTH_CONFIG_PATH": str(settings),
        "MLFLOW_AUTH_ADMIN_PASSWORD": password,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets.token_hex(16),
    }
    made = Server(tmp_path, free_port(), more=(("--app-name", "basic-auth"), variables))
    made.start()
    yield made
    made.kill()


def test_people_read_and_only_the_service_account_moves_aliases(
    guarded: Server, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow.server import get_app_client

    monkeypatch.setenv("MLFLOW_TRACKING_URI", guarded.uri)
    become(monkeypatch, SERVICE, guarded.more[1]["MLFLOW_AUTH_ADMIN_PASSWORD"])
    digest = seal_and_approve(workspace)
    password = secrets.token_hex(12)
    get_app_client("basic-auth", tracking_uri=guarded.uri).create_user(PERSON, password)
    become(monkeypatch, PERSON, password)
    client = MlflowClient(guarded.uri)
    version = find_version(client, "test-city", digest)
    assert version is not None
    assert aliases(client, NAME)["approved"] == version.version
    forbidden: list[Callable[[], object]] = [
        lambda: client.set_registered_model_alias(NAME, "approved", version.version),
        lambda: client.delete_registered_model_alias(NAME, "approved"),
        lambda: client.set_model_version_tag(NAME, version.version, "civic_ai.dossier", "x"),
        lambda: client.delete_registered_model(NAME),
    ]
    for act in forbidden:
        with pytest.raises(MlflowException, match=r"(?i)permission|403"):
            act()
    become(monkeypatch, PERSON, "wrong")
    with pytest.raises(MlflowException, match=r"(?i)authenticated|401"):
        aliases(client, NAME)
    become(monkeypatch, SERVICE, guarded.more[1]["MLFLOW_AUTH_ADMIN_PASSWORD"])
    assert aliases(client, NAME) == {"approved": version.version, "candidate": version.version}


def become(monkeypatch: pytest.MonkeyPatch, user: str, password: str) -> None:
    """Whom MLflow's client says it is, here and in the mirror's process."""
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", user)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", password)
