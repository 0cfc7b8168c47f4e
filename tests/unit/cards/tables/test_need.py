from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from civic_ai.cards.tables.need import WHY_UNKNOWN, NeedTables
from civic_ai.records.need import NeedAudit
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City
from tests.unit.cards.made_need import need, ratio, seen, verdict


@pytest.fixture
def tables(page: MakePage) -> Any:
    """Tables of the made city with a need of one's own."""
    return lambda made: NeedTables(*seen(page(City()), need=made))


def test_a_verdict_that_changes_comes_first(tables: Any) -> None:
    says = tables(need()).lead().striptags()
    assert "Cases over what was predicted: ✓ Pass against reports, ✕ Fail against need." in says


def test_where_none_changes_that_is_said(tables: Any) -> None:
    same = need(verdicts=(verdict("pass", "pass", is_stable=True),), changes_a_verdict=False)
    assert "every verdict stays the same" in tables(same).lead()


@pytest.mark.parametrize("why", sorted(WHY_UNKNOWN))
def test_unknown_says_why_and_shows_no_number(tables: Any, why: str) -> None:
    unknown = tables(NeedAudit(why_unknown=why))
    assert unknown.lead().striptags().startswith("Not measured against need")
    assert list(unknown.explanations()) == [] == unknown.tables()


def test_an_audit_without_it_says_that_it_was_not_measured(tables: Any) -> None:
    assert tables(None).lead().striptags().startswith("Not measured against need")


def test_each_column_says_what_it_is_counted_against(tables: Any) -> None:
    shares, by_metric = tables(need()).tables()
    assert by_metric.columns[1:] == (
        "Against reports", "Verdict against reports", "Against need", "Verdict against need",
    )  # fmt: skip
    ((_, reports, is_even, against_need, is_uneven),) = by_metric.rows
    assert reports.striptags() == "1.02 (between 0.92 and 1.12)"
    assert against_need.striptags() == "1.71 (between 1.61 and 1.81)"
    assert "Pass" in is_even
    assert "Fail" in is_uneven
    assert 'data-fact="audit.need.ratios.need.income.q1.bias_ratio.ratio.value"' in against_need
    assert 'data-fact="audit.need.ratios.reports.income.q1.bias_ratio.ratio.value"' in reports
    assert shares.rows[0][1].striptags() == "62% (between 58% and 66%)"


def test_the_life_is_said_to_be_declared_and_what_rests_on_it(tables: Any) -> None:
    lines = " ".join(line.striptags() for line in tables(need()).explanations())
    assert "If a problem lasts 120 days, about 62%" in lines
    assert "Probably fewer are" in lines
    assert "With 60 or 240 days every verdict is the same" in lines
    moved = need(verdicts=(verdict("pass", "fail", is_stable=False),))
    says = tables(moved).sensitivity().striptags()
    assert "With 60 or 240 days another verdict would stand for: cases over what was predicted." in says


def test_hidden_groups_show_no_number(tables: Any) -> None:
    hidden = need(ratios=tuple(ratio(a, 1.0, "fail", suppressed=True) for a in ("reports", "need")))
    row = tables(hidden).tables()[1].rows[0]
    assert {str(cell) for cell in row[1:]} == {"Too few to show (privacy)"}


def test_too_few_says_how_many_it_would_take(tables: Any) -> None:
    few = need(ratios=(ratio("reports", 1, "pass"), ratio("need", 1.2, "insufficient_evidence", needed=812)))
    assert "would need about 820" in tables(few).tables()[1].rows[0][4].striptags()


@pytest.mark.parametrize(("kind", "warned"), [("event", True), ("count", False)])
def test_where_a_place_counts_once_need_is_said_to_be_overstated(
    page: MakePage, kind: str, warned: bool
) -> None:
    records, teller = seen(page(City()), need=need())
    label = records.spec.label.model_copy(update={"kind": kind})
    records = replace(records, spec=records.spec.model_copy(update={"label": label}))
    lines = " ".join(line.striptags() for line in NeedTables(records, teller).explanations())
    assert ("need may be overstated" in lines) == warned
