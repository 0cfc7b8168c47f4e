"""A placeholder is no answer; evidence is one file, one link or one statement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from civic_ai.records.answers import Answer, Answers, Proof, is_placeholder

PLACEHOLDERS = (
    "", "  ", "-", "--", "...", "?", "todo", "TODO", "To-do", "TODO: ask Ana", "tbd", "T.B.D.", "tba", "n/a",
    "N.A.", "na", "none", "lorem", "Lorem ipsum dolor", "see above", "(see above)", "xxx", "No aplica.",
    "pendiente", "A definir", "Não se aplica", "unknown",
)  # fmt: skip
ANSWERS = (
    "No vendor: built by the city",
    "todos los barrios",
    "Todo mês: achados por visita",
    "Natal",
    "11",
    "none of the residents",
    "não",
)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_no_answer(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_a_short_answer_is_an_answer(text: str) -> None:
    assert not is_placeholder(text)


@given(st.sampled_from(PLACEHOLDERS), st.sampled_from(["", " ", ".", "\n", "!"]), st.booleans())
def test_neither_case_nor_marks_make_an_answer_of_it(text: str, mark: str, is_loud: bool) -> None:
    assert is_placeholder(mark + (text.upper() if is_loud else text) + mark)


def test_an_answer_is_given_when_each_language_of_it_is() -> None:
    def answer(value: object) -> Answers:
        return Answers.model_validate({"pilot": "p", "answers": {"A01": {"answer": value}}})

    assert answer("Potholes").given("A01") is not None
    assert answer({"en": "Potholes", "es": "Baches"}).given("A01") is not None
    assert answer({"en": "Potholes", "es": "todo"}).given("A01") is None
    assert answer("tbd").given("A01") is None
    assert answer(None).given("A01") is None
    assert answer("Potholes").given("A02") is None


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"file": "a.md", "link": "https://example.org"},
        {"file": "a.md", "statement": "Mayor", "on": "2026-01-01"},
        {"statement": "Mayor"},
        {"statement": "tbd", "on": "2026-01-01"},
        {"link": "example.org"},
        {"link": "https://"},
        {"link": "https://example.org", "sha256": "a" * 64},
        {"file": "a.md", "sha256": "abc"},
    ],
)
def test_evidence_is_one_thing_that_can_be_followed(proof: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Proof.model_validate(proof)


def test_evidence_is_shown_so_that_it_can_be_followed() -> None:
    shown = [
        str(Proof.model_validate(proof).shown())
        for proof in (
            {"file": "a.md", "sha256": "ab" * 32},
            {"link": "https://example.org/x"},
            {"statement": "Mayor", "on": "2026-01-01"},
        )
    ]
    assert shown == ["a.md (abababababab)", "https://example.org/x", "Mayor, January 1, 2026"]


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        Answer.model_validate({"answer": "x", "evidance": []})
