"""The glossary is complete, and the sentences and the code use its words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tools.locale import collect

import civic_ai
from civic_ai.core.messages import governance_folder

TERMS = YAML(typ="safe").load((governance_folder() / "glossary.yaml").read_text())
each_term = pytest.mark.parametrize("term", TERMS, ids=[term["term"] for term in TERMS])


@cache
def source() -> str:
    """All our code."""
    return "\n".join(path.read_text() for path in sorted(Path(civic_ai.__file__).parent.rglob("*.py")))


@cache
def sentences() -> str:
    """All that we say, in small letters."""
    return " ".join(str(message.id) for message in collect() if message.id).lower()


def test_every_term_stands_once() -> None:
    names = [term["term"] for term in TERMS]
    assert len(names) == len(set(names)) > 30
    for language in ("en", "es", "pt"):
        said = [term["says"][language] for term in TERMS]
        assert len(said) == len(set(said)), "two terms of one name"


@each_term
def test_a_term_is_said_and_explained_in_every_language(term: dict[str, dict[str, str]]) -> None:
    assert set(term) <= {"term", "says", "means", "code", "not"}
    for language in ("en", "es", "pt"):
        assert term["says"][language].strip()
        for sentence in re.split(r"[.:;]\s", term["means"][language]):
            assert 2 <= len(sentence.split()) < 25


@each_term
def test_a_term_has_its_name_in_the_code(term: dict[str, str]) -> None:
    if "code" in term:
        assert re.search(rf"\b{term['code']}\b", source()), term["code"]


@each_term
def test_words_that_are_not_ours_are_not_said(term: dict[str, list[str]]) -> None:
    assert [word for word in term.get("not", []) if re.search(rf"\b{re.escape(word)}s?\b", sentences())] == []


def test_precision_and_accuracy_are_two_words() -> None:
    by_name = {term["term"]: term["says"] for term in TERMS}
    assert by_name["precision"]["es"] == "precisión"
    assert by_name["precision"]["pt"] == "precisão"
    assert (by_name["fairness"]["es"], by_name["fairness"]["pt"]) == ("equidad", "equidade")
