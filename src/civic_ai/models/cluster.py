"""Fits on a Dask cluster by one setting: joblib's Dask back end carries the calls of ``fanout.py``.

A worker that dies takes no fit with it: Dask gives its calls to another, and since a fit is deterministic the
models have the same bytes as alone. Workers read the panel from the workspace, so they must see its disk
under the same path, and have the same versions installed.

One fit may also span several workers (``lightgbm_dask``): those of the cluster that carries it, else
processes of its own on this machine. Such fits take turns, for each waits for all of its workers.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from threading import Lock
from typing import Any

from joblib import parallel_config

from civic_ai.core.errors import CivicError, ConfigError
from civic_ai.core.messages import Message, say

SCHEME = "dask://"
_PATIENCE_SECONDS = 15
_TURN = "a fit that spans workers"
_TURN_HERE = Lock()


@dataclass(frozen=True)
class Span:
    """The workers of one fit, by address, and the client that reaches them."""

    client: Any
    workers: tuple[str, ...]


@contextmanager
def carried_by(scheduler: str | None) -> Iterator[None]:
    """Within it, fits run on the cluster of ``scheduler`` (``dask://host:port``); None: on this machine.

    Raises :class:`ConfigError` where Dask is not installed, nobody answers, or no worker is there.
    """
    if scheduler is None:
        yield
        return
    try:
        from dask.distributed import Client
    except ImportError as error:
        raise _no_cluster(scheduler, say("its Python library is not installed")) from error
    address = scheduler.replace(SCHEME, "tcp://", 1)
    try:
        client = Client(address, timeout=_PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _no_cluster(scheduler, say("nobody answers there")) from error
    with client:
        if not client.nthreads():
            raise _no_cluster(scheduler, say("it has no worker"))
        with parallel_config("dask", client=client):
            yield


def refuse_without_dask(name: str) -> None:
    """Raise :class:`ConfigError` where the candidate ``name`` needs Dask and it is not installed."""
    if find_spec("distributed") is None:
        raise ConfigError.because(
            say("{name} is trained through Dask, which is not installed", name=name),
            about="models.candidates",
            remedy=say("Install civic-ai[dask], or leave {name} out.", name=name),
        )


@contextmanager
def spanning(workers: int) -> Iterator[Span]:
    """So many workers for one fit: the first by address of the cluster that carries this call, else processes
    of one thread on this machine, which are ended afterwards.

    Raises :class:`ConfigError` where the cluster has fewer.
    """
    with _client(workers) as client:
        found = sorted(client.nthreads())
        if len(found) < workers:
            raise ConfigError.because(
                say(
                    "one fit spans {workers} workers and the cluster has {found}",
                    workers=workers,
                    found=len(found),
                ),
                about="models.settings.lightgbm_dask.partitions",
                remedy=say("Start more workers, or set fewer partitions."),
            )
        with client.as_current():
            yield Span(client, tuple(found[:workers]))


@contextmanager
def _client(workers: int) -> Iterator[Any]:
    from dask import distributed

    if _is_carried():
        with distributed.worker_client() as client, distributed.Lock(_TURN):
            yield client
        return
    own = {"n_workers": workers, "threads_per_worker": 1, "processes": True}
    quiet = {"dashboard_address": ":0", "silence_logs": logging.ERROR}
    with (
        _TURN_HERE,
        distributed.LocalCluster(**own, **quiet) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        client.run(_say_nothing)
        yield client


def _say_nothing() -> None:
    """A worker of our own prints nothing among what the run prints (LightGBM tells its connections)."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)


def _is_carried() -> bool:
    """Whether this call runs on a Dask worker."""
    from dask.distributed import get_worker

    try:
        get_worker()
    except ValueError:
        return False
    return True


def _no_cluster(scheduler: str, reason: Message) -> CivicError:
    return ConfigError.because(
        say("cannot fit on a Dask cluster: {reason}", reason=reason),
        about=scheduler,
        remedy=say("Install civic-ai[dask], start a scheduler and workers, or leave '--engine' out."),
    )
