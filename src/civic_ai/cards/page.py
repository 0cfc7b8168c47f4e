"""What every card is made from: the records, the gates, and one reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_ai.cards.disparities import deciding_disparity, deciding_report
from civic_ai.cards.facts import Facts, Records, facts_of
from civic_ai.cards.pictures.pictures import Pictures
from civic_ai.cards.scorecard import read_scorecard, scorecard_facts
from civic_ai.cards.tell import HIDDEN, Teller
from civic_ai.cards.views import Views
from civic_ai.records.gates import GateReport
from civic_ai.records.policy import Policy, Suppression
from civic_ai.records.record import Scalar, flatten

if TYPE_CHECKING:
    from civic_ai.cards.sealed import Sealed

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
    earlier: Sealed | None = None
    """The version that this one follows, as the same audience may see it."""


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
    said = counted | deciding_facts(records) | scorecard_facts(records, read_scorecard())
    return facts_of(records) | dict(flatten(gates, "gates")) | said | views.facts()


def deciding_facts(records: Records) -> Facts:
    """The comparisons that verdicts rest on: ``deciding.`` and ``deciding_report.``."""
    decides = {
        "deciding": deciding_disparity(records.audit),
        "deciding_report": deciding_report(records.audit),
    }
    return {
        name: value
        for prefix, part in decides.items()
        if part is not None
        for name, value in flatten(part, prefix)
    }


def public_facts(facts: Facts, rule: Suppression) -> Facts:
    """``facts`` as the public may see them where the audit's masking does not reach.

    Rows that were set aside are requests of people too: counts of them from 1 to the minimum - 1 become
    :data:`HIDDEN`, and shares of them are rounded to a tenth of a percent, so that none can be computed. What
    came in one place is rounded besides; so is what a simple rule says of a place, which is what came there
    before. Values of categories are for the board.
    """
    of_rule = _OF_RULE if facts.get("evaluation.champion_is_baseline") else _OF_EVERY_RULE
    public = {name: _public(name, value, of_rule, rule) for name, value in facts.items()}
    return public | _without_remainders(public)


def _without_remainders(public: Facts) -> Facts:
    """Rows read, where less the rows kept they give the few that were set aside; their sum in hundreds."""
    told_by = [
        name.rpartition(".")[0]
        for name, value in public.items()
        if value == HIDDEN and _SET_ASIDE.fullmatch(name)
    ]
    total = public.get("sources.rows_read")
    if not told_by or not isinstance(total, int | float):
        return {}
    rounded = int(total / _HUNDRED + 0.5) * _HUNDRED
    return {f"{source}.rows_read": HIDDEN for source in told_by} | {"sources.rows_read": rounded}


def _public(name: str, value: Scalar, of_rule: re.Pattern[str], rule: Suppression) -> Scalar:
    if _FOR_THE_BOARD.fullmatch(name) or (of_rule is _OF_RULE and _CLASSES.fullmatch(name)):
        return HIDDEN
    if isinstance(value, float) and _SHARES_OF_PEOPLE.fullmatch(name):
        return round(value, 3)
    is_place = of_rule.fullmatch(name) is not None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not is_place and not _COUNTS_OF_PEOPLE.fullmatch(name):
        return value
    if 0 < value < rule.minimum:
        return HIDDEN
    return int(value / rule.round_counts_to + 0.5) * rule.round_counts_to if is_place else value


_COUNTS_OF_PEOPLE = re.compile(
    r"snapshot\.sources\.\w+\.(quarantined|duplicates|broken_rules\..*\.rows)"
    r"|(snapshot|panel|audit)\.findings\..+\.count"
    r"|panel\.(events_outside_cohort|censored_rows)"
)
_SET_ASIDE = re.compile(r"snapshot\.sources\.\w+\.(quarantined|duplicates)")
_HUNDRED = 100
_OF_EVERY_RULE = re.compile(r"fan\.points\.\d+\.(came|rule)")
_OF_RULE = re.compile(r"fan\.points\.\d+\.(came|rule|forecast|lower|upper)")
"""What came in one place, or a simple rule says of it: the same count of another time."""
_CLASSES = re.compile(r"map\.classes\.\d+\.(lower|upper)")
_FOR_THE_BOARD = re.compile(r"panel\.categories\..+\.value")
_SHARES_OF_PEOPLE = re.compile(r"snapshot\..*quarantined_share|(snapshot|panel|audit)\.findings\..*share")
