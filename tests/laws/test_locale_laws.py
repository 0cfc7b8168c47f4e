"""What holds for every sentence that civic-ai says, in every language."""

from __future__ import annotations

import io
import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po
from tools.locale import LOCALE, TRANSLATED, collect, read, updated

from civic_ai.core.messages import LANGUAGES, say_count, translate

CATALOGUES = {language: read(language) for language in TRANSLATED}
each_language = pytest.mark.parametrize("language", TRANSLATED)

SAME_IN_BOTH = {"n", "no"}
"""Words that read the same in English."""
WRONG_WORDS = {
    "es": (
        r"\bexactitud\b",
        r"\bvosotros\b",
        r"\btú\b",
        r"\bfairness\b",
        r"\bsu merced\b",
        r"\bcompuertas?\b",
    ),
    "pt": (
        r"\bexatidão\b",
        r"\bacurácia\b",
        r"\btu\b",
        r"\bfairness\b",
        r"\ba cidade entregou\b",
        r"\bportão\b",
    ),
}
LONGEST = 25


def _sentences(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _places(text: str) -> set[str]:
    return {f"{name}:{form}" for _, name, form, _ in Formatter().parse(text) if name is not None}


def test_the_template_holds_what_the_code_says() -> None:
    """``make locale`` was run after the last change of a sentence."""
    with (LOCALE / "messages.pot").open("rb") as source:
        from babel.messages.pofile import read_po

        stands = {str(message.id) for message in read_po(source) if message.id}
    assert stands == {str(message.id) for message in _sentences(collect())}


@each_language
def test_every_sentence_is_translated(language: str) -> None:
    template = {str(message.id) for message in _sentences(collect())}
    translated = {str(m.id) for m in _sentences(CATALOGUES[language]) if all(_forms(m.string))}
    assert template - translated == set()
    assert translated - template == set(), "nobody says these any more: make locale"


@each_language
def test_nothing_is_fuzzy_and_the_header_asks_for_review(language: str) -> None:
    catalogue = CATALOGUES[language]
    assert not [message.id for message in _sentences(catalogue) if message.fuzzy]
    assert "needs native review" in catalogue.header_comment.replace("\n# ", " ")


@each_language
def test_a_translation_has_the_same_places(language: str) -> None:
    for message in _sentences(CATALOGUES[language]):
        wanted = set().union(*(_places(form) for form in _forms(message.id)))
        for form in _forms(message.string):
            assert _places(form) <= wanted, message.id
            assert _places(form) == wanted or isinstance(message.id, tuple | list), message.id


@each_language
def test_a_gate_and_its_waiver_have_one_name(language: str) -> None:
    """That of the glossary, wherever the English sentence says the word and not only a place for it."""
    for message in _sentences(CATALOGUES[language]):
        for said, translated in zip(_forms(message.id), _forms(message.string), strict=True):
            words = re.sub(r"{\w+}", "", said).lower()
            assert not re.search(r"\bgates?\b", words) or "requisito" in translated.lower(), said
            assert not re.search(r"\bwaive", words) or "dispens" in translated.lower(), said


@each_language
def test_a_translation_is_not_the_english_sentence(language: str) -> None:
    """Where there is a word at all beside the places that are filled."""
    same = {m.id for m in _sentences(CATALOGUES[language]) if m.id == m.string}
    assert {text for text in same if re.search(r"\w", re.sub(r"{\w+}", "", text))} <= SAME_IN_BOTH


@each_language
def test_words_that_mean_something_else_are_not_used(language: str) -> None:
    text = "\n".join(form for message in _sentences(CATALOGUES[language]) for form in _forms(message.string))
    assert [word for word in WRONG_WORDS[language] if re.search(word, text, re.IGNORECASE)] == []
    assert re.search(r"\bequidade?\b|\bequidad\b", text)


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_sentences_are_short(language: str) -> None:
    """Under 25 words between full stops; what fills a place counts as one."""
    catalogue = collect() if language == "en" else CATALOGUES[language]
    for message in _sentences(catalogue):
        for form in _forms(message.id if language == "en" else message.string):
            for sentence in re.split(r"[.:;?!](?:\s|$)", form):
                assert len(sentence.split()) < LONGEST, sentence


@each_language
def test_a_translation_ends_as_the_sentence_ends(language: str) -> None:
    ends = (".", "?", ":")
    for message in _sentences(CATALOGUES[language]):
        for one, other in zip(_forms(message.id), _forms(message.string), strict=False):
            assert one.endswith(ends) == other.endswith(ends), one


@each_language
def test_plurals_have_both_forms_and_follow_the_number(language: str) -> None:
    plurals = [m for m in _sentences(CATALOGUES[language]) if isinstance(m.id, tuple | list)]
    assert plurals
    for message in plurals:
        one, many = message.id
        given = {place.partition(":")[0]: 7 for place in _places(many)}
        said = {say_count(one, many, number, **given).text(language) for number in (1, 2)}
        assert len(said) == 2, said


def test_updating_what_is_up_to_date_changes_nothing() -> None:
    for language in TRANSLATED:
        again = io.BytesIO()
        write_po(again, updated(language, collect()), width=110, sort_output=True, no_location=True)
        assert again.getvalue() == (LOCALE / f"{language}.po").read_bytes()


def test_english_needs_no_catalogue_and_unknown_sentences_stay() -> None:
    assert ("en", *TRANSLATED) == LANGUAGES
    assert translate("Pass", "en") == "Pass"
    assert translate("a sentence that nobody wrote", "es") == "a sentence that nobody wrote"
