from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_file
from civic_ai.core.errors import RefusedError
from civic_ai.records.figure import Figure
from civic_ai.records.sweep import Sweep, Trial
from civic_ai.records.text import Text
from civic_ai.store.blobs import Blobs
from civic_ai.tracking.log_sweep import describe_sweep


def write(folder: Path) -> str:
    figures = [Figure(value=value, lower=value - 1, upper=value + 1, n=9) for value in (0.5, 0.75)]
    trials = tuple(
        Trial(
            settings={"label.horizon_days": str(at)}, spec=f"s{at}", predictions=f"p{at}",
            champion="lightgbm",
            best_candidate="lightgbm", best_baseline="year_count", objective=figure, lift=figure,
        )
        for at, figure in enumerate(figures)
    )  # fmt: skip
    record = Sweep(
        sweep="horizons", question=Text(en="How far ahead?"), pilot="here", policy="p", metric="recall",
        method="grid", is_comparable=False, trials=trials, best=1,
    )  # fmt: skip
    (folder / "manifest.json").write_bytes(record.to_json())
    (folder / "results.csv").write_bytes(b"a\n")
    return digest_of_file(folder / "manifest.json")


def test_the_parent_says_the_best_and_each_child_its_own(tmp_path: Path) -> None:
    log = describe_sweep(write(tmp_path), tmp_path, Blobs(tmp_path / "blobs"))
    value = [{m.name: m.value for m in run.measures}["recall"] for run in (log.parent, *log.children)]
    assert value == [0.75, 0.5, 0.75]
    assert [child.params["label.horizon_days"] for child in log.children] == ["0", "1"]
    assert len({run.key for run in (log.parent, *log.children)}) == 3
    assert all(run.tags["civic_ai.key"] == run.key for run in (log.parent, *log.children))
    assert set(log.files) == {"manifest.json", "results.csv"}


def test_an_altered_record_is_not_sent(tmp_path: Path) -> None:
    digest = write(tmp_path)
    with (tmp_path / "manifest.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(RefusedError):
        describe_sweep(digest, tmp_path, Blobs(tmp_path / "blobs"))
