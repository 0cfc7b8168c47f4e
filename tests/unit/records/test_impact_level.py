from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.impact_level import Answer, ImpactAnswers


def test_a_word_or_a_list_is_an_answer() -> None:
    assert Answer.model_validate("yes").answer == ("yes",)
    assert Answer.model_validate(["a", "b"]).answer == ("a", "b")
    assert Answer.model_validate({"answer": "yes"}) == Answer(answer=("yes",))
    assert Answer.model_validate("unsure").is_unsure
    assert not Answer.model_validate("yes").is_unsure


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": ("see the drawer",)},
        {"evidence": ("A" * 64,)},
        {"links": ("http://city.gov/a",)},
        {"links": ("https://city",)},
        {"confirmed_by": ""},
        {"confirmed_by": " Ana"},
        {"proposed_from": "run 7"},
    ],
)
def test_evidence_is_a_digest_a_link_is_safe_and_a_person_has_a_name(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Answer.model_validate({"answer": "yes", **change})


def test_whoever_stands_for_all_does_not_stand_for_what_a_run_proposed() -> None:
    answers = ImpactAnswers.model_validate(
        {
            "pilot": "a", "questionnaire": "1", "phase": "design", "confirmed_by": "Ana",
            "answers": {"a": "yes", "b": {"answer": "yes", "proposed_from": "b" * 64},
                        "c": {"answer": "yes", "proposed_from": "b" * 64, "confirmed_by": "Ana"}},
        }
    )  # fmt: skip
    assert [answers.confirmed(name) is not None for name in "abcd"] == [True, False, True, False]
