"""Figures of groups as a frame, for who works on: one row a group and metric."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from civic_ai.records.audit import AuditReport, Disparity, GroupFigure

if TYPE_CHECKING:
    import pandas as pd


def audit_frame(report: AuditReport) -> pd.DataFrame:
    """The figures of an audit; see :func:`figures_frame`."""
    return figures_frame(report.groups, report.disparities)


def figures_frame(groups: Iterable[GroupFigure], disparities: Iterable[Disparity]) -> pd.DataFrame:
    """Columns attribute, group, metric, value, lower, upper, n, ratio, ratio_lower, ratio_upper, verdict,
    needed; the last five are blank for the reference group."""
    import pandas as pd

    judged = {(item.attribute, item.group, item.metric): item for item in disparities}
    columns = (
        "attribute", "group", "metric", "value", "lower", "upper", "n",
        "ratio", "ratio_lower", "ratio_upper", "verdict", "needed",
    )  # fmt: skip
    rows = [
        (*_told(figure), *_judged(judged.get((figure.attribute, figure.group, figure.metric))))
        for figure in groups
    ]
    return pd.DataFrame(rows, columns=columns).astype({"needed": "Int64"})


def _told(figure: GroupFigure) -> tuple[object, ...]:
    value = figure.figure
    return figure.attribute, figure.group, figure.metric, value.value, value.lower, value.upper, value.n


def _judged(item: Disparity | None) -> tuple[object, ...]:
    if item is None:
        return None, None, None, None, None
    return item.ratio.value, item.ratio.lower, item.ratio.upper, item.verdict, item.needed
