"""What every card is made from: the records, the gates, and one reader."""

from __future__ import annotations

import re
from dataclasses import dataclass

from civic_ai.cards.disparities import deciding_disparity, deciding_report
from civic_ai.cards.facts import Facts, Records, facts_of
from civic_ai.cards.pictures import Pictures
from civic_ai.cards.scorecard import read_scorecard, scorecard_facts
from civic_ai.cards.tell import HIDDEN, Teller
from civic_ai.cards.views import Views
from civic_ai.records.gates import GateReport
from civic_ai.records.policy import Policy
from civic_ai.records.record import flatten

NAMED = 2
"""How many failed questions the brief names in its first minute."""


@dataclass(frozen=True)
class Page:
    """One reader's view of one evidence; ``audience`` is ``board`` or ``public``."""

    records: Records
    gates: GateReport
    policy: Policy
    pictures: Pictures
    teller: Teller
    audience: str


def card_facts(records: Records, gates: GateReport, views: Views) -> Facts:
    """Every fact that a card may show: those of the records, of the gates, and of the views.

    ``deciding`` is the disparity that the audit's verdict rests on, ``deciding_report`` the same for
    reporting, ``gates.open`` how many gates do not pass,
    ``gates.failed_beyond_named`` how many fail besides those that the brief names at once,
    ``sources.rows_read`` all rows handed over, ``calibration.bias`` how far predictions are off on average.
    """
    bias = records.evaluation.calibration.bias_ratio.value
    counted: Facts = {
        "gates.failed_beyond_named": max(0, gates.failed - NAMED),
        "gates.open": gates.failed + gates.unknown,
        "sources.rows_read": sum(source.rows_read for source in records.snapshot.sources),
        "calibration.bias": None if bias is None else abs(bias - 1),
    }
    decides = {
        "deciding": deciding_disparity(records.audit),
        "deciding_report": deciding_report(records.audit),
    }
    gaps = {
        name: value
        for prefix, part in decides.items()
        if part is not None
        for name, value in flatten(part, prefix)
    }
    said = counted | gaps | scorecard_facts(records, read_scorecard())
    return facts_of(records) | dict(flatten(gates, "gates")) | said | views.facts()


def public_facts(facts: Facts, minimum: int) -> Facts:
    """``facts`` as the public may see them where the audit's masking does not reach.

    Rows that were set aside are requests of people too: counts of them from 1 to ``minimum`` - 1 become
    :data:`HIDDEN`, and shares of them are rounded to a tenth of a percent, so that none can be computed.
    """
    seen = dict(facts)
    for name in facts:
        value = facts[name]
        if isinstance(value, int) and _COUNTS_OF_PEOPLE.fullmatch(name) and 0 < value < minimum:
            seen[name] = HIDDEN
        elif isinstance(value, float) and _SHARES_OF_PEOPLE.fullmatch(name):
            seen[name] = round(value, 3)
    return seen


_COUNTS_OF_PEOPLE = re.compile(
    r"snapshot\.sources\.\w+\.(quarantined|duplicates|broken_rules\..*\.rows)"
    r"|(snapshot|panel|audit)\.findings\..+\.count"
    r"|panel\.(events_outside_cohort|censored_rows)"
    r"|fan\.points\.\d+\.came"
)
_SHARES_OF_PEOPLE = re.compile(r"snapshot\..*quarantined_share|(snapshot|panel|audit)\.findings\..*share")
