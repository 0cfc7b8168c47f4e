from __future__ import annotations

from typing import Any

import pytest

from civic_ai.cards.tables.feedback import WHY_UNKNOWN, FeedbackTables
from civic_ai.records.feedback import Feedback
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City
from tests.unit.cards.made_need import feedback, seen


@pytest.fixture
def tables(page: MakePage) -> Any:
    """Tables of the made city with a feedback of one's own."""
    return lambda made: FeedbackTables(*seen(page(City()), feedback=made), made)


def _text(tables: FeedbackTables) -> str:
    return " ".join(line.striptags() for line in (tables.lead(), *tables.explanations()))


def test_it_says_who_is_never_visited_and_that_it_is_simulated(tables: Any) -> None:
    says = _text(tables(feedback()))
    assert "70% of areas are never visited" in says
    assert "0.35 times its fair share; by need itself it would get 0.40" in says
    assert "so it too leaves 80% of areas out" in says
    assert "a simulation of 100 futures, not an observation: 88 areas, of which 9 are visited" in says
    assert "measured from this city's own repeat reports" in says


def test_an_assumption_is_called_an_example_and_names_no_group(tables: Any) -> None:
    assumed = feedback(basis="assumed", attribute=None, group=None, gap=0.5)
    says = _text(tables(assumed))
    assert "does not know who reports less here. As an example" in says
    assert "0.50 times as often" in says
    assert "the half of areas that reports less" in says


@pytest.mark.parametrize("why", sorted(WHY_UNKNOWN))
def test_without_a_simulation_it_says_why(tables: Any, why: str) -> None:
    made = tables(Feedback(why_unknown=why))
    assert made.lead().striptags().startswith("Not simulated")
    assert list(made.explanations()) == []


def test_a_row_for_each_way_with_intervals(tables: Any) -> None:
    table = tables(feedback()).table()
    assert [row[0] for row in table.rows] == [
        "By reports, as the list ranks", "By reports and what crews find",
        "The same, and some visits by lot", "By reports, corrected for who reports",
        "By need itself, which nobody knows",
    ]  # fmt: skip
    assert [cell.striptags() for cell in table.rows[0][1:3]] == [
        "70% (between 65% and 75%)", "0.35 (between 0.23 and 0.70)",
    ]  # fmt: skip
