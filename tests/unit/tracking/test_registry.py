"""The registry against a real MLflow server: versions, aliases, and what somebody else changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient

from civic_ai.records.alias import AliasMove
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.outbox import post, post_aliases
from civic_ai.tracking.registry import (
    aliases,
    copy_digest,
    find_version,
    is_altered,
    model_name,
    move_aliases,
    strayed_aliases,
)
from civic_ai.tracking.sync import sync
from tests.unit.explanation.judged import judge

from .city import describe, seal_city
from .conftest import Server

NAME = model_name("test-city")


@dataclass(frozen=True)
class City:
    """Two dossiers of one pilot on a real server, the second the newer."""

    workspace: Workspace
    server: Server
    first: str
    second: str

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(self.server.uri)

    @property
    def aliases(self) -> dict[str, str]:
        return aliases(self.client, NAME)

    def decide(self, number: int, approved: str | None, retired: str | None = None) -> AliasMove:
        move = AliasMove(pilot="test-city", number=number, approved=approved, retired=retired)
        post_aliases(self.workspace, move)
        return move


@pytest.fixture
def city(workspace: Workspace, server: Server, monkeypatch: pytest.MonkeyPatch) -> City:
    server.start()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    digests = []
    for candidate in ("lightgbm", "poisson_glm"):
        judged = judge(workspace.blobs, candidate, kind="count")
        folder = seal_city(workspace, pilot="test-city", champion=candidate, bundle=judged.evaluation.bundle)
        digests.append(post(workspace, folder))
        report = sync(workspace, wait_seconds=120)
        assert report.is_done, report.reasons
        assert describe(workspace, folder).model is not None
    return City(workspace, server, *digests)


def test_the_whole_life_of_two_versions(city: City) -> None:
    """One server, for it takes seconds to start: sealing, deciding, retiring, and hands that interfere."""
    check_that_sealing_registers(city)
    check_that_only_a_decision_approves(city)
    check_that_an_alias_moved_by_hand_is_noticed_and_put_back(city)
    check_that_an_altered_digit_is_noticed(city)
    check_that_an_earlier_decision_does_not_come_back(city)
    check_that_a_retired_model_keeps_a_sign(city)
    check_that_a_decision_about_an_unknown_dossier_waits(city)


def check_that_sealing_registers(city: City) -> None:
    first, second = (find_version(city.client, "test-city", each) for each in (city.first, city.second))
    assert first is not None
    assert second is not None
    assert city.aliases == {"candidate": str(second.version)}
    assert first.tags["civic_ai.dossier"] == city.first
    assert {"civic_ai.bundle", "civic_ai.evidence", "civic_ai.candidate", "civic_ai.copy"} <= set(first.tags)
    for name in ("civic_ai.dossier", "civic_ai.bundle", "civic_ai.evidence", "civic_ai.copy_files"):
        assert len(first.tags[name]) == 64
        assert first.tags[name] != second.tags[name]


def check_that_only_a_decision_approves(city: City) -> None:
    assert "approved" not in city.aliases
    move = city.decide(7, city.first)
    report = sync(city.workspace, wait_seconds=120)
    assert report.sent == (move.digest,)
    assert (report.is_done, report.noticed) == (True, ())
    assert city.aliases == {"approved": "1", "candidate": "2"}
    again = sync(city.workspace, wait_seconds=120)
    assert (again.sent, again.noticed) == ((), ())


def check_that_an_alias_moved_by_hand_is_noticed_and_put_back(city: City) -> None:
    city.client.set_registered_model_alias(NAME, "approved", "2")
    city.client.set_registered_model_alias(NAME, "retired", "1")
    report = sync(city.workspace, wait_seconds=120)
    assert [str(each) for each in report.noticed] == [
        f"test-city: the alias {alias} was not where the decision put it; it was put back"
        for alias in ("approved", "retired")
    ]
    assert city.aliases == {"approved": "1", "candidate": "2"}
    city.client.delete_registered_model_alias(NAME, "approved")
    assert len(sync(city.workspace, wait_seconds=120).noticed) == 1
    assert city.aliases["approved"] == "1"


def check_that_an_altered_digit_is_noticed(city: City) -> None:
    version = find_version(city.client, "test-city", city.first)
    assert version is not None
    assert not is_altered(city.client, version)
    stored = list(Path(city.server.folder, "artifacts").rglob("model.lgb"))
    assert len(stored) == 1
    content = stored[0].read_bytes()
    place = content.index(b"leaf_value=") + len(b"leaf_value=") + 3
    digit = str((int(content[place : place + 1]) + 1) % 10).encode()
    stored[0].write_bytes(content[:place] + digit + content[place + 1 :])
    assert is_altered(city.client, version)
    report = sync(city.workspace, wait_seconds=120)
    assert [str(each) for each in report.noticed] == [
        "test-city: the stored copy of version 1 was altered; it is never used, but find out by whom"
    ]
    stored[0].write_bytes(content)
    assert copy_digest(city.client, version.tags["civic_ai.copy"]) == version.tags["civic_ai.copy_files"]
    assert sync(city.workspace, wait_seconds=120).noticed == ()


def check_that_an_earlier_decision_does_not_come_back(city: City) -> None:
    city.decide(6, city.second)
    assert sync(city.workspace, wait_seconds=120).sent == ()
    assert city.aliases["approved"] == "1"


def check_that_a_retired_model_keeps_a_sign(city: City) -> None:
    move = city.decide(9, city.second, city.first)
    assert set(strayed_aliases(city.client, move)) == {"approved", "retired"}
    sync(city.workspace, wait_seconds=120)
    assert city.aliases == {"approved": "2", "candidate": "2", "retired": "1"}
    move_aliases(city.client, city.decide(11, None, city.second))
    assert city.aliases == {"candidate": "2", "retired": "2"}


def check_that_a_decision_about_an_unknown_dossier_waits(city: City) -> None:
    move = city.decide(12, "e" * 64)
    report = sync(city.workspace, wait_seconds=120)
    assert report.pending == (move.digest,)
    assert "no model is registered for dossier eeeeeeeeeeee" in str(report.reasons[0])
    assert city.aliases == {"candidate": "2", "retired": "2"}
