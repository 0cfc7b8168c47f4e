"""Gates as lines of a table: failures first, then what is not known, then what passes."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import Message, say, say_count
from civic_ai.records.gates import GateReport
from civic_ai.records.policy import Policy

_ORDER = ("fail", "unknown", "pass")


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


def gate_lines(gates: GateReport, policy: Policy, teller: Teller) -> list[GateLine]:
    """A line for each gate, worst first; equal verdicts in the policy's order."""
    asked = {gate.id: gate for gate in policy.gates}
    checks = sorted(gates.checks, key=lambda check: _ORDER.index(check.verdict))
    return [
        GateLine(
            gate=check.gate,
            asks=teller.text(asked[check.gate].asks),
            why=teller.text(asked[check.gate].why),
            verdict=check.verdict,
            says=teller.verdict(check.verdict),
            observed=_seen(check.fact, teller),
            condition=Markup("")
            if check.must_be == "== pass"
            else teller.condition(check.must_be, check.fact),
            waivable_by=teller.word(words.ROLES, check.waivable_by) if check.waivable_by else None,
        )
        for check in checks
    ]


def _seen(fact: str, teller: Teller) -> Markup:
    """What was seen, in words: the number behind a verdict, with its interval."""
    shown, sentence = words.SEEN.get(fact, (fact, "{seen}"))
    if teller.facts.get(shown) is None:
        return teller.missing(shown.removesuffix(".value"))
    return teller.sentence(Message(sentence, {"seen": teller.observed(shown)}))


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
