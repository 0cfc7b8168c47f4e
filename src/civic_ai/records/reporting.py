"""Do the labels measure need, or who reports? What was measured, under which conditions, how far it holds."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.record import Record

ConditionState = Literal["holds", "broken", "not_checked"]
"""The data agree with a condition, contradict it, or cannot tell."""


class ReportingGroup(Record):
    """Reports per day of a live, already reported incident, against the reference group's.

    ``incidents`` and ``duplicates`` (repeat reports) are shared out by residents; ``joint`` as in
    :class:`civic_ai.records.audit.Disparity`; ``needed`` counts repeat reports in each group. For one event
    (method neighbours) the ratio is that of the odds that a struck area reports; ``incidents`` then counts
    areas and ``duplicates`` those that reported.
    """

    attribute: str
    group: str
    reference_group: str
    ratio: Figure
    joint: Figure | None = None
    incidents: int | None = None
    duplicates: int | None
    verdict: Verdict
    needed: int | None = None
    suppressed: bool = False

    named_by = ("attribute", "group")


class ReportingCondition(Record):
    """One condition on which the ratios rest (METHODS 1.1), whether the data agree, and how they say so.

    ``how`` names the check. ``seen`` is what it found: the factor between a group's ratio and its ratio when
    looked at otherwise (``group`` is the one furthest from 1), or a share.
    """

    name: str
    state: ConditionState
    how: str
    seen: Figure | None = None
    group: str | None = None

    named_by = ("name",)


class OtherSetting(Record):
    """The ratio of one group under another setting: how near linked reports are, how long the watch."""

    setting: str
    attribute: str
    group: str
    ratio: Figure
    verdict: Verdict

    named_by = ("setting", "attribute", "group")


class LinkageLoss(Record):
    """The ratio if ``percent`` of the repeat reports were taken for new incidents, with their links lost:
    those of this group alone, or of every group alike."""

    percent: int
    attribute: str
    group: str
    ratio: Figure

    named_by = ("attribute", "group", "percent")


class RatioAtLife(Record):
    """The ratio among all problems, reported or not, if they last ``life_days`` on average when nobody
    reports them."""

    life_days: int
    attribute: str
    group: str
    ratio: Figure

    named_by = ("attribute", "group", "life_days")


class AllProblems(Record):
    """Ratios among all problems: each one that was watched stands for those that nobody reported.

    ``spread`` is the variance of the rates of problems of one type and group over their squared mean. It is
    taken to be the same in every group; no verdict rests on these ratios.
    """

    spread: float
    lives: tuple[RatioAtLife, ...]


class LinkedReports(Record):
    """How reports were linked: by place and time, and which of them would be near each other by chance.

    ``located`` is the share of reports with a place. ``by_chance`` is the share of links that the same places
    would give a year apart, when no problem is the same any more. ``largest`` counts the reports of the
    incident with the most.
    """

    metres: float
    days: int
    located: float
    by_chance: float | None
    largest: int | None
    settings_agree: bool


class ZeroInflation(Record):
    """The same ratios when a share of incidents is never reported twice, whoever lives there (Lambert 1992).

    ``never_again`` is that share. ``gain`` is how much better the data are told (log-likelihood). The plain
    model with errors clustered by area decides; this one says whether that matters.
    """

    never_again: float
    gain: float
    groups: tuple[OtherSetting, ...]


class ReportingMap(Record):
    """Reporting rate of each area over the city's, smoothed over neighbours; ``blob`` holds the table.

    Columns: area, rate, lower, upper. ``spread`` is the standard deviation of the log rates; ``together`` and
    ``alone`` the weights of the penalty on differences between neighbours and from the city's rate.
    """

    blob: str | None
    areas: int
    spread: float
    together: float
    alone: float
    lowest: float | None
    highest: float | None


class ConditionResidual(Record):
    """Reports of a group for the same measured condition, over those of the reference group."""

    attribute: str
    group: str
    reference_group: str
    ratio: Figure
    verdict: Verdict

    named_by = ("attribute", "group")


class ConditionComparison(Record):
    """Reports held against a survey of the condition itself (Kontokosta & Hong 2021).

    ``reports_follow`` is the rank correlation of reports (per ``per``) with a worse condition,
    ``rates_follow`` that of the smoothed reporting rates. ``blob``: area, worse, reports.
    """

    source: str
    column: str
    areas: int
    reports_follow: Figure
    rates_follow: Figure | None
    groups: tuple[ConditionResidual, ...]
    blob: str | None


class NeighbourFit(Record):
    """One event, and which areas reported it (Agostini, Pierson & Garg 2024).

    ``clustering``: how alike neighbours are; ``struck`` the share of areas that the event struck, whether
    they reported or not.
    """

    areas: int
    reported: int
    clustering: Figure
    struck: Figure


class ReportingBias(Record):
    """Do the labels measure need or reporting? Duplicate-report model (Liu et al. 2024), or one event.

    ``method`` is ``duplicates``, ``linkage``, ``neighbours`` or ``none``; ``verdict`` unknown when the city's
    data cannot say. It is never ``pass`` or ``fail`` where the data contradict a condition, or where another
    reasonable setting of the linkage says otherwise; ``of_groups`` is the verdict before that. ``losses`` are
    of each group alone, ``losses_everywhere`` of all alike.
    """

    method: str
    verdict: Verdict
    of_groups: Verdict = "unknown"
    groups: tuple[ReportingGroup, ...] = ()
    incidents: int | None = None
    duplicates: int | None = None
    dispersion: float | None = None
    conditions: tuple[ReportingCondition, ...] = ()
    settings: tuple[OtherSetting, ...] = ()
    losses: tuple[LinkageLoss, ...] = ()
    losses_everywhere: tuple[LinkageLoss, ...] = ()
    all_problems: AllProblems | None = None
    linked: LinkedReports | None = None
    inflation: ZeroInflation | None = None
    map: ReportingMap | None = None
    condition: ConditionComparison | None = None
    neighbours: NeighbourFit | None = None
    why_unknown: str | None = None
