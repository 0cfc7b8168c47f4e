"""Fits on a Dask cluster by one setting: joblib's Dask back end carries the calls of ``fanout.py``.

A worker that dies takes no fit with it: Dask gives its calls to another, and since a fit is deterministic the
models have the same bytes as alone. Workers read the panel from the workspace, so they must see its disk
under the same path, and have the same versions installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from joblib import parallel_config

from civic_ai.core.errors import CivicError, ConfigError
from civic_ai.core.messages import Message, say

SCHEME = "dask://"
_PATIENCE_SECONDS = 15


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


def _no_cluster(scheduler: str, reason: Message) -> CivicError:
    return ConfigError.because(
        say("cannot fit on a Dask cluster: {reason}", reason=reason),
        about=scheduler,
        remedy=say("Install civic-ai[dask], start a scheduler and workers, or leave '--engine' out."),
    )
