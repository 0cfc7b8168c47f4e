"""Intervals of a scored table: civic_ai.audit with 1,000 replicates beside fairlearn's bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import fairlearn.metrics as fair
import numpy as np
import pandas as pd
from measure import alternately, write_results
from sklearn.metrics import precision_score, recall_score

import civic_ai

GROUPS = {"income": 4, "age": 3, "language": 2, "district": 28}
METRICS: dict[str, Callable[..., float]] = {
    "recall": recall_score,
    "selection_rate": fair.selection_rate,
    "precision": precision_score,
    "false_positive_rate": fair.false_positive_rate,
}
THEIRS, OURS = 20, 1000
"""Replicates: fairlearn's are timed on so many and extrapolated to ours."""


def main() -> None:
    """17,700 rows (as in METHODS 3.3) and 100,000 rows."""
    found = []
    for rows in (17_700, 100_000):
        table = _table(rows)
        sides: dict[str, Callable[[], Any]] = {
            "civic_ai.audit, 1000 replicates": lambda table=table: _ours(table),
            "fairlearn, 20 replicates": lambda table=table: _theirs(table, THEIRS),
            "fairlearn, point values only": lambda table=table: _theirs(table, None),
        }
        times = alternately(sides, 1)
        for side, spent in times.items():
            found.append({"rows": rows, "side": side, **spent.row()})
        ours, theirs = times["civic_ai.audit, 1000 replicates"], times["fairlearn, 20 replicates"]
        points = times["fairlearn, point values only"]
        extrapolated = points.cpu[0] + (theirs.cpu[0] - points.cpu[0]) * OURS / THEIRS
        found.append(
            {
                "rows": rows,
                "side": "fairlearn, 1000 replicates, extrapolated",
                "cpu_s": round(extrapolated, 1),
            }
        )
        found.append({"rows": rows, "side": "times ours", "cpu_s": round(extrapolated / ours.cpu[0])})
        _compare(ours.result, points.result)
    write_results(__file__, found)


def _table(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(rows)
    groups = {name: rng.integers(0, many, rows).astype(str) for name, many in GROUPS.items()}
    late = rng.random(rows) < 0.3
    listed = rng.random(rows) < np.where(late, 0.5, 0.2)
    return pd.DataFrame({**groups, "late": late.astype(int), "listed": listed.astype(int)})


def _ours(table: pd.DataFrame) -> pd.DataFrame:
    return civic_ai.audit(table, label="late", score="listed", groups=list(GROUPS)).to_frame()


def _theirs(table: pd.DataFrame, replicates: int | None) -> dict[str, fair.MetricFrame]:
    asked = (
        {} if replicates is None else {"n_boot": replicates, "ci_quantiles": [0.05, 0.95], "random_state": 1}
    )
    return {
        name: fair.MetricFrame(
            metrics=METRICS, y_true=table.late, y_pred=table.listed, sensitive_features=table[name], **asked
        )
        for name in GROUPS
    }


def _compare(ours: pd.DataFrame, theirs: dict[str, fair.MetricFrame]) -> None:
    for name, frame in theirs.items():
        for metric in METRICS:
            made = ours[(ours.attribute == name) & (ours.metric == metric)].set_index("group").value
            np.testing.assert_allclose(made.reindex(frame.by_group.index), frame.by_group[metric], atol=1e-12)


if __name__ == "__main__":
    main()
