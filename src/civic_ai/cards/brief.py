"""The board brief: one page. What was asked, what was found, what is not known, what to decide."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from civic_ai.cards.disparities import deciding_disparity
from civic_ai.cards.facts import Records
from civic_ai.cards.findings import Findings
from civic_ai.cards.gate_lines import gate_lines, readiness, tally
from civic_ai.cards.page import NAMED, Page
from civic_ai.cards.pictures.picture import Picture
from civic_ai.cards.summary import summary_table
from civic_ai.cards.tell import Teller
from civic_ai.cards.wording.questions import QUESTIONS, QuestionWords
from civic_ai.core.messages import Message, say, say_count
from civic_ai.records.gates import GateReport


def board_brief(page: Page) -> dict[str, Any]:
    """Everything that the template of the board brief shows."""
    records, teller, gates = page.records, page.teller, page.gates
    return {
        "readiness": readiness(gates, teller),
        "is_ready": gates.is_ready,
        "tally": tally(gates, teller),
        "minute": _in_one_minute(records, teller, gates),
        "summary": summary_table(records, teller),
        "pictures": _pictures(page),
        "gates": gate_lines(gates, records, teller),
        "asked": _what_is_asked(records, teller, gates),
    }


def _in_one_minute(records: Records, teller: Teller, gates: GateReport) -> list[Markup]:
    """Use and never; the gain; whom it serves less well; what nobody knows yet."""
    spec, findings = records.spec, Findings(records, teller)
    never = teller.listed([teller.text(item) for item in spec.never_for])
    use = say("Use: {decision}.", decision=teller.text(spec.decision).rstrip("."))
    return [
        Markup("{} {}").format(teller.sentence(use), teller.sentence(say("Never for: {uses}.", uses=never))),
        findings.in_short(),
        Markup("{} {}").format(findings.groups(), findings.could_be_done()),
        Markup(" ").join(
            [findings.need(), *_what_fails(records, teller, gates), _nobody_knows(teller, gates)]
        ),
    ]


def _what_fails(records: Records, teller: Teller, gates: GateReport) -> list[Markup]:
    """The questions of the policy that failed, two of them in its own words; nothing where none failed."""
    asks = {gate.id: teller.text(gate.asks) for gate in records.policy.gates}
    failed = [
        Markup("<q>{}</q>").format(asks[check.gate]) for check in gates.checks if check.verdict == "fail"
    ]
    if not failed:
        return []
    named: list[Any] = failed[:NAMED]
    if len(failed) > NAMED:
        named.append(teller.sentence(say("{n} more", n=teller.value("gates.failed_beyond_named", "count"))))
    return [teller.sentence(say("The answer is no to: {questions}.", questions=teller.listed(named)))]


def _nobody_knows(teller: Teller, gates: GateReport) -> Markup:
    if gates.unknown == 0:
        return teller.sentence(say("Every question of the policy has an answer."))
    n = teller.value("gates.unknown", "count")
    return teller.sentence(
        say_count(
            "{n} question of the policy has no answer yet.",
            "{n} questions of the policy have no answer yet.",
            gates.unknown,
            n=n,
        )
    )


def _pictures(page: Page) -> list[Picture]:
    """Groups, by the attribute that decides; the gain; and the map where there is one."""
    groups, deciding = page.pictures.groups, deciding_disparity(page.records.audit)
    pictured = next(iter(groups.values()), None) if deciding is None else groups[deciding.attribute]
    return [drawn for drawn in (pictured, page.pictures.gain, page.pictures.map) if drawn is not None]


def _what_is_asked(records: Records, teller: Teller, gates: GateReport) -> list[tuple[str, Markup]]:
    """Decision, scope, capacity, conditions, until when, and what happens on a no."""
    spec, said = records.spec, QUESTIONS[records.evaluation.question]
    days = teller.value("spec.as_of.every_days", "count")
    effort: dict[str, object] = {
        "every": say("every day") if spec.as_of.every_days == 1 else say("every {n} days", n=days),
        "who": teller.text(spec.capacity.who),
        "steps": teller.value("spec.label.steps", "count"),
    }
    if spec.capacity.units_per_period is not None:
        effort["visits"] = teller.value("spec.capacity.units_per_period", "count")
    scope = {"units": teller.value("panel.units", "count"), "unit": teller.text(spec.unit.name)}
    asked = [
        (say("Decision"), _decision(gates, said)),
        (say("Scope"), Message(said.scope, scope)),
        (say("Capacity"), Message(said.effort, effort)),
        (say("Conditions proposed"), _conditions(teller, gates)),
        (say("Until when"), say("Not answered: the pilot names no end. The board sets one.")),
        (say("If you say no"), Message(said.refused)),
    ]
    return [(teller.plain(name), teller.sentence(says)) for name, says in asked]


def _decision(gates: GateReport, said: QuestionWords) -> Message:
    if gates.is_ready:
        return Message(said.decision)
    waivable = [check.waivable_by is not None for check in gates.checks if check.verdict != "pass"]
    if all(waivable):
        return say("Return it with the open questions above, or waive them by name and reason.")
    if any(waivable):
        return say(
            "Return it with the open questions above. Only those that name somebody can be waived, "
            "by name and reason."
        )
    return say("Return it with the open questions above. Nobody may waive them.")


def _conditions(teller: Teller, gates: GateReport) -> Any:
    still_open = gates.failed + gates.unknown
    if still_open == 0:
        return say("None from the gates; compare it with the simple rule again after each period.")
    return say_count(
        "Settle the question above that fails or is not known, before first use.",
        "Settle the {n} questions that fail or are not known, before first use.",
        still_open,
        n=teller.value("gates.open", "count"),
    )
