"""Sentences: written once in English, shown in the reader's language.

A :class:`Message` keeps the English sentence and its values apart, so that the same error or
card can be said in English, Spanish or Portuguese later. Catalogues are gettext ``.po`` files in
``governance/locale``; they are compiled in memory, so a translator needs no build step.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = ("en", "es", "pt")


@dataclass(frozen=True)
class Message:
    """An English sentence with named places (``{name}``) and the values that fill them."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    plural: str | None = None
    number: int = 1

    def template(self, language: str) -> str:
        """The sentence in ``language``, in the plural form of ``number``, its places still open."""
        if self.plural is None:
            return translate(self.sentence, language)
        return catalogue(language).ngettext(self.sentence, self.plural, self.number)

    def text(self, language: str = "en") -> str:
        """The sentence in ``language``, its values filled in."""
        filled = {name: told(value, language) for name, value in self.values.items()}
        return self.template(language).format(**filled)

    def __str__(self) -> str:
        return self.text()


@runtime_checkable
class Written(Protocol):
    """What a city wrote in several languages (:class:`civic_ai.records.text.Text`)."""

    def in_language(self, language: str) -> str:
        """The text in ``language``."""


def told(value: Any, language: str) -> Any:
    """What fills a place: words in ``language``, a day written out, a tuple of them one after the other, else
    the value."""
    if isinstance(value, datetime):
        return written_moment(value, language)
    if isinstance(value, date):
        return written_date(value, language)
    if isinstance(value, tuple):
        return ", ".join(str(told(each, language)) for each in value)
    if isinstance(value, Written):
        return value.in_language(language)
    return value.text(language) if isinstance(value, Message) else value


def written_date(day: date, locale: str | Locale) -> str:
    """A day written out as people of a language or a place do: ``22 de noviembre de 2026``."""
    from babel.dates import format_date

    return str(format_date(day, "long", locale=locale))


def written_moment(moment: datetime, locale: str | Locale) -> str:
    """A moment to the second, by the clock in its own zone: ``22 de noviembre de 2026, 9:00:01 UTC``."""
    from babel.dates import format_datetime

    return str(format_datetime(moment, "long", tzinfo=moment.tzinfo, locale=locale))


def say(sentence: str, /, **values: Any) -> Message:
    """A message; the sentence must be a literal, so that it can be collected for translation.

    A place that nothing fills is a mistake of ours, told where it is made and not where it is read.
    """
    assert places(sentence) <= values.keys(), f"a place stays empty: {sentence}"
    return Message(sentence, values)


def say_count(one: str, many: str, number: int, /, **values: Any) -> Message:
    """A message whose form follows ``number`` (``1 gate fails``, ``3 gates fail``); both are literals."""
    return Message(one, values, many, number)


@cache
def places(sentence: str) -> frozenset[str]:
    """The names of the places in a sentence."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def N_(sentence: str) -> str:
    """``sentence``, unchanged: it is collected for translation here and translated where it is shown."""
    return sentence


def translate(sentence: str, language: str) -> str:
    """``sentence`` in ``language``; the English sentence where no translation stands."""
    return catalogue(language).gettext(sentence)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations of one language (``en`` is the identity)."""
    path = governance_folder() / "locale" / f"{language}.po"
    if language == "en" or not path.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def governance_folder() -> Path:
    """The folder ``governance/`` that came with this installation or stands in this checkout."""
    return shipped_folder("governance")


def shipped_folder(name: str) -> Path:
    """A top-level folder of the project, from the wheel or from the checkout around ``src``."""
    package = Path(__file__).resolve().parents[1]
    in_wheel = package / "_shipped" / name
    return in_wheel if in_wheel.is_dir() else package.parents[1] / name


@cache
def sentences_of(language: str) -> Mapping[str, str]:
    """What stands in ``language``, back to the English sentence that it was written from."""
    path = governance_folder() / "locale" / f"{language}.po"
    if language == "en" or not path.is_file():
        return {}
    from babel.messages.pofile import read_po

    with path.open("rb") as source:
        found = read_po(source, locale=language)
    return {
        entry.string: entry.id
        for entry in found
        if isinstance(entry.id, str) and isinstance(entry.string, str) and entry.string
    }


def in_other_language(told: str, written_in: str, language: str) -> str | None:
    """A sentence of ours that stands in one language, in another; None where it is none of ours."""
    english = told if written_in == "en" else sentences_of(written_in).get(told)
    if english is None:
        return None
    other = translate(english, language)
    return other if language == "en" or other != english else None
