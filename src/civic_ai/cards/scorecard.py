"""How far to trust the audit itself: what it finds, and falsely finds, in made-up cities of the pilot's size.

The numbers are those of ``governance/scorecard.json`` (METHODS 8 and 9), which the experiment
``015-auditor-scorecard`` writes. They belong to the audit, not to the pilot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from civic_ai.cards.facts import Facts, Records
from civic_ai.cards.numbers import Style
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import N_, Message, governance_folder
from civic_ai.records.record import Record, flatten
from civic_ai.records.scorecard import AuditScore, Scorecard, Tried

SCORECARD_FILE = "scorecard.json"
SENTENCES = {
    "reporting": N_(
        "This audit finds a reporting ratio of {planted} in {found} of 100 cities of this size; "
        "it raises a false alarm in {alarms} of 100."
    ),
    "recall": N_(
        "It finds a group whose cases are found {planted} times as often in {found} of 100 such cities; "
        "it raises a false alarm in {alarms} of 100."
    ),
    "delays": N_(
        "It finds waits that are {planted} times as long in {found} of 100 such cities; "
        "it raises a false alarm in {alarms} of 100."
    ),
    "observer": N_(
        "It finds that a model knows only who looked in {found} of 100 such cities; "
        "it raises a false alarm in {alarms} of 100."
    ),
    "leak": N_(
        "It finds a planted leak of the future in {found} of 100 such cities; "
        "it raises a false alarm in {alarms} of 100."
    ),
}
"""What was planted, by the name of the audit; in the order in which the card says it."""
COUNTED = N_("Counted over {cities} made-up cities with about {incidents} incidents each.")
TOLD = N_("A true ratio of {planted} was told as {told} on average.")
NEVER_TRIED = N_(
    "Parts of this audit rest on fewer than {smallest} incidents here. They were never tried on so few."
)


class Quoted(Record):
    """One audit at the size nearest below the pilot's: shares of cities, and over how many at least."""

    incidents: int
    planted: float | None = None
    found: float
    false_alarms: float
    cities: int
    told: float | None = None


@cache
def read_scorecard(path: Path | None = None) -> Scorecard:
    """The scorecard at ``path``, else the one that came with this installation."""
    return Scorecard.model_validate_json((path or governance_folder() / SCORECARD_FILE).read_bytes())


def scorecard_facts(records: Records, scorecard: Scorecard) -> Facts:
    """``scorecard.<audit>.found`` and so on for every audit of the pilot that was tried at its size or below;
    ``scorecard.smallest``: where some were not, the fewest incidents at which any of those was."""
    score, cases = scorecard.audits, cases_of(records)
    asked = {name: score[name] for name in SENTENCES if name in score and name in cases}
    facts: Facts = {}
    for name, audit in asked.items():
        tried = audit.at(cases[name])
        if tried is not None:
            facts |= dict(flatten(_quoted(audit, tried), f"scorecard.{name}"))
    untried = [audit.sizes[0].incidents for name, audit in asked.items() if audit.at(cases[name]) is None]
    return facts | ({"scorecard.smallest": min(untried)} if untried else {})


def _quoted(audit: AuditScore, tried: Tried) -> Quoted:
    return Quoted(
        incidents=tried.incidents,
        planted=audit.planted,
        found=tried.found / tried.found_of,
        false_alarms=tried.false_alarms / tried.false_alarms_of,
        cities=min(tried.found_of, tried.false_alarms_of),
        told=tried.told,
    )


def cases_of(records: Records) -> Mapping[str, float]:
    """How many incidents each audit of this pilot rests on; no entry for what was not examined."""
    audit, made = records.audit, dict[str, float]()
    if audit.reporting.method == "duplicates" and audit.reporting.verdict != "unknown":
        made["reporting"] = audit.reporting.incidents or 0
    metrics = {item.metric for item in audit.disparities}
    for name, metric in (("recall", "recall"), ("delays", "restricted_mean_days")):
        if metric in metrics:
            made[name] = _events(records)
    if audit.observer is not None and audit.observer.verdict != "unknown":
        made["observer"] = audit.observer.cases or 0
    if records.panel.leaks_found is not None:
        made["leak"] = records.panel.events
    return made


def _events(records: Records) -> float:
    """Cases behind the figures of the groups, of the attribute with most; hidden ones count as none."""
    attributes = {count.attribute for count in records.audit.counts}
    return max(
        (
            sum(count.events or 0 for count in records.audit.counts if count.attribute == attribute)
            for attribute in attributes
        ),
        default=0,
    )


@dataclass(frozen=True)
class ScorecardWords:
    """Sentences about the audit itself for one reader."""

    teller: Teller

    def sentences(self) -> list[Markup]:
        """One for each audit of the pilot, over how many cities; then what was never tried."""
        said = [name for name in SENTENCES if f"scorecard.{name}.found" in self.teller.facts]
        told = [self._sentence(name) for name in said]
        if "scorecard.smallest" in self.teller.facts:
            smallest = self.teller.value("scorecard.smallest", "count")
            told.append(self.teller.sentence(Message(NEVER_TRIED, {"smallest": smallest})))
        return told

    def _sentence(self, name: str) -> Markup:
        tell, fact = self.teller, f"scorecard.{name}"
        places: dict[str, object] = {
            "found": tell.value(f"{fact}.found", self._style(f"{fact}.found")),
            "alarms": tell.value(f"{fact}.false_alarms", self._style(f"{fact}.false_alarms")),
        }
        if tell.facts[f"{fact}.planted"] is not None:
            places["planted"] = tell.value(f"{fact}.planted", "limit")
        counted = {
            "cities": tell.value(f"{fact}.cities", "count"),
            "incidents": tell.value(f"{fact}.incidents", "count"),
        }
        said = [Message(SENTENCES[name], places), *self._told(name), Message(COUNTED, counted)]
        return Markup(" ").join(map(tell.sentence, said))

    def _told(self, name: str) -> list[Message]:
        """How near its ratio comes, where that was counted."""
        fact = f"scorecard.{name}"
        if self.teller.facts.get(f"{fact}.told") is None:
            return []
        planted, told = (self.teller.value(f"{fact}.{part}", "ratio") for part in ("planted", "told"))
        return [Message(TOLD, {"planted": planted, "told": told})]

    def _style(self, name: str) -> Style:
        """One more digit where the share is no whole number of cities in a hundred: 199 of 200 is not all."""
        share = self.teller.facts[name]
        assert isinstance(share, float), name
        return "per_hundred" if round(100 * share, 9).is_integer() else "per_hundred_fine"
