"""The JSON twin of the cards: for each card the facts that it shows, for programs instead of eyes."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

from civic_ai.core.canonical import canonical_json
from civic_ai.records.record import Scalar

_FACTS = ("data", "time")


def twin(cards: Mapping[str, bytes], facts: Mapping[str, Scalar], *, language: str, audience: str) -> bytes:
    """Canonical JSON: for each card, in the order of its page, every fact with its value and its words.

    ``cards`` are the pages by their name. Values are those of ``facts``, never read back from the page; words
    are as printed there. A fact that stands on a page several times is told once for each wording.
    """
    shown = {name: _told(page.decode(), facts) for name, page in cards.items()}
    return canonical_json({"schema": "cards/1", "language": language, "audience": audience, "cards": shown})


def _told(page: str, facts: Mapping[str, Scalar]) -> list[dict[str, object]]:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return [
        {"fact": name, "value": facts[name], "words": words} for name, words in dict.fromkeys(reader.shown)
    ]


class _Reader(HTMLParser):
    """Collects the name and the words of each fact of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str]] = []
        self._name: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FACTS:
            self._name = dict(attrs).get("data-fact")

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self.shown.append((self._name, data))

    def handle_endtag(self, tag: str) -> None:
        if tag in _FACTS:
            self._name = None
