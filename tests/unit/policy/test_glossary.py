"""Terms are found in a text as whole words, in its own language."""

from __future__ import annotations

import pytest

from civic_ai.policy.glossary import shipped_glossary, terms_in


def test_every_term_is_found_in_its_own_words() -> None:
    for language in ("en", "es", "pt"):
        for term in shipped_glossary().terms:
            said = term.says.in_language(language)
            assert term in terms_in(f"({said})", language), said


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("The Horizon ends.", "en", ["horizon"]),
        ("Two horizons end.", "en", ["horizon"]),
        ("horizontal lines", "en", []),
        ("El horizonte termina.", "es", ["horizon"]),
        ("The horizon ends.", "es", []),
    ],
)
def test_only_whole_words_are_terms(text: str, language: str, found: list[str]) -> None:
    assert [term.term for term in terms_in(text, language)] == found
