"""Render the cards of an evidence: each kind, each language, full for the board, masked for the public."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from civic_ai.cards.brief import board_brief
from civic_ai.cards.data_card import data_card
from civic_ai.cards.facts import Records, for_the_public, read_records
from civic_ai.cards.model_card import model_card
from civic_ai.cards.numbers import locale_for
from civic_ai.cards.page import Page, card_facts, public_facts
from civic_ai.cards.pictures import Pictures
from civic_ai.cards.tell import Teller
from civic_ai.cards.views import Views, read_views
from civic_ai.core.messages import Message, governance_folder
from civic_ai.records.evidence import Evidence
from civic_ai.records.gates import GateReport
from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs

CARDS: dict[str, Callable[[Page], dict[str, Any]]] = {
    "board_brief": board_brief,
    "model_card": model_card,
    "data_card": data_card,
}


def render_cards(evidence: Evidence, gates: GateReport, policy: Policy, blobs: Blobs) -> dict[str, bytes]:
    """Path inside the dossier and HTML of every card: ``public/board_brief.es.html``.

    The public's cards are made from the masked audit alone, so they cannot show what it hides.
    """
    audiences = {"board": evidence, "public": for_the_public(evidence)}
    cards = {}
    for audience, seen in audiences.items():
        records = read_records(seen, blobs)
        shown = _Shown(records, gates, policy, read_views(records, blobs))
        for language in records.spec.review.languages:
            page = shown.page(language, audience)
            for name, view in CARDS.items():
                cards[f"{audience}/{name}.{language}.html"] = _render(name, page, view(page))
    return cards


@dataclass(frozen=True)
class _Shown:
    """What one audience may see, before it is put into a language."""

    records: Records
    gates: GateReport
    policy: Policy
    views: Views

    def page(self, language: str, audience: str) -> Page:
        facts = card_facts(self.records, self.gates, self.views)
        if audience == "public":
            facts = public_facts(facts, self.policy.suppression.minimum)
        teller = Teller(facts, language, locale_for(self.records.spec.locale, language))
        pictures = Pictures(self.records, teller, self.views)
        return Page(self.records, self.gates, self.policy, pictures, teller, audience)


def _render(name: str, page: Page, view: dict[str, Any]) -> bytes:
    template = _environment(page.teller).get_template(f"{name}.html")
    return template.render(page=page, tell=page.teller, spec=page.records.spec, **view).encode()


def _environment(teller: Teller) -> Environment:
    """Templates from ``governance/cards``: escaped, undefined names refused, ``_`` speaks the language."""

    def say(sentence: str, /, **values: Any) -> Markup:
        return teller.sentence(Message(sentence, values))

    environment = Environment(
        loader=FileSystemLoader(governance_folder() / "cards"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = say
    return environment
