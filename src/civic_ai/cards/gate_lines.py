"""Gates as lines of a table: failures first, then what is not known, then what passes."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.disparities import deciding_disparity, deciding_report, hides_disparities, hides_reports
from civic_ai.cards.facts import Records
from civic_ai.cards.observer import WHY_UNKNOWN
from civic_ai.cards.tell import Teller
from civic_ai.cards.trials import ReasonTrials
from civic_ai.cards.wording.groups import GroupWords
from civic_ai.core.messages import Message, say, say_count
from civic_ai.records.audit import Disparity
from civic_ai.records.explanation import MOST_SHUFFLED
from civic_ai.records.gates import GateReport
from civic_ai.records.reporting import ReportingGroup
from civic_ai.records.workflow_words import ROLES

_ORDER = ("fail", "unknown", "pass")
_LEAKS_NAMED = 5


@dataclass(frozen=True)
class GateLine:
    """One gate: its question and why it is asked, the verdict, what was seen, and who may waive it."""

    gate: str
    asks: str
    why: str
    verdict: str
    says: Markup
    observed: Markup
    condition: Markup
    waivable_by: str | None


def gate_lines(gates: GateReport, records: Records, teller: Teller) -> list[GateLine]:
    """A line for each gate, worst first; equal verdicts in the policy's order."""
    asked = {gate.id: gate for gate in records.policy.gates}
    seen = _Seen(records, teller)
    checks = sorted(gates.checks, key=lambda check: _ORDER.index(check.verdict))
    return [
        GateLine(
            gate=check.gate,
            asks=teller.text(asked[check.gate].asks),
            why=teller.text(asked[check.gate].why),
            verdict=check.verdict,
            says=teller.verdict(check.verdict),
            observed=seen.words(check.fact),
            condition=Markup("")
            if check.must_be == "== pass"
            else teller.condition(check.must_be, check.fact),
            waivable_by=teller.plain(ROLES[check.waivable_by]) if check.waivable_by else None,
        )
        for check in checks
    ]


@dataclass(frozen=True)
class _Seen:
    """What was seen, in words: the number behind a verdict, with its interval, and whom it is about."""

    records: Records
    teller: Teller

    def words(self, fact: str) -> Markup:
        """The sentence of one fact; why there is none where nothing was measured."""
        shown, sentence = self._shown(fact)
        if self.teller.facts.get(shown) is None:
            return self._missing(fact, shown)
        about = self._about(fact)
        says = self.teller.sentence(Message(sentence, {"seen": self.teller.observed(shown)} | about))
        return self._with_hidden(fact, says)

    def _missing(self, fact: str, shown: str) -> Markup:
        """Why there is no number: an observer nobody declared, a rule that is not trained."""
        observer, trials = self.records.audit.observer, self.records.explanation.trials
        if fact == "audit.observer.verdict" and observer is not None and observer.why_unknown is not None:
            return self.teller.sentence(Message(WHY_UNKNOWN[observer.why_unknown]))
        if fact == "explanation.trials.verdict" and trials is not None and trials.models == 0:
            return ReasonTrials(self.records, self.teller).verdict()
        if fact == "bundle.leaves_verdict" and self.records.bundle.leaves_verdict == "pass":
            return self.teller.sentence(say("A simple rule: it keeps nothing of any row."))
        return self.teller.missing(shown.removesuffix(".value"))

    def _shown(self, fact: str) -> tuple[str, str]:
        """Which number says most about a fact, and in which words."""
        overall = self.records.evaluation.coverage_verdict
        if fact == "audit.coverage_verdict" and overall == self.records.audit.coverage_verdict != "pass":
            name = f"evaluation.coverage.{self.records.evaluation.champion}.lockbox.covered.value"
            return name, words.HELD_OVER_ALL
        if fact == "explanation.trials.verdict":
            return self._why_reasons_fail()
        return words.SEEN.get(fact, (fact, "{seen}"))

    def _why_reasons_fail(self) -> tuple[str, str]:
        """The trial that reasons failed; else how many stay the same."""
        trials = self.records.explanation.trials
        if trials is not None and (trials.deleted.value or 2.0) <= 1:
            return "explanation.trials.deleted.value", words.NO_FURTHER
        if trials is not None and (trials.shuffled.value or 0.0) > MOST_SHUFFLED:
            return "explanation.trials.shuffled.value", words.FROM_CHANCE
        return words.SEEN["explanation.trials.verdict"]

    def _about(self, fact: str) -> dict[str, Markup | str]:
        """The groups of a gap, and the columns of leaks; nothing for any other fact."""
        audit = self.records.audit
        if fact == "audit.worst_verdict":
            return self._groups(deciding_disparity(audit))
        if fact == "audit.coverage_verdict" and audit.worst_covered is not None:
            worst, names = audit.worst_covered, GroupWords(self.records, self.teller)
            return {"group": names.of_attribute(worst.attribute, worst.group)}
        if fact == "audit.reporting.verdict":
            return self._groups(deciding_report(audit))
        return {"columns": self._leaks()} if fact == "panel.leaks_found" else {}

    def _groups(self, part: Disparity | ReportingGroup | None) -> dict[str, Markup | str]:
        if part is None:
            return {}
        names = GroupWords(self.records, self.teller)
        return {
            "group": names.of_attribute(part.attribute, part.group),
            "reference": names.group(part.attribute, part.reference_group),
        }

    def _leaks(self) -> Markup:
        """``: requests.closed_at and x``, at most five columns; empty where nothing leaks."""
        found = sorted({leak.column or leak.form for leak in self.records.panel.leaks})
        named = [Markup("<code>{}</code>").format(column) for column in found[:_LEAKS_NAMED]]
        more = ["…"] if len(found) > _LEAKS_NAMED else []
        return Markup(": {}").format(self.teller.listed([*named, *more])) if named else Markup("")

    def _with_hidden(self, fact: str, says: Markup) -> Markup:
        hides = {"audit.worst_verdict": hides_disparities, "audit.reporting.verdict": hides_reports}.get(fact)
        if hides is None or not hides(self.records.audit):
            return says
        return self.teller.sentence(say("{seen} (groups too small to show are left out)", seen=says))


def readiness(gates: GateReport, teller: Teller) -> Markup:
    """The verdict of the whole dossier, in the only two phrases that there are."""
    return teller.sentence(say("Ready for the board's decision") if gates.is_ready else say("Not ready"))


def tally(gates: GateReport, teller: Teller) -> Markup:
    """How many gates pass, fail and are not known: ``10 pass, 2 fail, 1 not known``."""
    passed, failed, unknown = (
        teller.value(f"gates.{name}", "count") for name in ("passed", "failed", "unknown")
    )
    parts = [
        say_count("{n} passes", "{n} pass", gates.passed, n=passed),
        say_count("{n} fails", "{n} fail", gates.failed, n=failed),
        say_count("{n} is not known", "{n} are not known", gates.unknown, n=unknown),
    ]
    return teller.sentence(
        say("Gates: {passed}, {failed}, {unknown}.", passed=parts[0], failed=parts[1], unknown=parts[2])
    )
