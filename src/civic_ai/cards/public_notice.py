"""The public notice: one page for residents. What is tried, with which data, how well, and how to object.

It is sealed with the dossier, so it cannot know what the board decides: it says that nothing is decided. The
public record (``civic-ai publish``) puts the decision above it.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.findings import Findings
from civic_ai.cards.gate_lines import tally
from civic_ai.cards.page import Page
from civic_ai.cards.wording.questions import QUESTIONS
from civic_ai.core.messages import Message, say

Answered = tuple[str, list[Markup]]


def public_notice(page: Page) -> dict[str, Any]:
    """Everything that the template of the public notice shows."""
    return {"answers": [(page.teller.plain(asks), said) for asks, said in _answers(page)]}


def _answers(page: Page) -> list[tuple[Message, list[Markup]]]:
    teller, spec = page.teller, page.records.spec
    findings = Findings(page.records, teller)
    return [
        (say("What is the city trying?"), _trying(page)),
        (say("What will never be done with it?"), _never(page)),
        (say("Which data are used?"), _data(page)),
        (say("How well does it work?"), [findings.gain(), findings.lockbox()]),
        (say("Does it work less well for some?"), [findings.groups(), findings.need()]),
        (say("Who decides?"), _who_decides(page)),
        (
            say("How can I ask, object, or see more?"),
            [
                teller.sentence(say("Write to {owner}, {contact}.", owner=spec.owner, contact=spec.contact)),
                teller.sentence(
                    say(
                        "The model card, the data card and the audit report, which the city hands out, hold "
                        "all the numbers."
                    )
                ),
            ],
        ),
    ]


def _trying(page: Page) -> list[Markup]:
    """The decision in the city's own words, what gets a score, and that people decide."""
    teller, records = page.teller, page.records
    said = QUESTIONS[records.evaluation.question]
    return [
        Markup("{}.").format(teller.text(records.spec.decision).rstrip(".")),
        teller.sentence(Message(said.scored, {"unit": teller.text(records.spec.unit.name)})),
        Markup("{}").format(teller.word(words.INTERVENTIONS, records.spec.intervention)),
    ]


def _never(page: Page) -> list[Markup]:
    teller = page.teller
    uses = teller.listed([teller.text(use) for use in page.records.spec.never_for])
    return [teller.sentence(say("It must never be used for: {uses}.", uses=uses))]


def _data(page: Page) -> list[Markup]:
    """What was handed over, and from when."""
    teller = page.teller
    return [
        teller.sentence(
            say(
                "Records that the city keeps anyway: {rows} rows from {sources} sources.",
                rows=teller.value("sources.rows_read", "count"),
                sources=teller.value("snapshot.sources.count", "count"),
            )
        ),
        teller.sentence(
            say("It learned from what was known at the time: {period}.", period=teller.period("panel.period"))
        ),
    ]


def _who_decides(page: Page) -> list[Markup]:
    teller = page.teller
    return [
        teller.sentence(
            say("The governance board of the city decides whether it may be used. This page decides nothing.")
        ),
        tally(page.gates, teller),
    ]  # fmt: skip
