"""Questions lead to proposals."""

from __future__ import annotations

import pytest

from civic_ai.records.metric_tree import MetricTree

TREE = MetricTree.model_validate(
    {
        "tree": "t", "version": "1", "first": "a",
        "questions": {
            "a": {"asks": "A?", "about": "question", "answers": {
                "ranking": {"means": "yes", "then": "b"}, "demand": {"means": "no", "proposes": "one"}}},
            "b": {"asks": "B?", "about": "capacity", "answers": {"yes": {"means": "y", "proposes": "two"}}},
        },
        "proposals": {name: {"decide": ["m"], "shown": ["m"], "why": "w"} for name in ("one", "two")},
    }
)  # fmt: skip


def test_answers_lead_through_the_questions() -> None:
    assert TREE.propose({"question": "demand"}) == "one"
    assert TREE.propose({"question": "ranking", "capacity": "yes"}) == "two"


def test_an_answer_that_nobody_foresaw_is_no_proposal() -> None:
    with pytest.raises(KeyError):
        TREE.propose({"question": "ranking", "capacity": "no"})
