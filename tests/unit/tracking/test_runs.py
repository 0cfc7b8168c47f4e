"""Sending: complete, once, and the same however often it was broken off."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient

from civic_ai.store.workspace import Workspace
from civic_ai.tracking.log import DossierLog
from civic_ai.tracking.runs import Sender, experiment_of

from .city import METRICS, SECRET_ROW, describe, seal_city, value_of
from .mirrored import shown

Send = Callable[[Any], str]


class Died(Exception):
    """The connection is gone."""


class MortalClient:
    """A client whose connection dies at request ``lives``: ``before`` it was done, or after."""

    def __init__(self, client: MlflowClient, lives: int, before: bool) -> None:
        self._client, self._lives, self._before = client, lives, before

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def request(*values: Any, **named: Any) -> Any:
            self._lives -= 1
            if self._lives < 0 and self._before:
                raise Died
            answer = method(*values, **named)
            if self._lives < 0:
                raise Died
            return answer

        return request


@pytest.fixture
def log(workspace: Workspace, dossier: Path) -> DossierLog:
    return describe(workspace, dossier)


@pytest.fixture
def send(workspace: Workspace, log: DossierLog, tmp_path: Path) -> Send:
    artifacts = (workspace.folder / "mlartifacts").as_uri()

    def once(client: Any) -> str:
        experiment_id = experiment_of(client, log.pilot, artifacts)
        return Sender(client, experiment_id, log).send(workspace.blobs, tmp_path / "staging")

    return once


def test_parent_and_children_are_all_there_and_finished(
    local_store: str, send: Send, log: DossierLog
) -> None:
    send(MlflowClient(local_store))
    runs = shown(local_store)["runs"]
    assert len(runs) == 1 + len(log.children)
    assert {run["status"] for run in runs} == {"FINISHED"}
    assert sorted(str(run["parent"]) for run in runs) == sorted(["None"] + [log.digest] * len(log.children))


def test_runs_say_what_the_log_says(local_store: str, send: Send, log: DossierLog) -> None:
    send(MlflowClient(local_store))
    by_name = {run["name"]: run for run in shown(local_store)["runs"]}
    for wanted in (log.parent, *log.children):
        run = by_name[wanted.name]
        assert run["metrics"] == sorted((m.name, m.step, m.value) for m in wanted.measures)
        assert dict(run["params"]) == wanted.params
        assert wanted.tags.items() <= dict(run["tags"]).items()
        assert [name for name, *_ in run["datasets"]] == sorted(use.name for use in wanted.datasets)
    assert by_name[log.parent.name]["files"] == sorted(f"dossier/{name}" for name in log.files)


def test_search_runs_shows_parent_children_metrics_datasets_and_tags(
    default_store: str, send: Send, log: DossierLog
) -> None:
    parent = send(MlflowClient(default_store))
    found = mlflow.search_runs(
        experiment_names=["civic-ai/test-city"], filter_string=f"tags.`mlflow.parentRunId` = '{parent}'"
    )
    assert len(found) == len(log.children)
    best = found[found["tags.mlflow.runName"] == "lightgbm / split 2"].iloc[0]
    for metric in METRICS:
        assert best[f"metrics.{metric}"] == value_of("lightgbm", "2", metric)
    assert best["tags.civic_ai.dossier"] == log.digest
    by_panel = mlflow.search_runs(
        experiment_names=["civic-ai/test-city"], filter_string=f"dataset.digest = '{'3' * 36}'"
    )
    assert len(by_panel) == len(log.children) + 1


@pytest.mark.parametrize("before", [True, False], ids=["before the request", "after it, answer lost"])
def test_dying_at_any_request_and_sending_again_leaves_the_same_runs(
    workspace: Workspace, log: DossierLog, template_database: Path, tmp_path: Path, before: bool
) -> None:
    small = replace(log, children=log.children[:2])

    def send(client: Any) -> None:
        Sender(client, experiment_of(client, small.pilot, (tmp_path / "artifacts").as_uri()), small).send(
            workspace.blobs, tmp_path / "staging"
        )

    def fresh(name: str) -> str:
        shutil.copy(template_database, tmp_path / name)
        return f"sqlite:///{tmp_path / name}"

    undisturbed = fresh("undisturbed.db")
    send(MlflowClient(undisturbed))
    wanted = shown(undisturbed)
    assert len(wanted["runs"]) == 3
    deaths = 0
    for lives in count():
        store = fresh(f"{lives}.db")
        try:
            send(MortalClient(MlflowClient(store), lives, before))
            break
        except Died:
            deaths += 1
        send(MlflowClient(store))
        assert shown(store) == wanted
    assert deaths >= 14


def test_sending_again_changes_nothing(local_store: str, send: Send) -> None:
    first = send(MlflowClient(local_store))
    before = shown(local_store)
    requests: list[str] = []

    class Watched(MortalClient):
        def __getattr__(self, name: str) -> Callable[..., Any]:
            requests.append(name)
            return super().__getattr__(name)

    assert send(Watched(MlflowClient(local_store), 10**6, False)) == first
    assert set(requests) == {"get_experiment_by_name", "search_runs"}
    assert shown(local_store) == before


def test_doubles_are_removed_and_a_finished_one_is_kept(
    local_store: str, send: Send, log: DossierLog
) -> None:
    client = MlflowClient(local_store)
    parent = send(client)
    before = shown(local_store)
    experiment = client.get_experiment_by_name("civic-ai/test-city")
    for double in (log.parent, log.children[0]):
        client.create_run(experiment.experiment_id, start_time=1, run_name=double.name, tags=double.tags)
    assert len(shown(local_store)["runs"]) == len(before["runs"]) + 2
    assert send(client) == parent
    assert shown(local_store) == before


def test_a_child_whose_parent_was_removed_gets_the_new_one(local_store: str, send: Send) -> None:
    client = MlflowClient(local_store)
    removed = send(client)
    before = shown(local_store)
    client.delete_run(removed)
    assert send(client) != removed
    assert shown(local_store) == before


def test_an_experiment_that_was_deleted_is_brought_back(local_store: str, send: Send) -> None:
    client = MlflowClient(local_store)
    send(client)
    before = shown(local_store)
    client.delete_experiment(client.get_experiment_by_name("civic-ai/test-city").experiment_id)
    send(client)
    assert shown(local_store) == before


def test_two_dossiers_of_one_pilot_stand_side_by_side(
    local_store: str, send: Send, workspace: Workspace, tmp_path: Path
) -> None:
    client = MlflowClient(local_store)
    send(client)
    once = len(shown(local_store)["runs"])
    other = describe(workspace, seal_city(workspace, pilot="test-city", champion="recent_count"))
    experiment_id = experiment_of(client, other.pilot, None)
    Sender(client, experiment_id, other).send(workspace.blobs, tmp_path / "staging")
    assert len(shown(local_store)["runs"]) == 2 * once


def test_more_metrics_than_one_request_takes(
    local_store: str, send: Send, log: DossierLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civic_ai.tracking.runs._MOST_METRICS", 3)
    send(MlflowClient(local_store))
    by_name = {run["name"]: run for run in shown(local_store)["runs"]}
    assert len(by_name[log.parent.name]["metrics"]) == len(log.parent.measures) > 3


def test_no_row_and_no_file_of_the_board_is_sent(local_store: str, send: Send, workspace: Workspace) -> None:
    send(MlflowClient(local_store))
    sent = [path for path in (workspace.folder / "mlartifacts").rglob("*") if path.is_file()]
    assert sent
    everything = [path.read_bytes() for path in sent] + [(workspace.folder / "mlflow.db").read_bytes()]
    assert not any(SECRET_ROW.encode() in content for content in everything)
