"""A map of a register holds the fields of its columns, each once."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.register_map import RegisterMap

MADE = {
    "register": "x",
    "standard": "NYC",
    "form": "csv",
    "columns": [
        {"header": "a", "fields": ["A01", "A02"]},
        {"header": "b", "fields": ["A02"]},
        {"header": "c", "value": "1"},
    ],
}


def test_it_holds_the_fields_of_its_columns() -> None:
    assert RegisterMap.model_validate(MADE).holds == {"A01", "A02"}


@pytest.mark.parametrize("change", [{"columns": []}, {"form": "xls"}, {"colour": "red"}])
def test_what_is_no_register_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RegisterMap.model_validate(MADE | change)
