"""What each impact level asks of a city: the ``levels`` block of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from civic_ai.core.messages import N_
from civic_ai.records.record import Record
from civic_ai.records.text import Text

Level = Literal["I", "II", "III", "IV"]
LEVELS: tuple[Level, ...] = ("I", "II", "III", "IV")
"""Impact levels from the least harm that is possible to the most."""

Reviewer = Literal["technical_reviewer", "equity_reviewer", "privacy_reviewer"]
Authority = Literal["service_head", "city_manager", "mayor_or_council"]
Notice = Literal["plain", "with_explanation"]
Reasons = Literal["general", "with_reasons"]
Training = Literal["use", "use_and_override"]
Cadence = Literal["quarterly", "monthly", "weekly"]
Majority = Literal["present", "all_seats"]
FairnessGate = Literal["report", "waivable", "public_reason"]
Privacy = Literal["if_personal_data", "always", "with_disclosure_test"]


class Monitoring(Record):
    """How often somebody looks at the signals, and how often the board gets a report."""

    signals: Cadence
    report: Cadence


class LevelRules(Record):
    """What a pilot of one level must have, and how it is decided on.

    ``may_run``: whether it may be tried as a pilot at all. ``gates_not_waivable``: gates that nobody may
    waive at this level, whatever the gate itself says. ``outside_reviewers``: experts from outside the
    team, whose review is published. ``fairness_gate``: a failed gate on groups is reported, may be waived
    by the board, or only with a public reason. ``comment_days``: days in which anybody may comment before
    the board decides; 0: none. ``majority``: of the members present, or of all seats.
    """

    means: Text
    may_run: bool
    gates_not_waivable: tuple[str, ...] = ()
    reviewers: tuple[Reviewer, ...] = Field(min_length=1)
    outside_reviewers: int = Field(ge=0)
    approver: Authority
    notice: Notice
    explanation: Reasons
    group_analysis: bool
    fairness_gate: FairnessGate
    training: Training
    person_decides: bool
    privacy_assessment: Privacy
    fallback_drill: bool
    comment_days: int = Field(ge=0, le=365)
    monitoring: Monitoring
    expires_after_months: int = Field(ge=1, le=24)
    check_after_months: int | None = Field(default=None, ge=1)
    majority: Majority
    keep_records_years: int = Field(ge=1)

    @property
    def public_comment(self) -> bool:
        """Whether anybody may comment before the board decides."""
        return self.comment_days > 0

    @model_validator(mode="after")
    def _check_comes_before_the_end(self) -> LevelRules:
        if self.check_after_months is not None and self.check_after_months >= self.expires_after_months:
            raise ValueError(N_("check_after_months must be less than expires_after_months"))
        return self


Levels = Mapping[Level, LevelRules]
