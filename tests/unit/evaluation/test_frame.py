from __future__ import annotations

import pandas as pd

from civic_ai.evaluation.frame import COLUMNS, evaluation_frame

from .worlds import make_world


def test_one_row_for_each_score_with_its_interval_and_n(evaluated) -> None:
    evaluation = evaluated(make_world())
    frame = evaluation_frame(evaluation)
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == len(evaluation.scores) + len(evaluation.lockbox)
    assert not frame.duplicated(["candidate", "split", "metric"]).any()
    for row in frame.itertuples():
        figure = evaluation.score(row.candidate, row.metric, row.split)
        assert figure is not None
        assert (figure.value is None and pd.isna(row.value)) or figure.value == row.value
        assert figure.n == row.n


def test_it_pivots_into_the_table_that_a_reader_wants(evaluated) -> None:
    frame = evaluation_frame(evaluated(make_world()))
    wide = frame[frame.metric == "recall_at_capacity"].pivot(
        index="candidate", columns="split", values="value"
    )
    assert wide.loc["lightgbm", ["all", "1", "2", "3", "4"]].notna().all()
    assert wide["lockbox"].notna().sum() <= 2


def test_missing_figures_keep_their_reason(evaluated) -> None:
    world = make_world()
    world.labels[48:] = float("nan")
    frame = evaluation_frame(evaluated(world))
    lockbox = frame[frame.split == "lockbox"]
    assert lockbox.value.isna().all()
    assert (lockbox.why_missing == "no_matured_rows").all()
