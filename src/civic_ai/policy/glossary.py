"""The terms of ``governance/glossary.yaml``, and those that a text uses."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from civic_ai.core.messages import governance_folder
from civic_ai.pilot.located import validate
from civic_ai.records.glossary import Glossary, Term
from civic_ai.store.yaml import load_yaml

GLOSSARY_FILE = "glossary.yaml"
_ASIDE = re.compile(r"\s*\([^)]*\)")


@cache
def shipped_glossary() -> Glossary:
    """The glossary of this installation. Raises :class:`ConfigError` where it is not sound."""
    document = load_yaml(governance_folder() / GLOSSARY_FILE)
    return validate(replace(document, value={"terms": document.value}, part=""), Glossary)


def terms_in(text: str, language: str) -> tuple[Term, ...]:
    """The terms that ``text``, in that language, uses as whole words."""
    return tuple(term for term in shipped_glossary().terms if _word(term, language).search(text))


@cache
def _word(term: Term, language: str) -> re.Pattern[str]:
    """How a term is found: without what stands in brackets, in its plural too."""
    said = _ASIDE.sub("", term.says.in_language(language))
    return re.compile(rf"\b{re.escape(said)}(s|es)?\b", re.IGNORECASE)
