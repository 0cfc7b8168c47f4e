"""A way of choosing and a class of visits are named once."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.feedback import Feedback, FeedbackWay, VisitClass
from civic_ai.records.figure import Figure
from civic_ai.records.record import flatten

WAY = FeedbackWay(
    way="reports",
    never_visited=Figure(value=0.4, n=9),
    visits=Figure(value=0.9, n=9),
    service=Figure(value=0.8, n=9),
    classes=(VisitClass(name="never", least=0, most=0, share=0.4),),
)


def test_facts_name_way_and_class() -> None:
    facts = dict(flatten(Feedback(basis="assumed", gap=0.4, ways=(WAY,)), "audit.feedback"))
    assert facts["audit.feedback.ways.reports.never_visited.value"] == 0.4
    assert facts["audit.feedback.ways.reports.classes.never.share"] == 0.4


def test_other_ways_are_refused() -> None:
    with pytest.raises(ValidationError):
        WAY.model_validate({**WAY.model_dump(), "way": "luck"})
