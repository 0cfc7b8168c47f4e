"""The findings that the brief and the model card say in sentences: gain, groups, reporting."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.disparities import deciding_disparity, hides_disparities
from civic_ai.cards.facts import Records
from civic_ai.cards.frontier import METHODS
from civic_ai.cards.gains import Gain
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.candidates import candidate_name
from civic_ai.cards.wording.groups import GroupWords
from civic_ai.cards.wording.questions import QUESTIONS
from civic_ai.core.messages import N_, Message, say

_MEASURES_NEED = {
    "pass": N_("Repeat reports come about as fast from every group, so reports may stand for need."),
    "fail": N_("Some groups report the same problem less, so the list may pass over their need."),
    "insufficient_evidence": N_(
        "Too few repeat reports to tell whether reports stand for need in every group."
    ),
    "unknown": N_("Not measured whether reports stand for need."),
}


@dataclass(frozen=True)
class Findings:
    """Sentences about one evidence for one reader."""

    records: Records
    teller: Teller

    def gain(self) -> Markup:
        """How much better than the simplest rule, in the tests."""
        return Gain(self.records, self.teller).tests()

    def lockbox(self) -> Markup:
        """What the newest period, kept aside, found."""
        return Gain(self.records, self.teller).lockbox()

    def in_short(self) -> Markup:
        """Gain, last period and proposal; where a simple rule is proposed, that comes first."""
        parts = [self.gain(), self.lockbox()]
        at = 0 if self.records.evaluation.champion_is_baseline else len(parts)
        parts.insert(at, self.proposal())
        return Markup(" ").join(parts)

    def proposal(self) -> Markup:
        """Which way of choosing the dossier proposes, the model or the simple rule."""
        evaluation = self.records.evaluation
        name = candidate_name(self.records.spec, self.teller, evaluation.champion)
        if evaluation.champion_is_baseline:
            return self.teller.sentence(
                say("By the rule set beforehand, the simple rule is proposed: {name}.", name=name)
            )
        return self.teller.sentence(
            say("By the rule set beforehand, the model is proposed: {name}.", name=name)
        )

    def groups(self) -> Markup:
        """Whom it serves less well, or that nobody can tell."""
        audit, tell = self.records.audit, self.teller
        sentence = QUESTIONS[self.records.evaluation.question].served[audit.worst_verdict]
        places: dict[str, object] = {}
        if audit.worst_verdict == "pass":
            places["tolerance"] = tell.value("policy.tolerances.disparity_ratio", "ratio")
        elif audit.worst_verdict != "unknown":
            places["gap"] = self._deciding_gap()
        return tell.sentence(Message(sentence, places))

    def could_be_done(self) -> Markup:
        """The mitigation that comes nearest to even in the gap that decides, and what it costs; empty where
        none was declared for it, or no group is known to be served less."""
        audit, tell = self.records.audit, self.teller
        frontier, gap = audit.frontier, deciding_disparity(audit)
        if frontier is None or gap is None or audit.worst_verdict == "pass":
            return Markup("")
        if (gap.attribute, gap.group) != (frontier.attribute, frontier.group):
            return Markup("")
        prefix, known = "audit.frontier.ways", []
        for way in frontier.ways:
            value = tell.facts.get(f"{prefix}.{way.way}.ratio.value")
            if way.kind == "mitigation" and isinstance(value, float) and value > 0:
                known.append((abs(math.log(value)), way))
        if not known:
            return Markup("")
        best = min(known, key=lambda pair: pair[0])[1]
        names = GroupWords(self.records, tell)
        return tell.sentence(
            say(
                "One way to even it out, {method}: {group} at {ratio} times {reference}; what 100 visits "
                "find changes by {change}.",
                method=Message(METHODS[best.method or ""]),
                group=names.of_attribute(frontier.attribute, frontier.group),
                reference=names.group(frontier.attribute, frontier.reference_group),
                ratio=tell.figure(f"{prefix}.{best.way}.ratio", "ratio"),
                change=tell.figure(f"{prefix}.{best.way}.found_per_visit_change", "per_hundred"),
            )
        )

    def _deciding_gap(self) -> Message:
        if hides_disparities(self.records.audit):
            return say("Groups too small to show are left out. Among the others: {gap}", gap=self._gap())
        return say("The gap that decides: {gap}", gap=self._gap())

    def _gap(self) -> Message:
        """The deciding disparity in words, or why it has no number."""
        part = deciding_disparity(self.records.audit)
        if part is None:
            return say("none could be judged.")
        names = GroupWords(self.records, self.teller)
        group = names.of_attribute(part.attribute, part.group)
        if part.ratio.value is None:
            return say("{group}: {why}.", group=group, why=self.teller.missing("deciding.ratio"))
        reference = names.group(part.attribute, part.reference_group)
        ratio = self.teller.figure("deciding.ratio", "ratio")
        return say("{group} at {ratio} times {reference}.", group=group, ratio=ratio, reference=reference)

    def need(self) -> Markup:
        """Whether reports stand for need."""
        reporting = self.records.audit.reporting
        known = words.WHY_REPORTING_UNKNOWN.get(reporting.why_unknown or "", _MEASURES_NEED["unknown"])
        unknown = reporting.verdict == "unknown"
        return self.teller.sentence(Message(known if unknown else _MEASURES_NEED[reporting.verdict]))
