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


class Evaluation(Record):
    """Test figures of every candidate and baseline, the champion, and the lockbox.

    ``lift_over_best_baseline`` is best candidate over best baseline on the objective, paired over
    time (1: no gain), whether or not that candidate became champion. ``lockbox_blob`` has the columns
    of the predictions' blob, for the champion and the best baseline only; ``bundle`` is the sealed
    model that made the champion's lockbox scores (None for a baseline: a rule needs no model file).
    ``lockbox_expected`` is what the test periods let expect of the champion's objective in the lockbox.
    ``per_100_visits`` and ``capacity_curve`` show the champion, the best candidate, the best baseline and
    ``random`` on the test periods. ``unmatured_rows`` is None where none is known to be unmatured, but the
    end of the extract is doubtful (``panel.end_is_doubtful``). Intervals resample blocks of ``block_dates``
    as-of dates.
    """

    predictions: str
    kind: Literal["event", "count"]
    objective: str
    capacity: int
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
    unmatured_rows: int | None
    block_dates: int | None = None
    bundle: str | None = None
    is_masked: bool = False

    def score(self, candidate: str, metric: str, split: str = "all") -> Figure | None:
        """The figure of one candidate and metric; None when it was not computed."""
        for score in (*self.scores, *self.lockbox):
            if (score.candidate, score.metric, score.split) == (candidate, metric, split):
                return score.figure
        return None
