from __future__ import annotations

import re
from typing import get_args

import pytest

from civic_ai.cards.wording.questions import QUESTIONS
from civic_ai.evaluation.metrics import METRICS
from civic_ai.pilot.spec import Question
from civic_ai.records.figure import Verdict


def test_every_question_has_its_words() -> None:
    assert set(QUESTIONS) == set(get_args(Question))


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_verdict_on_groups_is_said(name: str) -> None:
    served = QUESTIONS[name].served
    assert set(served) == set(get_args(Verdict))
    assert len(set(served.values())) == len(served)
    assert all(
        ("{gap}" in served[verdict]) == (verdict in ("fail", "insufficient_evidence")) for verdict in served
    )


@pytest.mark.parametrize("name", QUESTIONS)
def test_columns_of_the_summary_are_facts_of_metrics_that_there_are(name: str) -> None:
    for fact in QUESTIONS[name].summary:
        assert "{candidate}" in fact
        found = re.match(r"evaluation\.scores\.\{candidate\}\.all\.(\w+)\.figure", fact)
        assert found is None or found[1] in METRICS


def test_only_lists_are_counted_per_hundred() -> None:
    assert {name for name, said in QUESTIONS.items() if not said.summary} == {"ranking", "cases"}
    assert {name for name, said in QUESTIONS.items() if said.of_100} == {"ranking", "cases"}
