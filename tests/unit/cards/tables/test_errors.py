from __future__ import annotations

from dataclasses import replace

import pytest

from civic_ai.cards.tables.errors import ErrorTables
from civic_ai.pilot.mitigation import Mitigation
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


def _tables(page: MakePage, question: str, **changes: object) -> ErrorTables:
    seen = page(City(question=question))
    errors = seen.records.evaluation.errors
    assert errors is not None
    facts = seen.teller.facts | {f"evaluation.errors.{name}": value for name, value in changes.items()}
    teller = replace(seen.teller, facts=facts)
    return ErrorTables(errors.model_copy(update=changes), seen.records.spec, teller, 0.9)


def test_slices_and_quarters_stand_for_every_question(page: MakePage) -> None:
    captions = [str(table.caption) for table in _tables(page, "demand").tables()]
    assert len(captions) == 2
    assert captions[0].startswith("Where it is furthest off")


def test_lists_are_compared_only_where_there_is_a_list(page: MakePage) -> None:
    tables = _tables(page, "cases").tables()
    assert len(tables) == 4
    assert tables[2].columns[1] == "Has of the visits of boosted trees (LightGBM)"
    assert tables[3].rows[0][0] == "<code>count_28</code>"


def test_a_mitigation_is_told_in_words_in_the_row_and_over_the_column(page: MakePage) -> None:
    tables = _tables(page, "cases")
    even = Mitigation(of="lightgbm", method="recall_parity", attribute="income")
    models = tables.spec.models.model_copy(update={"mitigations": {"even": even}})
    other = tables.errors.overlaps[0].model_copy(update={"other": "even"})
    errors = tables.errors.model_copy(update={"candidate": "even", "overlaps": (other,)})
    facts = tables.teller.facts | {"evaluation.errors.overlaps.even.share.value": 0.5}
    told = replace(
        tables,
        errors=errors,
        spec=tables.spec.model_copy(update={"models": models}),
        teller=replace(tables.teller, facts=facts),
    )
    overlaps = told.tables()[2]
    for name in (overlaps.rows[0][0], overlaps.columns[1]):
        assert "boosted trees (LightGBM), each group to the depth" in name
    assert "&" not in overlaps.columns[1]


def test_a_slice_has_its_rows_its_ratio_and_a_verdict(page: MakePage) -> None:
    row = _tables(page, "demand").tables()[0].rows[0]
    assert [getattr(cell, "striptags", cell.__str__)() for cell in row] == [
        "count_28 > 3", "420", "1.31 (between 1.11 and 1.51)", "✕ Fail",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("p_value", "expected"),
    [
        (0.002, "Neighbours err together (Moran's I 0.12; by chance alone p = 0.002)"),
        (0.024, "Neighbours err together (Moran's I 0.12; by chance alone p = 0.024)"),
        (0.0, "Neighbours err together (Moran's I 0.12; by chance alone less than once in a thousand)"),
        (0.1, "No sign that neighbours err together (Moran's I 0.12; by chance alone p = 0.100)"),
        (None, "Not measured"),
    ],
)
def test_whether_neighbours_err_together(page: MakePage, p_value: float | None, expected: str) -> None:
    assert _tables(page, "demand", p_value=p_value).together().striptags().startswith(expected)


@pytest.mark.parametrize(
    ("where", "en", "es"),
    [
        ("age > 3 (or not known) and parks and trees <= 0.5",
         "age > 3 (or not known) and parks and trees <= 0.5",
         "age > 3 (o no se sabe) y parks and trees <= 0.5"),
        ("a <= 1e-05 and b > 2 and c > 3 (or not known)", "a <= 1e-05 and b > 2 and c > 3 (or not known)",
         "a <= 1e-05 y b > 2 y c > 3 (o no se sabe)"),
        ("all rows", "all rows", "todas las filas"),
    ],
)  # fmt: skip
def test_the_words_of_a_slice_are_in_the_readers_language(
    page: MakePage, where: str, en: str, es: str
) -> None:
    for language, expected in (("en", en), ("es", es)):
        seen = page(City(question="demand"), language)
        errors = seen.records.evaluation.errors
        assert errors is not None
        part = errors.slices[0].model_copy(update={"where": where})
        facts = {name.replace(errors.slices[0].where, where): v for name, v in seen.teller.facts.items()}
        tables = ErrorTables(
            errors.model_copy(update={"slices": (part,)}),
            seen.records.spec,
            replace(seen.teller, facts=facts),
            0.9,
        )
        assert tables.tables()[0].rows[0][0].striptags() == expected  # type: ignore[union-attr]
