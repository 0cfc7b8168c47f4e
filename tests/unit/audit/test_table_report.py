"""What an audited table says of itself."""

from __future__ import annotations

import pytest

from civic_ai.audit.table import DEFAULTS
from civic_ai.audit.table_report import TableAudit
from civic_ai.records.audit import Disparity
from civic_ai.records.figure import Figure, missing


def report(verdict="insufficient_evidence", ratio=None, needed=800, left_out=0):
    judged = [
        Disparity(
            attribute="home", group="<b>", reference_group="a", metric=metric,
            ratio=ratio or Figure(value=0.8, lower=0.6, upper=1.1, n=90), verdict=verdict, needed=needed,
        )
        for metric in ("recall", "precision")
    ]  # fmt: skip
    return TableAudit((), tuple(judged), (), ("recall",), verdict, 1200, left_out, DEFAULTS)


def test_it_says_verdict_tolerance_and_rows():
    assert report().summary == "Too few to tell (within 1.25 times either way), over 1,200 rows."
    assert "3 without an outcome left out" in report(left_out=3).summary


@pytest.mark.parametrize("show", [repr, TableAudit._repr_html_])
def test_only_leading_metrics_are_shown_with_what_it_would_take(show):
    shown = show(report())
    assert "recall" in shown
    assert "precision" not in shown
    assert "0.80 (0.60 to 1.10)" in shown
    assert "would need about 800" in shown


def test_html_is_escaped():
    assert "<b>" not in report()._repr_html_()
    assert "&lt;b&gt;" in report()._repr_html_()


def test_what_is_missing_is_said():
    assert "not measured" in repr(report("unknown", missing("no_positives"), None))


@pytest.mark.parametrize("ends", [{}, {"lower": 0.6}, {"upper": 1.1}])
def test_without_both_ends_of_an_interval_none_is_told(ends):
    shown = repr(report("fail", Figure(value=0.8, n=90, **ends), None))
    assert "recall 0.80: " in shown


@pytest.mark.parametrize(("verdict", "needed"), [("fail", 800), ("insufficient_evidence", None)])
def test_what_it_would_take_is_told_where_there_is_too_little_and_it_is_known(verdict, needed):
    assert "would need" not in repr(report(verdict, needed=needed))
