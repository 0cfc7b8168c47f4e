"""How good, at the city's capacity, against the simplest rules."""

from __future__ import annotations

from typing import Literal

from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.record import Record


class Score(Record):
    """One metric of one candidate in one split (``all``: over every test split)."""

    candidate: str
    split: str
    metric: str
    figure: Figure

    named_by = ("candidate", "split", "metric")


class TieRange(Record):
    """Found at capacity when equal scores are broken at random (expected), badly or luckily."""

    candidate: str
    expected: float
    worst: float
    best: float

    named_by = ("candidate",)


class CurvePoint(Record):
    """Share of all events found when ``units`` are visited each period."""

    candidate: str
    units: int
    found: Figure

    named_by = ("candidate", "units")


class CalibrationBin(Record):
    """Mean prediction and what came, for rows with similar predictions."""

    predicted: float
    observed: Figure


class Calibration(Record):
    """Slope 1 and bias ratio 1: predictions mean what they say."""

    slope: Figure
    bias_ratio: Figure
    bins: tuple[CalibrationBin, ...] = ()
    verdict: Verdict


class Stability(Record):
    """The champion's worst test split against its mean, on the objective.

    ``worst_ratio`` is at most 1, and below ``least_worst_ratio`` the worst split is too weak.
    """

    worst_split: str | None
    worst_ratio: float | None
    least_worst_ratio: float | None = None
    splits_ahead_of_best_baseline: int
    splits: int
    verdict: Verdict


class Choice(Record):
    """How the champion came to be: the best on the objective, how far the champion lies behind it, and
    the paired standard error of that distance (None: too few periods to tell)."""

    best: str
    behind_best: float
    standard_error: float | None


class Per100Visits(Record):
    """What 100 visits by one list find in the test periods, and the share of all events it misses.

    ``more_than_best_baseline`` is the difference in finds per 100 visits, paired over time.
    """

    candidate: str
    found: Figure
    missed_share: Figure
    more_than_best_baseline: Figure

    named_by = ("candidate",)


class Coverage(Record):
    """How often the outcome lay in its interval, which should hold ``level`` of them, and how wide it is.

    ``measured_on``: row, or area_total (events: how many happen in an area on a date). ``width`` is the mean
    width in the label's own unit. ``group`` names a type of request or a stretch of the horizon; None: all.
    """

    candidate: str
    split: str
    measured_on: Literal["row", "area_total"]
    group: str | None = None
    level: float
    covered: Figure
    width: Figure
    verdict: Verdict

    named_by = ("candidate", "split", "group")


class Staffing(Record):
    """Hours of work a period, city-wide and by type (None: all): short where more came than was planned for,
    idle where less came, if the city staffs by the forecast; ``cheaper_than_baseline`` is the difference of
    their sum to the best baseline's (negative: fewer hours lost)."""

    candidate: str
    type: str | None
    hours_short: Figure
    hours_idle: Figure
    cheaper_than_baseline: Figure

    named_by = ("candidate", "type")


class CoherentSum(Record):
    """Error of the forecast for a level (city, type, area) by sums of the rows' forecasts (``bottom_up``) and
    reconciled (``reconciled``, weighted least squares); both add up at every level."""

    level: str
    bottom_up: Figure
    reconciled: Figure

    named_by = ("level",)


class TimeToFind(Record):
    """How many days earlier the same positives would have been found by the list, and the share of them in
    the first half, as things are done today and by the list. ``within_observer`` re-orders only each
    observer's own cases. ``area_under_roc`` is that of all its cases as one list."""

    candidate: str
    split: str
    days_earlier: Figure
    within_observer: Figure | None = None
    first_half_today: Figure
    first_half: Figure
    area_under_roc: Figure | None = None

    named_by = ("candidate", "split")


class HorizonCalibration(Record):
    """Chance of being done within ``days``: mean predicted, and observed by Kaplan-Meier."""

    candidate: str
    days: int
    predicted: float
    observed: Figure

    named_by = ("candidate", "days")


class RestrictedMean(Record):
    """Mean days until done, of at most ``tau_days``, by Kaplan-Meier, and what was predicted; by group."""

    group: str | None
    tau_days: int
    observed: Figure
    predicted: float | None
    censored_share: float | None

    named_by = ("group",)


class SelectionRule(Record):
    """A way to choose among candidates from the splits so far, and what it cost afterwards: ``regret`` is the
    mean distance on the next split to whoever was best there, on the objective (0: none)."""

    rule: Literal["best_mean", "best_worst", "best_recent", "simplest_near_best"]
    chooses: str
    regret: Figure
    chosen: dict[str, str] = {}

    named_by = ("rule",)


class WhatIf(Record):
    """What another capacity would find: events a period by the champion, how many more than the best
    baseline, and with declared hours and cost what that takes, and saves for the same finds."""

    units: int
    found_per_period: Figure
    more_than_best_baseline: Figure
    hours_per_period: float | None = None
    cost_per_period: float | None = None
    cost_saved: Figure | None = None

    named_by = ("units",)


class Slice(Record):
    """Rows that share ``where``, and how far predictions are off there: ``ratio`` is what came over what was
    predicted, with an interval that holds for all slices at once."""

    where: str
    rows: int | None
    ratio: Figure
    verdict: Verdict

    named_by = ("where",)


class Overlap(Record):
    """Share of visited places that two candidates have in common, on average over dates."""

    one: str
    other: str
    share: Figure

    named_by = ("one", "other")


class Crosstab(Record):
    """Mean of a feature among the places on the champion's list and among the rest."""

    feature: str
    on_list: float | None
    rest: float | None
    standardised_difference: float | None

    named_by = ("feature",)


class ErrorAnalysis(Record):
    """Where and when the champion (or the best candidate) is wrong on the test periods.

    ``morans_i``: do neighbours err together? With its permutation ``p_value``. ``by_period``: what came over
    what was predicted in each quarter. ``residuals_blob``: unit, predicted, observed over all test dates.
    """

    candidate: str
    slices: tuple[Slice, ...] = ()
    morans_i: Figure
    p_value: float | None = None
    by_period: dict[str, Figure] = {}
    overlaps: tuple[Overlap, ...] = ()
    crosstabs: tuple[Crosstab, ...] = ()
    residuals_blob: str | None = None


class Evaluation(Record):
    """Test figures of every candidate and baseline, the champion, and the lockbox.

    ``lift_over_best_baseline`` is best candidate over best baseline on the objective, paired over
    time (1: no gain), whether or not that candidate became champion. ``lockbox_blob`` has the columns
    of the predictions' blob, for the champion and the best baseline only; ``bundle`` is the sealed
    model, or simple rule, that made the champion's lockbox scores.
    ``lockbox_expected`` is what the test periods let expect of the champion's objective in the lockbox.
    ``per_100_visits`` and ``capacity_curve`` show the champion, the best candidate, the best baseline and
    ``random`` on the test periods. ``unmatured_rows`` is None where none is known to be unmatured, but the
    end of the extract is doubtful (``panel.end_is_doubtful``). Intervals resample blocks of ``block_dates``
    as-of dates. What a question does not ask stays empty: ``capacity`` and everything about visits for demand
    and durations, ``staffing`` for all but demand, ``time_to_find`` where nothing says when a case was due.
    ``coverage_verdict``: do the champion's intervals hold in the lockbox, overall?
    """

    predictions: str
    question: Literal["ranking", "demand", "cases", "durations"] = "ranking"
    kind: Literal["event", "count", "duration"]
    objective: str
    capacity: int | None
    scores: tuple[Score, ...]
    ties: tuple[TieRange, ...] = ()
    best_baseline: str
    best_candidate: str
    champion: str
    champion_is_baseline: bool
    chosen_by: str
    choice: Choice | None = None
    lift_over_best_baseline: Figure
    lift_verdict: Verdict
    lockbox: tuple[Score, ...]
    lockbox_blob: str
    lockbox_lift: Figure
    lockbox_agrees: Verdict
    lockbox_expected: Figure | None = None
    capacity_curve: tuple[CurvePoint, ...] = ()
    per_100_visits: tuple[Per100Visits, ...] = ()
    calibration: Calibration
    stability: Stability
    coverage: tuple[Coverage, ...] = ()
    coverage_verdict: Verdict = "unknown"
    staffing: tuple[Staffing, ...] = ()
    coherent_sums: tuple[CoherentSum, ...] = ()
    time_to_find: tuple[TimeToFind, ...] = ()
    horizons: tuple[HorizonCalibration, ...] = ()
    restricted_means: tuple[RestrictedMean, ...] = ()
    selection: tuple[SelectionRule, ...] = ()
    what_if: tuple[WhatIf, ...] = ()
    errors: ErrorAnalysis | None = None
    unmatured_rows: int | None
    block_dates: int | None = None
    bundle: str
    is_masked: bool = False

    def score(self, candidate: str, metric: str, split: str = "all") -> Figure | None:
        """The figure of one candidate and metric; None when it was not computed."""
        for score in (*self.scores, *self.lockbox):
            if (score.candidate, score.metric, score.split) == (candidate, metric, split):
                return score.figure
        return None
