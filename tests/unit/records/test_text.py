from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.text import Text


def test_the_wanted_language_comes_first_then_plain_text_then_english() -> None:
    assert Text(en="street", es="calle").in_language("es") == "calle"
    assert Text(en="street", es="calle").in_language("pt") == "street"
    assert Text(any="rua", en="street").in_language("es") == "rua"
    assert Text(pt="rua").in_language("en") == "rua"


def test_plain_text_is_taken_as_it_is() -> None:
    assert Text.model_validate("two crews").in_language("pt") == "two crews"


@pytest.mark.parametrize("value", [{}, {"en": "  "}, "", {"fr": "rue"}])
def test_nothing_said_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Text.model_validate(value)
