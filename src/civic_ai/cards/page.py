"""What every card is made from: the records, the gates, and one reader."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.cards.facts import Facts, Records, facts_of
from civic_ai.cards.pictures import Pictures
from civic_ai.cards.score_map import ScoreMap
from civic_ai.cards.tell import Teller
from civic_ai.records.gates import GateReport
from civic_ai.records.policy import Policy
from civic_ai.records.record import flatten


@dataclass(frozen=True)
class Page:
    """One reader's view of one evidence; ``audience`` is ``board`` or ``public``."""

    records: Records
    gates: GateReport
    policy: Policy
    pictures: Pictures
    teller: Teller
    audience: str


def card_facts(records: Records, gates: GateReport, scores: ScoreMap) -> Facts:
    """Every fact that a card may show: those of the records, of the gates, and of the map."""
    counted = {"gates.open": gates.failed + gates.unknown}
    return facts_of(records) | dict(flatten(gates, "gates")) | counted | scores.facts()
