"""The findings that the brief and the model card say in sentences: gain, groups, reporting."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.disparities import deciding_disparity, hides_disparities
from civic_ai.cards.facts import Records
from civic_ai.cards.group_words import GroupWords
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import N_, Message, say
from civic_ai.records.figure import Verdict

_GAIN = {
    "pass": N_("On the same dates the model finds {more} more."),
    "fail": N_("On the same dates the model finds fewer: {more}."),
    "insufficient_evidence": N_("The difference is too small to tell."),
    "unknown": N_("Whether one finds more was not measured."),
}
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

    def event(self) -> str:
        """What one visit would find, with its article: ``a pothole``."""
        called = self.records.spec.label.called
        return self.teller.text(called) if called is not None else self.teller.plain(say("a case"))

    def per_100(self, candidate: str) -> str | None:
        """The prefix of a candidate's facts per 100 visits; None where they were not measured."""
        prefix = f"evaluation.per_100_visits.{candidate}"
        return prefix if self.teller.facts.get(f"{prefix}.found.value") is not None else None

    def gain(self) -> Markup:
        """What the model finds, what the simple rule finds, and whether they can be told apart."""
        tell = self.teller
        model, rule = self.per_100(self.records.model), self.per_100(self.records.rule)
        if model is None or rule is None:
            return tell.sentence(say("Not measured: what the model finds compared with the simple rule."))
        sentences = [
            self._finds(model),
            say(
                "The best simple rule, {rule}, finds {found}.",
                rule=tell.word(words.CANDIDATES, self.records.rule),
                found=tell.figure(f"{rule}.found", "found"),
            ),
            Message(
                _GAIN[self.difference()], {"more": tell.figure(f"{model}.more_than_best_baseline", "found")}
            ),
        ]
        return Markup(" ").join(tell.sentence(sentence) for sentence in sentences)

    def lockbox(self) -> Markup:
        """What the newest period, kept aside, found: it may differ from the average of the tests."""
        tell, records = self.teller, self.records
        days = tell.value("spec.validation.lockbox_days", "count")
        known = {candidate: self._in_lockbox(candidate) for candidate in (records.model, records.rule)}
        model, rule = known[records.model], known[records.rule]
        if rule is None:
            return tell.sentence(
                say("Not measured: what was found in the last {days} days, kept aside.", days=days)
            )
        found = tell.value(f"{rule}.value", "per_hundred")
        if model is None:
            says = say(
                "In the last {days} days, kept aside, the simple rule found about {found} ({interval}).",
                days=days, found=found, interval=self._or_none(tell.interval(rule, "per_hundred")),
            )  # fmt: skip
            return tell.sentence(says)
        says = say(
            "In the last {days} days, kept aside, the model found about {found} ({interval}) "
            "and the simple rule {rule}.",
            days=days,
            found=tell.value(f"{model}.value", "per_hundred"),
            interval=self._or_none(tell.interval(model, "per_hundred")),
            rule=found,
        )
        return tell.sentence(says)

    def _in_lockbox(self, candidate: str) -> str | None:
        """The prefix of a candidate's finds per visit in the lockbox; None where nobody may see a number."""
        prefix = f"evaluation.lockbox.{candidate}.lockbox.precision_at_capacity.figure"
        return prefix if isinstance(self.teller.facts.get(f"{prefix}.value"), int | float) else None

    def _or_none(self, interval: Markup) -> Markup:
        return interval or self.teller.sentence(say("no interval"))

    def difference(self) -> Verdict:
        """Whether 100 visits of the model find more than 100 of the rule, paired over time."""
        prefix = f"evaluation.per_100_visits.{self.records.model}.more_than_best_baseline"
        lower, upper = (self.teller.facts.get(f"{prefix}.{bound}") for bound in ("lower", "upper"))
        if not isinstance(lower, int | float) or not isinstance(upper, int | float):
            return "unknown"
        return "pass" if lower > 0 else "fail" if upper < 0 else "insufficient_evidence"

    def _finds(self, prefix: str) -> Message:
        """What 100 visits chosen by the model find: visits that find something, or cases found."""
        tell, named = self.teller, f"{prefix}.found"
        if self.records.evaluation.kind == "count":
            return say(
                "100 visits chosen by the model would find about {found} cases.",
                found=tell.figure(named, "found"),
            )
        return say(
            "About {found} of every 100 visits chosen by the model would find {event} ({interval}).",
            found=tell.value(f"{named}.value", tell.finer(named, "found")),
            event=self.event(),
            interval=self._or_none(tell.interval(named, tell.finer(named, "found"))),
        )

    def proposal(self) -> Markup:
        """Which way of choosing the dossier proposes, the model or the simple rule."""
        evaluation = self.records.evaluation
        name = self.teller.word(words.CANDIDATES, evaluation.champion)
        if evaluation.champion_is_baseline:
            return self.teller.sentence(
                say("By the rule set beforehand, the simple rule is proposed: {name}.", name=name)
            )
        return self.teller.sentence(
            say("By the rule set beforehand, the model is proposed: {name}.", name=name)
        )

    def groups(self) -> Markup:
        """Whom the list serves less well, or that nobody can tell."""
        audit, tell = self.records.audit, self.teller
        if audit.worst_verdict == "unknown":
            return tell.sentence(say("Not measured: whether the list serves some groups less well."))
        if audit.worst_verdict == "pass":
            tolerance = tell.value("policy.tolerances.disparity_ratio", "ratio")
            return tell.sentence(
                say(
                    "Every group that was looked at is served about equally, within {tolerance} times.",
                    tolerance=tolerance,
                )
            )
        gap = self._deciding_gap()
        if audit.worst_verdict == "fail":
            return tell.sentence(say("Some groups are not served equally. {gap}", gap=gap))
        return tell.sentence(
            say("This data cannot tell whether every group is served equally. {gap}", gap=gap)
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
