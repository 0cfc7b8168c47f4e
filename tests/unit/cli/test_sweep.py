from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.cli.sweep import summary, sweep_json
from civic_ai.core.errors import ConfigError
from civic_ai.records.figure import Figure
from civic_ai.records.sweep import Sweep, Trial
from civic_ai.records.text import Text
from civic_ai.sweeps.sweep import SweepRun, sweep
from civic_ai.tracking.sync import SyncReport


def finished(*, is_comparable: bool) -> SweepRun:
    trials = tuple(
        Trial(
            settings={"label.horizon_days": f'"{days}"'}, spec="", predictions="", champion="lightgbm",
            best_candidate="lightgbm", best_baseline="year_count",
            objective=Figure(value=value, lower=value - 0.1, upper=value + 0.1, n=3),
            lift=Figure(value=None, n=0, why_missing="no_events"),
        )
        for days, value in (("7", 0.5), ("28", 0.25))
    )  # fmt: skip
    record = Sweep(
        sweep="horizons", question=Text(en="How far ahead?"), pilot="here", policy="p", metric="recall",
        method="grid", is_comparable=is_comparable, trials=trials, best=0,
    )  # fmt: skip
    return SweepRun(record, Path("/w/sweeps"), SyncReport("none", (), (), (), 0.0))


def test_the_table_marks_the_best_and_says_that_the_lockbox_is_shut() -> None:
    text = summary(finished(is_comparable=True))
    assert text.count("(best)") == 1
    assert '"7"' not in text
    assert "0.500 (0.400 to 0.600)" in text
    assert "not measured (no_events)" in text
    assert "lockbox was not opened" in text
    assert "compare the lift" not in text


def test_what_does_not_compare_is_said() -> None:
    assert "compare the lift" in summary(finished(is_comparable=False))


def test_json_is_one_object() -> None:
    told = json.loads(json.dumps(sweep_json(finished(is_comparable=True))))
    assert told["schema"] == "sweep/1"
    assert [trial["settings"] for trial in told["trials"]] == [
        {"label.horizon_days": '"7"'},
        {"label.horizon_days": '"28"'},
    ]


def test_a_missing_plan_is_a_mistake_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        sweep(tmp_path / "none.yaml")
