from __future__ import annotations

import pytest

from civic_ai.cards.summary import summary_table
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _rows(page: MakePage, city: City) -> tuple[tuple[str, ...], list[list[str]]]:
    seen = page(city)
    table = summary_table(seen.records, seen.teller)
    return table.columns, [[getattr(cell, "striptags", cell.__str__)() for cell in row] for row in table.rows]


def test_a_forecast_stands_beside_the_best_rule(page: MakePage) -> None:
    columns, rows = _rows(page, City(question="demand"))
    assert columns == (
        "How it is forecast", "For every 100 requests that came: forecast", "Off by, for one forecast",
        "Hours short in each period", "Hours idle in each period",
        "Of 100 intervals in the last period: held",
    )  # fmt: skip
    assert [row[0] for row in rows] == [
        "Model: boosted trees (LightGBM)", "Best simple rule: last year's count, moved by the season",
    ]  # fmt: skip
    assert rows[0][1] == "98 (between 95 and 101)"
    assert (rows[0][5], rows[1][5]) == ("91 (between 90 and 92)", "Not measured")


def test_a_column_that_nobody_knows_is_left_out(page: MakePage) -> None:
    columns, rows = _rows(page, City(question="demand", known=False))
    assert "Hours short in each period" not in columns
    assert all(len(row) == len(columns) for row in rows)


def test_an_estimate_tells_days(page: MakePage) -> None:
    columns, _ = _rows(page, City(question="durations"))
    assert columns[1] == "For every 100 days that it took: predicted"


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("ranking", "Of 100 visits: those that find a pothole"),
        ("cases", "Of 100 cases first on the list: a pothole"),
    ],
)
def test_a_list_is_counted_per_hundred(page: MakePage, question: str, head: str) -> None:
    columns, rows = _rows(page, City(question=question))
    assert columns[1] == head
    assert len(rows) == 3
