"""Read a card as a browser would: its facts, headings, pictures, tables, and the words that are seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "link", "input", "hr"}


@dataclass
class Element:
    """An element with its attributes, its own and its children's text."""

    tag: str
    attributes: dict[str, str]
    parents: tuple[str, ...]
    text: str = ""


@dataclass
class Card:
    """All elements in order, and the text outside of facts, code, style and title."""

    elements: list[Element] = field(default_factory=list)
    plain: str = ""

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    @property
    def facts(self) -> list[Element]:
        return [element for element in self.elements if "data-fact" in element.attributes]

    @property
    def seen(self) -> str:
        """Everything that a reader sees."""
        return next(element.text for element in self.elements if element.tag == "body")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.card = Card()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes, tuple(one.tag for one in self.open))
        self.card.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data
        tags = {element.tag for element in self.open}
        if not tags & {"data", "time", "code", "style", "title"}:
            self.card.plain += data


@lru_cache(maxsize=64)
def read_card(html: str) -> Card:
    """The card; fails where its tags do not nest."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, [element.tag for element in reader.open]
    return reader.card
