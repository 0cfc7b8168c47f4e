"""Where rows are counted: DuckDB in this process, or Spark by one setting.

From the snapshot on, counts and contract checks are Ibis expressions. DuckDB runs them unless
:func:`counted_by` names a Spark master; the results are the same numbers. What is asked of an engine is only
to read the sealed Parquet blobs, so a cluster must see the workspace's disk under the same path.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from civic_ai.core.errors import CivicError, ConfigError
from civic_ai.core.messages import Message, say
from civic_ai.data.engine import open_memory

LOCAL = "spark://local"
"""All cores of this machine, without a cluster."""
_MASTER: ContextVar[str | None] = ContextVar("spark_master", default=None)


@contextmanager
def counted_by(master: str | None) -> Iterator[None]:
    """Within it, tables are opened on the Spark ``master`` (None: on DuckDB).

    A master is :data:`LOCAL` or what Spark takes for one (``spark://host:7077``).
    """
    token = _MASTER.set(master)
    try:
        yield
    finally:
        _MASTER.reset(token)


def open_counting() -> Any:
    """The Ibis back end that counts. Raises :class:`ConfigError` where Spark or its Java is not there."""
    master = _MASTER.get()
    return open_memory() if master is None else _open_spark(master)


def _open_spark(master: str) -> Any:
    import ibis

    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise _no_spark(master, say("its Python library is not installed")) from error
    settings = {
        "spark.master": "local[*]" if master == LOCAL else master,
        "spark.app.name": "civic-ai",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
    }
    try:
        session = SparkSession.builder.config(map=settings).getOrCreate()
    except PySparkException as error:
        raise _no_spark(master, say("{reason}", reason=str(error).splitlines()[0])) from error
    return ibis.pyspark.connect(session)


def _no_spark(master: str, reason: Message) -> CivicError:
    return ConfigError.because(
        say("cannot count on Spark: {reason}", reason=reason),
        about=master,
        remedy=say("Install civic-ai[spark] and Java 17, or leave '--engine' out."),
    )
