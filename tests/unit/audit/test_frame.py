"""Figures of groups as a frame: one row a group and metric, judged against the reference group."""

from __future__ import annotations

import pytest

from civic_ai.audit.frame import figures_frame
from civic_ai.records.audit import Disparity, GroupFigure
from civic_ai.records.figure import Figure


def _figure(value, n=40):
    return Figure(value=value, lower=value * 0.9, upper=value * 1.1, n=n)


GROUPS = tuple(
    GroupFigure(attribute="a", group=group, metric="recall", figure=_figure(value))
    for group, value in (("q1", 0.5), ("q2", 0.25))
)
JUDGED = Disparity(
    attribute="a", group="q2", reference_group="q1", metric="recall", ratio=_figure(0.5),
    verdict="insufficient_evidence", needed=800,
)  # fmt: skip


def test_one_row_a_group_and_metric_with_its_verdict():
    frame = figures_frame(GROUPS, [JUDGED]).set_index("group")
    assert list(frame.columns) == [
        "attribute", "metric", "value", "lower", "upper", "n",
        "ratio", "ratio_lower", "ratio_upper", "verdict", "needed",
    ]  # fmt: skip
    assert frame.loc["q2", "ratio"] == pytest.approx(0.5)
    assert frame.loc["q2", ["ratio_lower", "ratio_upper"]].tolist() == pytest.approx([0.45, 0.55])
    assert frame.loc["q2", "verdict"] == "insufficient_evidence"
    assert frame.loc["q2", "needed"] == 800
    assert frame["verdict"].isna().tolist() == [True, False]
    assert frame.loc["q1", "value"] == 0.5
    assert frame["n"].tolist() == [40, 40]


def test_without_figures_the_columns_stand():
    assert len(figures_frame([], []).columns) == 12
