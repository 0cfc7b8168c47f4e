"""The scores as a table for notebooks and the command line."""

from __future__ import annotations

import pandas as pd

from civic_ai.records.evaluation import Evaluation, Score

COLUMNS = ("candidate", "split", "metric", "value", "lower", "upper", "level", "n", "why_missing")


def evaluation_frame(evaluation: Evaluation) -> pd.DataFrame:
    """One row for each candidate, split and metric; the lockbox stands at the end as split ``lockbox``."""
    rows = [_row(score) for score in (*evaluation.scores, *evaluation.lockbox)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(score: Score) -> tuple[str | float | None, ...]:
    figure = score.figure
    bounds = (figure.value, figure.lower, figure.upper, figure.level)
    return (score.candidate, score.split, score.metric, *bounds, figure.n, figure.why_missing)
