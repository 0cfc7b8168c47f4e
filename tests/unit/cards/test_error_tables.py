from __future__ import annotations

import pytest

from civic_ai.cards.error_tables import ErrorTables
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _tables(page: MakePage, question: str, **changes: object) -> ErrorTables:
    seen = page(City(question=question))
    errors = seen.records.evaluation.errors
    assert errors is not None
    return ErrorTables(errors.model_copy(update=changes), seen.teller)


def test_slices_and_quarters_stand_for_every_question(page: MakePage) -> None:
    captions = [str(table.caption) for table in _tables(page, "demand").tables()]
    assert len(captions) == 2
    assert captions[0].startswith("Where it is furthest off")


def test_lists_are_compared_only_where_there_is_a_list(page: MakePage) -> None:
    tables = _tables(page, "cases").tables()
    assert len(tables) == 4
    assert tables[2].columns[1] == "Has of the visits of boosted trees (LightGBM)"
    assert tables[3].rows[0][0] == "<code>count_28</code>"


def test_a_slice_has_its_rows_its_ratio_and_a_verdict(page: MakePage) -> None:
    row = _tables(page, "demand").tables()[0].rows[0]
    assert [getattr(cell, "striptags", cell.__str__)() for cell in row] == [
        "count_28 > 3", "420", "1.31 (between 1.11 and 1.51)", "✕ Fail",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("p_value", "expected"),
    [(0.002, "Neighbours err together"), (0.3, "Neighbours do not err together"), (None, "Not measured")],
)
def test_whether_neighbours_err_together(page: MakePage, p_value: float | None, expected: str) -> None:
    assert _tables(page, "demand", p_value=p_value).together().striptags().startswith(expected)
