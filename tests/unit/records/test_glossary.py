"""A term keeps the words that are not said under the name that the file gives them."""

from __future__ import annotations

from civic_ai.records.glossary import Term


def test_words_that_are_not_said_stand_under_not() -> None:
    made = Term.model_validate(
        {"term": "pilot", "says": "pilot", "means": "a city tries", "not": ["project"]}
    )
    assert made.not_said == ("project",)
    assert made.fact_key() == "pilot"
