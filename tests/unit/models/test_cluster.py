"""A real Dask cluster of two processes, one of which is killed in the middle of a fit."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.models import fit
from civic_ai.models.cluster import carried_by
from civic_ai.models.fanout import run_all
from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs
from tests.unit.models.simulated import make_pilot, simulate

distributed = pytest.importorskip("dask.distributed", reason="civic-ai[dask] is not installed")


@dataclass(frozen=True)
class Dies:
    """A call whose worker is killed when it is first made, half-way through; it notes where it ran."""

    call: Callable[[], Any]
    notes: Path

    def __call__(self) -> Any:
        made = self.call()
        first = not any(self.notes.iterdir())
        (self.notes / str(os.getpid())).touch()
        if first:
            os.kill(os.getpid(), signal.SIGKILL)
        return made


@pytest.fixture
def scheduler() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address.replace("tcp://", "dask://")


def test_calls_come_back_in_their_order_from_other_processes(scheduler: str) -> None:
    with carried_by(scheduler):
        made = run_all([os.getpid] * 8)
    assert len(made) == 8
    assert os.getpid() not in made


def test_a_killed_worker_changes_no_digest(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: Policy
) -> None:
    blobs = Blobs(tmp_path / "blobs")
    pilot = make_pilot(blobs, simulate(units=12, dates=60))
    alone = fit.fit_candidates(pilot.spec, pilot.panel, policy, blobs)
    notes = tmp_path / "notes"
    notes.mkdir()

    def deadly(calls: Iterable[Callable[[], Any]]) -> list[Any]:
        return run_all([Dies(call, notes) if at == 1 else call for at, call in enumerate(calls)])

    monkeypatch.setattr(fit, "run_all", deadly)
    with carried_by(scheduler):
        together = fit.fit_candidates(pilot.spec, pilot.panel, policy, blobs)
    workers = {int(note.name) for note in notes.iterdir()}
    assert len(workers) >= 2  # one was killed, another made its fit again
    assert os.getpid() not in workers
    assert together.digest == alone.digest
    assert together.blob == alone.blob


def test_dask_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    with pytest.raises(ConfigError, match=r"civic-ai\[dask\]"), carried_by("dask://host:1"):
        raise AssertionError("the run began")


def test_a_cluster_without_workers_is_said() -> None:
    with distributed.LocalCluster(
        n_workers=0, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        with pytest.raises(ConfigError, match="it has no worker"), carried_by(address):
            raise AssertionError("the run began")
