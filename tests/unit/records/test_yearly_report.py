from __future__ import annotations

from datetime import date
from typing import get_args

from civic_ai.records.yearly_report import ConditionStatus, Ending, YearlyReport
from civic_ai.review.publication_words import CONDITIONS, ENDINGS


def test_it_comes_back_from_its_json() -> None:
    made = YearlyReport(
        year=2026, until=date(2026, 6, 30), first_entry=0, last_entry=3, states={"streets": "pilot"},
        decisions=(), conditions=(), waivers=(), approvals=(), endings=(), objections=(), comments=0,
        team_appeals=0, suspensions=0,
    )  # fmt: skip
    assert YearlyReport.model_validate_json(made.to_json()) == made


def test_what_became_of_things_has_words() -> None:
    assert tuple(CONDITIONS) == get_args(ConditionStatus)
    assert tuple(ENDINGS) == get_args(Ending)
