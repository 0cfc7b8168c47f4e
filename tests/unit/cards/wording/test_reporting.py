"""Every code that the audit may write has words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import civic_ai.audit.reporting_conditions as conditions
from civic_ai.audit import one_event
from civic_ai.cards import words
from civic_ai.cards.wording.reporting import CONDITIONS, HOW, METHODS, SETTINGS, SIGNS, STATES
from civic_ai.pilot.reporting import Reporting
from civic_ai.records.reporting import ConditionState


def test_every_condition_and_check_in_the_code_has_words_and_no_word_is_idle() -> None:
    code = Path(conditions.__file__).read_text() + Path(one_event.__file__).read_text()
    literals = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', code))
    assert {*CONDITIONS, *HOW} <= literals
    assert set(one_event.CONDITIONS) <= CONDITIONS.keys()


def test_every_state_and_method_has_words() -> None:
    assert set(STATES) == set(SIGNS) == set(get_args(ConditionState))
    assert set(METHODS) == set(get_args(Reporting.model_fields["method"].annotation))
    assert set(SETTINGS) == {"half", "same", "double"}
    assert set(SIGNS.values()) <= set(words.SIGNS)
