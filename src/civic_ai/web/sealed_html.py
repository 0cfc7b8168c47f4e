"""A sealed card's own HTML inside a page of the desk: written anew, element by element, from a closed list.

A dossier comes from the team whose model is judged. What our cards never hold (a script, a form, a style, an
address elsewhere) is not shown; CSP would stop it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markupsafe import Markup, escape

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say

TAGS = frozenset(
    [
        "a",
        "br",
        "caption",
        "code",
        "data",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "img",
        "li",
        "ol",
        "p",
        "q",
        "section",
        "small",
        "span",
        "strong",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "time",
        "tr",
        "ul",
    ]
)
ATTRIBUTES = frozenset(
    [
        "alt",
        "aria-hidden",
        "class",
        "data-as",
        "data-fact",
        "data-label",
        "datetime",
        "id",
        "role",
        "scope",
        "value",
    ]
)
_VOID = frozenset({"br", "img"})
HEADING = "h2"
"""What begins a section, where it stands in nothing else."""
_PICTURE = re.compile(r"data:image/(svg\+xml|png);base64,[A-Za-z0-9+/=]+")
_CARD = re.compile(r"([a-z_]+)\.[a-z]{2}\.html(#[a-z0-9_-]+)?")
_BODY = re.compile(r'<main id="main">(.*)</main>', re.DOTALL)
_HEADING = re.compile(r'<h2 id="([a-z0-9_-]+)">(.*?)</h2>', re.DOTALL)
_PART = re.compile(r'<figure id="picture-([A-Za-z0-9_-]+)">.*?</figure>', re.DOTALL)
_FIGURES = frozenset({"data", "time"})
_BOUNDS = (".lower", ".upper")
"""Ends of an interval: they lead where their value leads."""
CardAddress = Callable[[str], str]
"""Where the desk shows a card of the same dossier, by the card's name."""
FactAddress = Callable[[str], str]
"""Where the desk says where a figure comes from, by the fact's name."""


TOP = "top"
"""The section before the first heading."""


@dataclass(frozen=True)
class Section:
    """A part of a card: from one main heading to the next. ``name``: the heading's id, which links name."""

    name: str
    heading: str
    body: Markup


def body_of(card: str, address: CardAddress, source: FactAddress | None = None) -> Markup:
    """What stands between head and foot of a sealed card. Links to its other cards lead to their pages here,
    and, where ``source`` is given, each figure to where it comes from.

    Raises :class:`RefusedError` where it holds what no card of ours does.
    """
    return Markup("").join(section.body for section in sections_of(card, address, source))


def sections_of(card: str, address: CardAddress, source: FactAddress | None = None) -> tuple[Section, ...]:
    """The same, section by section; a heading without an id is called by its number. Raises as above."""
    found = _BODY.search(card)
    if found is None:
        raise _not_ours("main")
    writer = _Writer(address, source)
    writer.feed(found[1])
    writer.close()
    if writer.open:
        raise _not_ours(writer.open[-1])
    return tuple(part.section for part in writer.parts if part.written)


@dataclass
class _Part:
    """A section while it is written."""

    name: str
    heading: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    @property
    def section(self) -> Section:
        return Section(self.name, " ".join("".join(self.heading).split()), Markup("".join(self.written)))


def headings_of(body: Markup) -> list[tuple[str, str]]:
    """Place and words of each section that a page's contents can lead to."""
    return [(place, Markup(words).striptags()) for place, words in _HEADING.findall(body)]


def pictures_of(body: Markup) -> dict[str, Markup]:
    """Each picture with its words and its table, by its name."""
    return {found[1]: Markup(found[0]) for found in _PART.finditer(body)}


class _Writer(HTMLParser):
    """Writes what it reads, if it is on the list."""

    def __init__(self, address: CardAddress, source: FactAddress | None) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.source = source
        self.open: list[str] = []
        self.linked = 0
        self.parts = [_Part(TOP)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag not in TAGS:
            raise _not_ours(tag)
        if tag == HEADING and not self.open:
            attrs = self._begin(attrs)
        if self._is_link(tag, dict(attrs).get("data-fact")):
            self.linked = len(self.open) + 1
        said = "".join(f' {name}="{escape(self._value(tag, name, value or ""))}"' for name, value in attrs)
        self._write(f"<{tag}{said}>")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the one that began last."""
        if not self.open or self.open.pop() != tag:
            raise _not_ours(tag)
        self._write(f"</{tag}>")
        if self.linked == len(self.open) + 1:
            self._write("</a>")
            self.linked = 0

    def _is_link(self, tag: str, fact: str | None) -> bool:
        """Whether a link to a figure's source begins here; its address is then written."""
        if self.source is None or not fact or fact.endswith(_BOUNDS) or tag not in _FIGURES:
            return False
        if self.linked or "a" in self.open:
            return False
        self._write(f'<a class="desk-figure" href="{escape(self.source(fact))}">')
        return True

    def handle_data(self, data: str) -> None:
        """Text between elements."""
        self._write(str(escape(data)))
        if self.open[:1] == [HEADING]:
            self.parts[-1].heading.append(data)

    def _write(self, text: str) -> None:
        self.parts[-1].written.append(text)

    def _begin(self, attrs: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
        """A section begins; its heading's attributes, with an id in any case."""
        given = dict(attrs)
        name = given.setdefault("id", f"section-{len(self.parts)}") or ""
        self.parts.append(_Part(name))
        return list(given.items())

    def _value(self, tag: str, name: str, value: str) -> str:
        if name in ATTRIBUTES:
            return value
        if (tag, name) == ("img", "src") and _PICTURE.fullmatch(value):
            return value
        if (tag, name) == ("a", "href") and (card := _CARD.fullmatch(value)):
            return self.address(card[1]) + (card[2] or "")
        if (tag, name) == ("a", "href") and value.startswith("#"):
            return value
        raise _not_ours(f"{tag} {name}")


def _not_ours(what: str) -> Exception:
    return RefusedError.because(
        say("this card holds what no card of civic-ai does: {what}", what=what),
        remedy=say("It is not shown. Ask the team which program made it."),
    )
