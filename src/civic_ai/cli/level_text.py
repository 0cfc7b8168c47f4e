"""An impact level for a person at the terminal: the level, why, what is open, what it asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from civic_ai.core.messages import Message, say
from civic_ai.records.levels import LEVELS
from civic_ai.records.workflow_words import AUTHORITIES, REVIEWS

if TYPE_CHECKING:
    from civic_ai.records.impact_level import ImpactLevel
    from civic_ai.records.impact_questions import ImpactQuestionnaire
    from civic_ai.records.levels import LevelRules

BECAUSE: dict[str, Message] = {
    "yes": say("yes"),
    "unsure": say("not sure, so it counts"),
    "unanswered": say("not answered, so it counts"),
}


def level_text(
    found: ImpactLevel, questionnaire: ImpactQuestionnaire, asks: LevelRules | None, language: str
) -> str:
    """The level, why, what is open and what it ``asks``, in ``language``."""
    return "\n".join(_lines(found, questionnaire, asks, language))


def _lines(
    found: ImpactLevel, questionnaire: ImpactQuestionnaire, asks: LevelRules | None, language: str
) -> Iterator[str]:
    yield f"{found.pilot}: {_headline(found).text(language)}"
    yield from _why(found, questionnaire, language)
    for message, names in _open(found):
        if names:
            yield f"\n{message.text(language)} ({len(names)})"
            yield from (f"  {name}: {asks_of(name, questionnaire, language)}" for name in names)
    if asks is not None:
        yield "\n" + say("What level {level} asks", level=found.level).text(language)
        yield f"  {asks.means.in_language(language)}"
        yield from (f"  {line.text(language)}" for line in demands(asks))
    yield "\n" + say(
        "Policy version {policy}, questions version {questions}. "
        "This says how much harm is possible, not how well it was tested.",
        policy=found.policy_version,
        questions=found.questionnaire_version,
    ).text(language)


def _headline(found: ImpactLevel) -> Message:
    if found.outcome == "stopped":
        return say("stopped: something that a city must not do is not ruled out")
    if found.outcome == "not_covered":
        return say("not covered: it does not shape who or what is served")
    return say("impact level {level}", level=found.level)


def _why(found: ImpactLevel, questionnaire: ImpactQuestionnaire, language: str) -> Iterator[str]:
    """Stop list and floors first, the highest at the top, then points."""
    yield "\n" + say("Why").text(language)
    floors = sorted(found.floors, key=lambda hit: LEVELS.index(hit.level), reverse=True)
    named = [
        *((say("stop"), stop) for stop in found.stops),
        *((say("at least {level}", level=floor.level), floor) for floor in floors),
    ]
    for head, hit in named:
        asked, because = asks_of(hit.id, questionnaire, language), BECAUSE[hit.because].text(language)
        yield f"  {head.text(language)}: {asked} {because}"
    yield from (f"  {line.text(language)}" for line in _points(found))


def _points(found: ImpactLevel) -> Iterator[Message]:
    score, most = found.score, f"{found.mitigation_max:g}"
    yield say("risk: {points} of {most} points, level {level} by itself",
              points=score.raw, most=found.raw_max, level=found.raw_level)  # fmt: skip
    yield say("harm kept small, and shown: {points} of {most} points", points=score.mitigation, most=most)
    yield say("counted: {points} points, level {level}", points=score.net, level=score.level)


def asks_of(name: str, questionnaire: ImpactQuestionnaire, language: str) -> str:
    """What the screen or scored question called ``name`` asks."""
    asked = questionnaire.screens.get(name) or questionnaire.questions[name]
    return asked.asks.in_language(language)


def _open(found: ImpactLevel) -> tuple[tuple[Message, Sequence[str]], ...]:
    return (
        (say("Not answered, or nobody stands for the answer; counted as the riskier one"), found.unanswered),
        (say("Not sure; counted as the riskier answer"), found.unsure),
        (say("Said to keep harm small and shown by nothing; counted for nothing"), found.without_evidence),
    )


CADENCES: dict[str, Message] = {
    "quarterly": say("every quarter"),
    "monthly": say("every month"),
    "weekly": say("every week"),
}
MAJORITIES: dict[str, Message] = {
    "present": say("more than half of the members present"),
    "all_seats": say("more than half of all seats"),
}
FAIRNESS: dict[str, Message] = {
    "report": say("A failed gate on groups is reported."),
    "waivable": say("A failed gate on groups may be waived by the board."),
    "public_reason": say("A failed gate on groups is waived only with a public reason."),
}
NOTICES: dict[str, Message] = {
    "plain": say("A plain notice wherever the service is offered."),
    "with_explanation": say(
        "A plain notice wherever the service is offered, with a link to the explanation."
    ),
}
EXPLANATIONS: dict[str, Message] = {
    "general": say("A published explanation of how it works."),
    "with_reasons": say(
        "A published explanation of how it works, and reasons for each person who is refused or fined."
    ),
}
TRAININGS: dict[str, Message] = {
    "use": say("Staff learn to use and explain it."),
    "use_and_override": say("Staff learn, again and again, to use, explain and overrule it and to see harm."),
}
PRIVACY: dict[str, Message] = {
    "if_personal_data": say("A privacy assessment where personal data is used."),
    "always": say("A privacy assessment."),
    "with_disclosure_test": say("A privacy assessment, with a test of what could be disclosed."),
}


def demands(rules: LevelRules) -> Iterator[Message]:
    """What a level asks, one sentence each: who decides, what is checked, what people are told, what then."""
    yield from _decided(rules)
    yield from _checked(rules)
    yield from (NOTICES[rules.notice], EXPLANATIONS[rules.explanation], TRAININGS[rules.training])
    yield from _watched(rules)


def _decided(rules: LevelRules) -> Iterator[Message]:
    if not rules.may_run:
        yield say("It may not be tried as a pilot.")
    authority, majority = AUTHORITIES[rules.approver], MAJORITIES[rules.majority]
    yield say("Approved by {authority}, after {majority}.", authority=authority, majority=majority)
    if rules.public_comment:
        yield say("Open to public comment for {days} days.", days=rules.comment_days)
    if rules.person_decides:
        yield say("A person takes each final decision.")


def _checked(rules: LevelRules) -> Iterator[Message]:
    yield from (say("Needed: {review}.", review=REVIEWS[name]) for name in rules.reviewers)
    if rules.outside_reviewers:
        yield say("Reviewed by experts from outside, and published: {count}.", count=rules.outside_reviewers)
    if rules.group_analysis:
        yield say("An analysis of what it means for different groups, gaps in the data named.")
    yield FAIRNESS[rules.fairness_gate]
    if rules.gates_not_waivable:
        yield say("No waiver for: {gates}.", gates=", ".join(rules.gates_not_waivable))
    yield PRIVACY[rules.privacy_assessment]
    if rules.fallback_drill:
        yield say("Practised: going on without the model.")


def _watched(rules: LevelRules) -> Iterator[Message]:
    looked_at, reported = CADENCES[rules.monitoring.signals], CADENCES[rules.monitoring.report]
    yield say("Signals looked at {signals}, a report {report}.", signals=looked_at, report=reported)
    yield say("An approval ends after {months} months at most.", months=rules.expires_after_months)
    if rules.check_after_months is not None:
        yield say("Checked before that, after {months} months.", months=rules.check_after_months)
    yield say("Records are kept for {years} years.", years=rules.keep_records_years)
