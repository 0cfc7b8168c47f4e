from __future__ import annotations

from civic_ai.records.evaluation import CurvePoint, Score
from civic_ai.records.figure import Figure


def test_a_score_goes_by_candidate_split_and_metric() -> None:
    score = Score(candidate="lightgbm", split="2", metric="recall_at_capacity", figure=Figure(value=0.3, n=9))
    assert score.fact_key() == "lightgbm.2.recall_at_capacity"


def test_a_point_of_the_curve_goes_by_candidate_and_units() -> None:
    assert CurvePoint(candidate="random", units=40, found=Figure(value=0.1, n=9)).fact_key() == "random.40"
