"""Facts and sentences for one reader: language, place, and the numbers that this reader may see.

Every number on a card is printed here, inside ``<data data-fact="...">``, so that it can be
followed to the record it came from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.lists import format_list
from markupsafe import Markup, escape

from civic_ai.cards import words
from civic_ai.cards.numbers import Style, written
from civic_ai.core.messages import Message, say, told, translate, written_date
from civic_ai.records.record import Scalar
from civic_ai.records.text import Text

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CONDITION = re.compile(r"(>=|<=|==|!=|>|<) (.+)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FINER: dict[Style, tuple[float, Style]] = {
    "per_hundred": (0.02, "per_hundred_fine"),
    "percent": (0.02, "percent_fine"),
    "found": (2.0, "found_fine"),
}
"""Intervals narrower than this are written with one more digit, else both ends would read the same."""
_ONE_MORE_DIGIT: dict[Style, Style] = {"found_fine": "ratio", "ratio": "number"}

HIDDEN = "suppressed"
"""What stands in the place of a number that this reader may not see."""


@dataclass(frozen=True)
class Teller:
    """Tells facts to one reader. All methods return text that is safe inside HTML."""

    facts: Mapping[str, Scalar]
    language: str
    locale: Locale

    def sentence(self, message: Message) -> Markup:
        """A message in the reader's language, its values escaped."""
        filled = {name: self._filled(value) for name, value in message.values.items()}
        return Markup(escape(message.template(self.language))).format(**filled)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return Markup(", ").join(self._filled(each) for each in value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return written_date(value, self.locale)
        return self.sentence(value) if isinstance(value, Message) else told(value, self.language)

    def plain(self, message: Message) -> str:
        """A message without any markup, for pictures, titles and attributes."""
        return message.text(self.language)

    def word(self, table: Mapping[str, Any], key: str) -> str:
        """The word for ``key`` in a table of words; the key itself where no word stands."""
        entry = table.get(key, key)
        return translate(entry if isinstance(entry, str) else entry[0], self.language)

    def text(self, text: Text) -> str:
        """What the city wrote, in the reader's language where it did."""
        return text.in_language(self.language)

    def listed(self, items: list[Any]) -> Markup:
        """``a, b and c``."""
        return Markup(format_list([str(escape(item)) for item in items], locale=self.locale))

    def value(self, name: str, style: Style) -> Markup:
        """One number by its fact's name; the words for a missing one where it is None."""
        value = self.facts[name]
        if value is None or value == HIDDEN:
            return self._without(value)
        assert isinstance(value, int | float), name
        return Markup('<data class="fact" data-fact="{}" data-as="{}" value="{}">{}</data>').format(
            name, style, value, written(value, style, self.locale)
        )

    def _without(self, value: Scalar) -> Markup:
        """The words for a number that this reader may not see, or that nobody measured."""
        if value == HIDDEN:
            return Markup(escape(self.word(words.MISSING, HIDDEN)))
        return self.sentence(say("Not measured"))

    def day(self, name: str) -> Markup:
        """One date by its fact's name, written out."""
        day = date.fromisoformat(str(self.facts[name]))
        return Markup('<time class="fact" data-fact="{}" datetime="{}">{}</time>').format(
            name, day.isoformat(), written_date(day, self.locale)
        )

    def period(self, prefix: str) -> Markup:
        """First and last day of a period, both written out."""
        first, last = self.day(f"{prefix}.first"), self.day(f"{prefix}.last")
        return self.sentence(say("{first} to {last}", first=first, last=last))

    def interval(self, prefix: str, style: Style) -> Markup:
        """``between 32 and 36``; empty where the figure has no interval."""
        if self.facts.get(f"{prefix}.lower") is None or self.facts.get(f"{prefix}.upper") is None:
            return Markup("")
        lower, upper = self.value(f"{prefix}.lower", style), self.value(f"{prefix}.upper", style)
        return self.sentence(say("between {lower} and {upper}", lower=lower, upper=upper))

    def figure(self, prefix: str, style: Style) -> Markup:
        """``34 (between 32 and 36)``, or why it is missing."""
        if self.facts.get(f"{prefix}.value") is None:
            return self.missing(prefix)
        fine = self.finer(prefix, style)
        value, interval = self.value(f"{prefix}.value", fine), self.interval(prefix, fine)
        return Markup("{} ({})").format(value, interval) if interval else value

    def missing(self, prefix: str) -> Markup:
        """Why a figure has no value."""
        why = str(self.facts.get(f"{prefix}.why_missing") or "")
        return Markup(escape(self.word(words.MISSING, why))) if why else self.sentence(say("Not measured"))

    def verdict(self, verdict: str) -> Markup:
        """The word of a verdict with its sign."""
        return Markup('<span class="verdict {}"><span aria-hidden="true">{}</span> {}</span>').format(
            verdict, words.SIGNS[verdict], self.word(words.VERDICTS, verdict)
        )

    def needed(self, name: str) -> Markup:
        """``Too few to tell (would need about 800)`` for the fact that says how many it would take."""
        if self.facts.get(name) is None:
            return self.sentence(say("Too few to tell"))
        n = self.value(name, "about")
        if self.facts.get(f"{name}_is_least"):
            return self.sentence(say("Too few to tell (would need more than {n})", n=n))
        return self.sentence(say("Too few to tell (would need about {n})", n=n))

    def observed(self, name: str) -> Markup:
        """Any fact as a gate sees it: a bound with its figure, a verdict's word, a date, a number."""
        value = self.facts.get(name)
        prefix, _, bound = name.rpartition(".")
        if bound in ("lower", "upper", "value") and f"{prefix}.n" in self.facts:
            return self.figure(prefix, "ratio")
        if isinstance(value, bool):
            return self.sentence(say("yes") if value else say("no"))
        if isinstance(value, str):
            known = escape(self.word(words.VERDICTS | {HIDDEN: words.MISSING[HIDDEN]}, value))
            return self.day(name) if _DATE.fullmatch(value) else Markup(known)
        if value is None:
            return self.sentence(say("Not measured"))
        return self.value(name, "count" if isinstance(value, int) else self._scale(name))

    def condition(self, must_be: str, fact: str) -> Markup:
        """``must be more than 1`` for ``> 1.0``, in the style that the fact itself is shown in."""
        found = _CONDITION.fullmatch(must_be)
        if found is None:
            return Markup("<code>{}</code>").format(must_be)
        return self.sentence(Message(words.CONDITIONS[found[1]], {"limit": self._limit(found[2], fact)}))

    def _limit(self, limit: str, fact: str) -> Markup:
        """What a fact is held against: a verdict's word, or a number that the policy sets."""
        if _NUMBER.fullmatch(limit) is None:
            return Markup(escape(self.word(words.VERDICTS, limit)))
        style: Style = "percent_fine" if self._scale(fact) == "percent_fine" else "limit"
        shown = written(float(limit), style, self.locale)
        return Markup('<data class="limit" value="{}">{}</data>').format(limit, shown)

    def finer(self, prefix: str, style: Style) -> Style:
        """``style``, with one more digit where the figure's interval is narrow, or an end of it would read
        as the value itself."""
        value, lower, upper = (self.facts.get(f"{prefix}.{part}") for part in ("value", "lower", "upper"))
        if not isinstance(lower, float) or not isinstance(upper, float):
            return style
        width, finer = _FINER.get(style, (0.0, _ONE_MORE_DIGIT.get(style, style)))
        if isinstance(value, int | float):
            ends = [end for end in (lower, upper) if end != value]
            if written(value, style, self.locale) in [written(end, style, self.locale) for end in ends]:
                return finer
        return finer if upper - lower < width else style

    @staticmethod
    def _scale(name: str) -> Style:
        return "percent_fine" if name.endswith(("share", "drift")) else "number"
