"""Render the cards of an evidence: each kind, each language, full for the board, masked for the public."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket
from markupsafe import Markup

from civic_ai.cards.audit_report import audit_report
from civic_ai.cards.brief import board_brief
from civic_ai.cards.change_note import change_note, earlier_facts
from civic_ai.cards.data_card import data_card
from civic_ai.cards.facts import Records, for_the_public, read_records
from civic_ai.cards.model_card import model_card
from civic_ai.cards.numbers import locale_for
from civic_ai.cards.page import Page, card_facts, public_facts
from civic_ai.cards.pictures.picture import unvalidated
from civic_ai.cards.pictures.pictures import Pictures
from civic_ai.cards.public_notice import public_notice
from civic_ai.cards.sealed import Sealed, read_sealed
from civic_ai.cards.tell import Teller
from civic_ai.cards.twin import twin
from civic_ai.cards.views import Views, read_views
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import Message, governance_folder, say
from civic_ai.records.dossier import Audience
from civic_ai.records.evidence import Evidence
from civic_ai.records.gates import GateReport
from civic_ai.records.policy import Policy
from civic_ai.store.blobs import Blobs

CARDS: dict[str, Callable[[Page], dict[str, Any]]] = {
    "board_brief": board_brief,
    "model_card": model_card,
    "data_card": data_card,
    "audit_report": audit_report,
    "public_notice": public_notice,
}


def render_cards(
    evidence: Evidence, gates: GateReport, policy: Policy, blobs: Blobs, after: Path | None = None
) -> dict[str, bytes]:
    """Path inside the dossier and content of every card, ``public/board_brief.es.html``, and of their twins.

    The public's cards are made from the masked audit alone, so they cannot show what it hides. ``after`` is
    the folder of the dossier that ``evidence`` follows; with it there is a change note. Raises
    :class:`RefusedError` where another dossier stands there.
    """
    audiences: dict[Audience, Evidence] = {"board": evidence, "public": for_the_public(evidence)}
    cards: dict[str, bytes] = {}
    for audience, seen in audiences.items():
        records = read_records(seen, blobs)
        shown = _Shown(
            records, gates, policy, read_views(records, blobs), _earlier(after, audience, evidence)
        )
        for language in records.spec.review.languages:
            with unvalidated():
                written = _written(shown.page(language, audience))
            cards |= {f"{audience}/{name}": content for name, content in written.items()}
    return cards


def _earlier(after: Path | None, audience: Audience, evidence: Evidence) -> Sealed | None:
    """The version that ``evidence`` follows, as ``audience`` may see it."""
    if after is None:
        return None
    earlier = read_sealed(after, audience)
    if earlier.manifest.digest != evidence.after:
        raise RefusedError.because(
            say("it is not the dossier that the run followed"),
            about=str(after),
            remedy=say("Run again, and leave the folder alone meanwhile."),
        )
    return earlier


def _written(page: Page) -> dict[str, bytes]:
    """Name and content of each card of one reader, and of the twin of them all."""
    views = {name: view(page) for name, view in CARDS.items()}
    if page.earlier is not None:
        views["change_note"] = change_note(page, page.earlier)
    language = page.teller.language
    pages = {name: _render(name, page, view) for name, view in views.items()}
    facts = twin(pages, page.teller.facts, language=language, audience=page.audience)
    return {f"{name}.{language}.html": html for name, html in pages.items()} | {
        f"cards.{language}.json": facts
    }


@dataclass(frozen=True)
class _Shown:
    """What one audience may see, before it is put into a language."""

    records: Records
    gates: GateReport
    policy: Policy
    views: Views
    earlier: Sealed | None

    def page(self, language: str, audience: Audience) -> Page:
        facts = card_facts(self.records, self.gates, self.views)
        if audience == "public":
            facts = public_facts(facts, self.policy.suppression)
        if self.earlier is not None:
            facts = facts | earlier_facts(self.earlier)
        teller = Teller(facts, language, locale_for(self.records.spec.locale, language))
        pictures = Pictures(self.records, teller, self.views)
        return Page(self.records, self.gates, self.policy, pictures, teller, audience, self.earlier)


def _render(name: str, page: Page, view: dict[str, Any]) -> bytes:
    return render_template(name, page.teller, {"page": page, "spec": page.records.spec, **view})


def render_template(name: str, teller: Teller, view: Mapping[str, Any]) -> bytes:
    """The HTML of one template of ``governance/cards`` as ``teller`` says it."""
    return _environment(teller).get_template(f"{name}.html").render(tell=teller, **view).encode()


class _Compiled(BytecodeCache):
    """Templates that this process has compiled; every reader's environment speaks through the same."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


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
        bytecode_cache=_COMPILED,
    )
    environment.globals["_"] = say
    return environment
