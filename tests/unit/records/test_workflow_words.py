from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest

from civic_ai.core.messages import Message
from civic_ai.records import workflow_words as words
from civic_ai.records.action import ACTIONS, Severity
from civic_ai.records.case import State
from civic_ai.records.decision import Ballot, Question
from civic_ai.records.levels import Authority, Reviewer
from civic_ai.records.people import BoardRole
from civic_ai.records.workflow_policy import GateId

CODES: Mapping[str, tuple[str, ...]] = {
    "STATES": get_args(State),
    "ROLES": get_args(BoardRole),
    "REVIEWS": get_args(Reviewer),
    "AUTHORITIES": get_args(Authority),
    "DEEDS": tuple(ACTIONS),
    "GATES": get_args(GateId),
    "QUESTIONS": get_args(Question),
    "VERDICTS": get_args(Ballot),
    "ANSWERS": get_args(Ballot),
    "SEVERITIES": get_args(Severity),
}


@pytest.mark.parametrize("table", CODES)
def test_every_code_has_one_word_of_its_own(table: str) -> None:
    said: Mapping[str, Message] = getattr(words, table)
    assert tuple(said) == CODES[table]
    assert len({str(word) for word in said.values()}) == len(said)
    assert not [word for word in said.values() if "_" in str(word)]
