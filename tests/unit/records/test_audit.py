from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.audit import GroupFigure, Worst
from civic_ai.records.figure import Figure, missing
from civic_ai.records.reporting import ReportingBias


def test_a_group_figure_goes_by_attribute_group_and_metric() -> None:
    figure = GroupFigure(attribute="income", group="q1", metric="recall", figure=Figure(value=0.3, n=20))
    assert figure.fact_key() == "income.q1.recall"
    assert not figure.suppressed


def test_reporting_that_was_not_examined_is_unknown_with_a_reason() -> None:
    bias = ReportingBias(method="none", verdict="unknown", why_unknown="no_duplicates_declared")
    assert bias.groups == ()
    with pytest.raises(ValidationError):
        ReportingBias(method="none", verdict="fair")


def test_where_nothing_could_be_judged_there_is_no_worst() -> None:
    assert Worst(attribute=None, group=None, metric=None, ratio=missing("no_groups")).ratio.value is None
