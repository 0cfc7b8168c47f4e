"""The impact level: stop list, scope, hard floors, then points. The higher of floor and score counts.

Points and scoring as published by the Government of Canada (Algorithmic Impact Assessment, tool v1.0.1,
2025); floors, stop list and the rule that what is not known counts as the riskier answer are ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from civic_ai.policy.cautious_reading import CautiousReading
from civic_ai.records.impact_level import (
    FloorHit,
    ImpactAnswers,
    ImpactLevel,
    Outcome,
    Score,
)
from civic_ai.records.impact_questions import CountsAs, ImpactQuestionnaire
from civic_ai.records.levels import LEVELS, Level
from civic_ai.records.policy import Policy

Chosen = Mapping[str, tuple[str, ...]]


def add_points(questionnaire: ImpactQuestionnaire, chosen: Chosen, kind: CountsAs) -> int:
    """The points of the ``chosen`` answers that count as ``kind``, added up as the published tool does."""
    return sum(
        question.points[choice]
        for question in questionnaire.of(kind)
        for choice in chosen.get(question.id, ())
    )


def score(questionnaire: ImpactQuestionnaire, raw: int, mitigation: int) -> Score:
    """The published score: enough mitigation takes the deduction off raw risk; half a point rounds up."""
    rule = questionnaire.frame.scoring
    is_enough = mitigation >= rule.deduct_from * questionnaire.mitigation_max
    net = math.floor((1 - rule.deduction) * raw + 0.5) if is_enough else raw
    return Score(raw=raw, mitigation=mitigation, net=net, level=level_of(questionnaire, net))


def level_of(questionnaire: ImpactQuestionnaire, points: int) -> Level:
    """The level of so many points: a cut itself still belongs to the level below it."""
    cuts = questionnaire.frame.scoring.cuts
    return LEVELS[sum(points > cut * questionnaire.raw_max for cut in cuts)]


def find_level(questionnaire: ImpactQuestionnaire, answers: ImpactAnswers, policy: Policy) -> ImpactLevel:
    """The impact level that the ``answers`` give, with every reason for it.

    The stop list comes first, so that nobody leaves it by saying that the rules do not cover the system.
    """
    reading = CautiousReading(questionnaire, answers)
    chosen, frame = reading.chosen(), questionnaire.frame
    raw, mitigation = (add_points(questionnaire, chosen, kind) for kind in ("raw_risk", "mitigation"))
    found = score(questionnaire, raw, mitigation)
    floors = tuple(
        FloorHit(id=hit.id, because=hit.because, level=floor.level)
        for floor in frame.floors
        for hit in reading.hits((floor,))
    )
    stops = reading.hits(frame.stop)
    floor = highest(hit.level for hit in floors)
    is_covered = len(reading.hits(frame.scope)) == len(frame.scope)
    outcome: Outcome = "stopped" if stops else "level" if is_covered else "not_covered"
    return ImpactLevel(
        pilot=answers.pilot,
        phase=answers.phase,
        questionnaire=questionnaire.digest,
        questionnaire_version=frame.version,
        answers=answers.digest,
        policy=policy.digest,
        policy_version=policy.version,
        outcome=outcome,
        level=highest((floor, found.level)) if outcome == "level" else None,
        floor=floor,
        floors=floors,
        stops=stops,
        score=found,
        raw_level=level_of(questionnaire, raw),
        raw_max=questionnaire.raw_max,
        mitigation_max=questionnaire.mitigation_max,
        unanswered=reading.unanswered(),
        unsure=reading.unsure(),
        unconfirmed=reading.unconfirmed(),
        without_evidence=reading.without_evidence(),
    )


def highest(levels: Iterable[Level]) -> Level:
    """The highest of ``levels``; the lowest level there is where none is given."""
    return max(levels, key=LEVELS.index, default=LEVELS[0])
