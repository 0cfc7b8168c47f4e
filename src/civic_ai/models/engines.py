"""Which engines a run uses, by ``--engine`` or the variable CIVIC_AI_ENGINE: none, Spark, Dask, or both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.data.counting import counted_by
from civic_ai.models.cluster import carried_by

_SCHEMES = ("spark", "dask")


@contextmanager
def run_on(engines: Iterable[str]) -> Iterator[None]:
    """Within it, rows are counted and models are fitted where ``engines`` say; without any: here.

    ``spark://local`` or ``spark://host:7077`` counts on Spark, ``dask://host:8786`` fits on a Dask cluster.
    No engine changes a result, so none stands in a record. Raises :class:`ConfigError`.
    """
    chosen: dict[str, str] = {}
    for engine in engines:
        scheme, mark, place = engine.partition("://")
        if scheme not in _SCHEMES or not mark or not place or scheme in chosen:
            raise ConfigError.because(
                say("is no engine, or the second of its kind"),
                about=engine,
                remedy=say("Write spark://local, spark://host:7077 or dask://host:8786, each once."),
            )
        chosen[scheme] = engine
    with counted_by(chosen.get("spark")), carried_by(chosen.get("dask")):
        yield
