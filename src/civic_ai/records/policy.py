"""The board's policy: gates, tolerances, what is suppressed. A file that a city copies and changes."""

from __future__ import annotations

from pydantic import Field

from civic_ai.records.levels import Level, LevelRules
from civic_ai.records.people import BoardRole
from civic_ai.records.record import Record
from civic_ai.records.text import Text
from civic_ai.records.workflow_policy import WorkflowPolicy


class Gate(Record):
    """One question with a condition on one fact. Unknown never passes."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")
    asks: Text
    fact: str
    must_be: str
    why: Text
    waivable_by: BoardRole | None = None


class Tolerances(Record):
    """Bands in which a result is good enough. A ratio band t means [1/t, t]."""

    disparity_ratio: float = Field(default=1.25, gt=1)
    calibration_slope: float = Field(default=1.25, gt=1)
    reporting_ratio: float = Field(default=1.25, gt=1)
    missing_location_drift: float = Field(default=0.10, gt=0, le=1)
    interval_level: float = Field(default=0.90, gt=0.5, lt=1)
    coverage_shortfall: float = Field(default=0.03, gt=0, lt=0.5)
    confidence_level: float = Field(default=0.90, gt=0.5, lt=1)
    reproduced_figure: float = Field(default=0.001, ge=0, lt=0.1)


class Suppression(Record):
    """Cells that would show fewer than ``minimum`` people, addresses or requests are hidden."""

    minimum: int = Field(default=11, ge=5)
    round_counts_to: int = Field(default=10, ge=1)


class Limits(Record):
    """What a run may work with before it must stop or say so."""

    quarantined_share: float = Field(default=0.02, ge=0, le=1)
    group_events: int = Field(default=30, ge=1)
    training_events: int = Field(default=100, ge=10)
    leak_single_feature_auc: float = Field(default=0.98, gt=0.5, le=1)


class Policy(Record):
    """All that the board decides beforehand. Each decision records the digest of this."""

    policy: str
    version: str
    city: str | None = Field(default=None, min_length=1)
    """Under which name the public record is published; the log's name where there is none."""
    gates: tuple[Gate, ...]
    tolerances: Tolerances = Tolerances()
    suppression: Suppression = Suppression()
    limits: Limits = Limits()
    levels: dict[Level, LevelRules] = {}
    workflow: WorkflowPolicy | None = None
    standards_max_age_days: int = Field(default=180, ge=1)
    """A test fails when a standard of the crosswalk was looked at longer ago than this."""
