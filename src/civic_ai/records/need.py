"""The same groups held against what was reported and against what was probably there, side by side."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.record import Record

Against = Literal["reports", "need"]
"""What a figure is counted against: what was reported, or that divided by the share that is ever reported."""


class NeedFigure(Record):
    """One metric in one group, against reports or against need. ``figure.n`` counts reports in both."""

    against: Against
    attribute: str
    group: str
    metric: str
    figure: Figure
    suppressed: bool = False

    named_by = ("against", "attribute", "group", "metric")


class NeedRatio(Record):
    """A group's metric over the reference group's, as :class:`civic_ai.records.audit.Disparity`.

    Against need its interval also holds what is not known about who reports.
    """

    against: Against
    attribute: str
    group: str
    reference_group: str
    metric: str
    ratio: Figure
    joint: Figure | None = None
    verdict: Verdict
    needed: int | None = None
    suppressed: bool = False

    named_by = ("against", "attribute", "group", "metric")


class NeedVerdict(Record):
    """The worst verdict of one metric over all groups, against each.

    ``over_lives``: against need for every other life of a problem that was tried. ``is_stable``: they all
    agree with ``need``.
    """

    metric: str
    reports: Verdict
    need: Verdict
    over_lives: tuple[Verdict, ...]
    is_stable: bool

    named_by = ("metric",)


class ReportedShare(Record):
    """Of all problems where a group lives, the share that anybody ever reports, before they are gone."""

    attribute: str
    group: str
    figure: Figure
    suppressed: bool = False

    named_by = ("attribute", "group")


class NeedAtLife(Record):
    """The ratios against need if a problem lasted ``life_days`` on average; ``reported`` is the share of all
    problems that is then ever reported."""

    life_days: int
    reported: Figure
    ratios: tuple[NeedRatio, ...]

    named_by = ("life_days",)


class NeedAudit(Record):
    """Whom the list serves, against reports and against need corrected for who reports.

    Need is reports / P, P = E[rate / (rate + 1 / life)], the share of problems reported before they go away
    (Liu, Bhandaram & Garg 2024). ``life_days`` is declared by the pilot; ``lives`` tells the same for half
    and double of it. ``why_unknown`` where need cannot be told apart from reports.
    """

    life_days: int | None = None
    reported: Figure | None = None
    shares: tuple[ReportedShare, ...] = ()
    figures: tuple[NeedFigure, ...] = ()
    ratios: tuple[NeedRatio, ...] = ()
    verdicts: tuple[NeedVerdict, ...] = ()
    lives: tuple[NeedAtLife, ...] = ()
    changes_a_verdict: bool | None = None
    why_unknown: str | None = None
