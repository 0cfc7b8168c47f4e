from __future__ import annotations

import pytest

from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.pilot.mitigation import Mitigation
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "boosted trees (LightGBM), each group to the depth that the past year's outcomes ask for",
        ),
        ("es", None),
    ],
)
def test_a_mitigation_is_called_by_what_it_does_to_whose_list(
    page: MakePage, language: str, expected: str | None
) -> None:
    seen = page(City(), language)
    declared = {"even": Mitigation(of="lightgbm", method="recall_parity", attribute="income")}
    models = seen.records.spec.models.model_copy(update={"mitigations": declared})
    spec = seen.records.spec.model_copy(update={"models": models})
    name = candidate_name(spec, seen.teller, "even")
    assert "LightGBM" in name
    assert "even" not in name.split()
    assert expected is None or name == expected


def test_a_model_and_a_rule_have_their_own_words(page: MakePage) -> None:
    seen = page(City())
    assert candidate_name(seen.records.spec, seen.teller, "year_count") == "the count of the last year"
