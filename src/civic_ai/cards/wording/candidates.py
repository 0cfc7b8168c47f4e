"""What a candidate is called: a model or a rule by its words, a mitigation by what it does to whose list."""

from __future__ import annotations

from civic_ai.cards import words
from civic_ai.cards.frontier import METHODS
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import say
from civic_ai.pilot.spec import PilotSpec


def candidate_name(spec: PilotSpec, teller: Teller, name: str) -> str:
    """``a logistic regression``; ``boosted trees (LightGBM), each group to the depth that ...``.

    Plain text: it stands over columns and in pictures too.
    """
    mitigation = spec.models.mitigations.get(name)
    if mitigation is None:
        return teller.word(words.CANDIDATES, name)
    of = teller.word(words.CANDIDATES, mitigation.of)
    return teller.plain(say("{of}, {how}", of=of, how=teller.word(METHODS, mitigation.method)))
