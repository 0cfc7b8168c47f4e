from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.counting import LOCAL, counted_by, open_counting


def test_rows_are_counted_by_duckdb_unless_spark_is_named() -> None:
    assert open_counting().name == "duckdb"
    with counted_by(None):
        assert open_counting().name == "duckdb"


def test_what_was_set_holds_only_within(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with counted_by(LOCAL):
        with counted_by(None):
            assert open_counting().name == "duckdb"
        with pytest.raises(ConfigError):
            open_counting()
    assert open_counting().name == "duckdb"


def test_spark_that_is_not_installed_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with counted_by("spark://host:7077"), pytest.raises(ConfigError) as told:
        open_counting()
    assert str(told.value).startswith("spark://host:7077: cannot count on Spark: its Python library is not")
    assert "Install civic-ai[spark] and Java 17" in str(told.value)


@pytest.mark.skipif(find_spec("pyspark") is None, reason="civic-ai[spark] is not installed")
def test_java_that_is_not_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    code = "from civic_ai.data.counting import *\nwith counted_by(LOCAL): open_counting()"
    environment = {"PATH": str(tmp_path), "JAVA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert "ConfigError: spark://local: cannot count on Spark: " in done.stderr
    assert "Install civic-ai[spark] and Java 17" in done.stderr
