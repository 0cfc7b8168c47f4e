"""Which store, and that no password is ever shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.store.workspace import Workspace
from civic_ai.tracking.target import Target, choose_target, is_server, without_credentials

_WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789.-_%!$", min_size=1, max_size=12)


def test_without_a_variable_it_is_a_file_in_the_workspace(workspace: Workspace) -> None:
    target = choose_target(workspace, {})
    assert target.database == workspace.folder / "mlflow.db"
    assert target.uri == f"sqlite:///{target.database}"
    assert target.artifacts == (workspace.folder / "mlartifacts").as_uri()
    assert target.is_new
    assert not is_server(target.uri)


def test_the_variable_names_another_store(workspace: Workspace) -> None:
    target = choose_target(workspace, {"MLFLOW_TRACKING_URI": " https://mlflow.example.org "})
    assert target == Target("https://mlflow.example.org", database=None, artifacts=None)
    assert not target.is_new


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_variable_is_no_variable(workspace: Workspace, blank: str) -> None:
    assert choose_target(workspace, {"MLFLOW_TRACKING_URI": blank}).database is not None


@pytest.mark.parametrize(
    ("uri", "wanted"),
    [("http://h:5000", True), ("https://h", True), ("databricks", True), ("sqlite:////x/m.db", False)],
)
def test_only_what_a_network_stands_before_is_a_server(workspace: Workspace, uri: str, wanted: bool) -> None:
    """A server keeps files itself; a database beside us gets a place for them in the workspace."""
    assert is_server(uri) is wanted
    target = choose_target(workspace, {"MLFLOW_TRACKING_URI": uri})
    assert (target.artifacts is None) is wanted
    assert target.database is None


@given(user=_WORD, password=_WORD, host=_WORD)
def test_no_credentials_in_any_sentence(user: str, password: str, host: str) -> None:
    uri = f"https://{user}:{password}@{host}/path"
    assert Target(uri).name == f"https://{host}/path"
    sentence = f"no route to {uri} (via http://{user}:{password}@{host})"
    assert without_credentials(sentence) == f"no route to https://{host}/path (via http://{host})"
