from __future__ import annotations

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.counting import open_counting
from civic_ai.models.engines import run_on


def test_without_an_engine_all_stays_here() -> None:
    with run_on(()):
        assert open_counting().name == "duckdb"


@pytest.mark.parametrize(
    "engines",
    [("duckdb",), ("spark",), ("spark://",), ("ray://x",), ("",), ("spark://local", "spark://host:7077")],
)
def test_what_is_no_engine_is_refused_before_the_run(engines: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="is no engine"), run_on(engines):
        raise AssertionError("the run began")


def test_a_cluster_that_nobody_keeps_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic_ai.models.cluster._PATIENCE_SECONDS", 1)
    pytest.importorskip("dask.distributed", reason="civic-ai[dask] is not installed")
    with (
        pytest.raises(
            ConfigError, match=r"(?s)dask://127.0.0.1:9: cannot fit on a Dask cluster: nobody answers"
        ),
        run_on(("dask://127.0.0.1:9",)),
    ):
        raise AssertionError("the run began")
